package oracle

import (
	"bytes"
	"errors"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// Setup chooses the world of a sequence: 0 is the plain one, any other number a combination of policy, streams, randomness, protected
// memory and traces.
type Setup uint64

// setupOf returns the setup for a tape.
func setupOf(tape []byte) Setup {
	sum := fnv.New64a()
	sum.Write(tape)
	return Setup(sum.Sum64())
}

// apply configures what s chooses, and returns what is to be closed after the sequence.
func (s Setup) apply(cfg *wasi.Config, files *streams) (used []io.Closer, err error) {
	if s == 0 {
		return nil, nil
	}
	rnd := rand.New(rand.NewPCG(uint64(s), 0))
	one := func(in int) bool { return rnd.IntN(in) == 0 }
	if one(4) {
		restrict(cfg, rnd)
	}
	if one(4) {
		if used, err = files.use(cfg, rnd); err != nil {
			return used, err
		}
	}
	switch rnd.IntN(16) {
	case 0:
		cfg.Random = nil
	case 1:
		cfg.Random = io.LimitReader(cfg.Random, 40)
	}
	if one(8) {
		cfg.ProtectedMemory = []policy.Range{{Addr: 0x1080, Len: 0x80}, {Addr: hostcall.MemorySize - 16, Len: 16}}
	}
	if one(8) {
		cfg.Preopens[1].Guest = "" // the guest sees the name that the host knows
	}
	if one(2) {
		cfg.Refused, cfg.NetRefused = func(*policy.Refusal) {}, func(*policy.NetRefusal) {}
	}
	if len(cfg.Listeners) > 0 && one(3) {
		renetwork(cfg, rnd)
	}
	if one(8) { // see newEvents
		cfg.Events, cfg.TraceEffects = func(*trace.Event) {}, one(2)
		if one(4) { // seldom, because a trace that is written has a queue, which takes longer than most sequences
			cfg.Trace = io.Discard
		}
	}
	if one(12) { // the host's clock, which nobody waits for
		cfg.Clock = nil
		cfg.Quotas.Bound(policy.SleepTime, 2000)
	}
	if one(32) { // opened by the System, as most embedders have it
		cfg.Preopens[0].Dir, cfg.Preopens[1].Dir = nil, nil
	}
	return used, nil
}

// walks reports whether s chooses that paths are resolved by the walk that hosts without openat2 need.
func (s Setup) walks() bool { return s%8 == 7 }

// resets reports whether s chooses that the guest is reset in any case: mostly its memory is known to be zero, but for a few pages.
func (s Setup) resets() bool { return s%16 == 3 }

// noPeers reports whether cfg lets nobody on the loopback interface connect to the guest's listeners.
func noPeers(cfg *wasi.Config) bool {
	local := netip.MustParseAddr("127.0.0.1")
	for _, l := range cfg.Listeners {
		if len(l.From) == 0 || slices.ContainsFunc(l.From, func(p netip.Prefix) bool { return p.Contains(local) }) {
			return false
		}
	}
	return !slices.ContainsFunc(cfg.Net, func(r policy.NetRule) bool {
		return r.Dir == policy.In && r.Proto == policy.TCP && (r.From == nil || within(r.From, local))
	})
}

// renetwork changes who may use the listener or send datagrams, or leaves out the rules of a protocol.
func renetwork(cfg *wasi.Config, rnd *rand.Rand) {
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	from := []netip.Prefix{loopback, netip.MustParsePrefix("10.0.0.0/8")}[rnd.IntN(2):]
	cfg.Net = slices.Clone(cfg.Net)
	if rnd.IntN(3) == 0 { // nobody is served, by any rule
		from = from[len(from)-1:]
		for i := range cfg.Net {
			if cfg.Net[i].Dir == policy.In {
				cfg.Net[i].From = &policy.Hosts{Prefix: from[0]}
			}
		}
	}
	switch rnd.IntN(4) {
	case 0:
		cfg.Listeners = []wasi.Listener{{File: cfg.Listeners[0].File, From: from}}
	case 1:
		cfg.Listeners = []wasi.Listener{{Addr: netip.AddrPortFrom(loopback.Addr().Next(), 0), From: from}}
	case 2:
		for i := range cfg.Net {
			if cfg.Net[i].Dir == policy.In {
				cfg.Net[i].From = &policy.Hosts{Prefix: from[0]}
			}
		}
		cfg.Net = slices.DeleteFunc(cfg.Net, func(r policy.NetRule) bool { return r.Dir == policy.Out && r.Proto == policy.UDP && rnd.IntN(2) == 0 })
	case 3:
		without := policy.TCP + policy.Proto(rnd.IntN(2))
		cfg.Net = slices.DeleteFunc(cfg.Net, func(r policy.NetRule) bool { return r.Proto == without })
	}
}

// restrict gives a policy of a few access modes for the first directory, and quotas that a few calls use up. What the policy
// forbids must be refused by the hostcalls before the monitor sees it.
func restrict(cfg *wasi.Config, rnd *rand.Rand) {
	modes := policy.Modes()
	for range 1 + rnd.IntN(3) {
		cfg.Preopens[0].Access |= modes[rnd.IntN(len(modes))].Access
	}
	for r := range policy.NumResources {
		if max := uint64(rnd.IntN([]int{4, 40}[rnd.IntN(2)])); rnd.IntN(2) == 0 {
			if r == policy.FDs {
				max += uint64(3 + len(cfg.Preopens) + len(cfg.Listeners)) // else there is no System
			}
			if r == policy.SleepTime {
				max *= 50 // nanoseconds: as much as guests ask for
			}
			cfg.Quotas.Bound(r, max)
		}
	}
}

// streams are files for the standard streams of guests. They have no name any more.
type streams struct{ in, out *os.File }

// input is what guests read.
const input = "input of the guest\n"

// newStreams makes the files.
func newStreams() (*streams, error) {
	var s streams
	for _, f := range []**os.File{&s.in, &s.out} {
		var err error
		if *f, err = os.CreateTemp("", "touchstone-stream-"); err != nil {
			return nil, errors.Join(err, s.close())
		}
		if err = os.Remove((*f).Name()); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	_, err := s.in.WriteString(input)
	return &s, err
}

// use gives a guest files, pipes or nothing as its streams, and returns what is to be closed after it has ended. No pipe makes a guest
// wait: one to read from is at its end, and one to write to is not read any more.
func (s *streams) use(cfg *wasi.Config, rnd *rand.Rand) (used []io.Closer, err error) {
	switch rnd.IntN(6) {
	case 0:
		cfg.Stdin = nil
	case 4:
		cfg.Stdin = liar(rnd.IntN(3) - 1)
	case 3: // of a type that may block
		cfg.Stdin = io.MultiReader(io.LimitReader(strings.NewReader(input), 8*rnd.Int64N(3)), broken{})
	case 1:
		cfg.Stdin = s.in
		_, err = s.in.Seek(0, io.SeekStart)
	case 2:
		r, w, err := newPipe()
		if err != nil {
			return nil, err
		}
		cfg.Stdin, used = r, append(used, r)
		if _, err := w.WriteString(input); err != nil {
			return append(used, w), err
		}
		w.Close()
	}
	switch rnd.IntN(6) {
	case 0:
		cfg.Stdout, cfg.Stderr = nil, nil
	case 4:
		cfg.Stdout, cfg.Stderr = liar(rnd.IntN(3)-1), liar(1)
	case 3:
		cfg.Stdout, cfg.Stderr = broken{}, new(bytes.Buffer)
	case 1:
		cfg.Stdout, cfg.Stderr = s.out, s.out
		err = errors.Join(err, s.out.Truncate(0))
	case 2:
		r, w, err := newPipe()
		if err != nil {
			return used, err
		}
		r.Close()
		cfg.Stderr, used = w, append(used, w)
	}
	return used, err
}

// newPipe returns the ends of a pipe that Go's scheduler is not told of, which takes longer than what is done with it.
func newPipe() (r, w *os.File, err error) {
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		return nil, nil, os.NewSyscallError("pipe", err)
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
	}
	return os.NewFile(uintptr(fds[0]), "r"), os.NewFile(uintptr(fds[1]), "w"), nil
}

// broken fails, as a Reader at once and as a Writer after the first few bytes of each write.
type broken struct{}

var errBroken = errors.New("the stream is broken")

// Read fails.
func (broken) Read([]byte) (int, error) { return 0, errBroken }

// Write takes what it can, and nothing without an error once in a while.
func (broken) Write(p []byte) (int, error) {
	switch len(p) % 4 {
	case 0:
		return len(p), nil
	case 1:
		return 0, nil
	case 2:
		return len(p) / 2, errBroken
	}
	return 0, errBroken
}

// liar is a stream that says that it moved more bytes than there was room for, or if it is negative, less than none.
type liar int

// Read fills p and lies.
func (l liar) Read(p []byte) (int, error) { return int(l) * (len(p) + 100), nil }

// Write takes p and lies.
func (l liar) Write(p []byte) (int, error) { return int(l) * (len(p) + 100), nil }

// close closes the files.
func (s *streams) close() error {
	var errs []error
	for _, f := range []*os.File{s.in, s.out} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
