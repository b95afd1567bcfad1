package wasi

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"unicode/utf8"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
)

// Module is the name under which guests import the hostcalls.
const Module = "wasi_snapshot_preview1"

// Monitored says that a monitor checks the effects of hostcalls: in every build but that of a benchmark.
const Monitored = policy.Monitored

// System is WASI for one guest: its descriptors, arguments and streams. Like the instance that uses it, a System is for
// one goroutine at a time.
type System struct {
	args, env block
	fds       fdTable
	fs        hostos.FS
	clock     Clock
	random    io.Reader
	monitor   *policy.Monitor
	protected []policy.Range // of the guest's memory
	net       *policy.Network
	budget    budget
	refused   func(*policy.Refusal)
	preopens  int
	tracer    *tracer
	effects   []policy.Effect // of the call in progress, if the tracer wants them

	netTimeout uint64 // nanoseconds
	listeners  []netip.AddrPort
	netRefused func(*policy.NetRefusal)

	strict     bool
	undeclared int
	call       Call
}

// New opens the preopens and listeners, resolves the names in the network rules, and duplicates the streams of cfg. A nil cfg means the zero Config. Errors name the entry of
// the configuration that cannot be had.
func New(cfg *Config) (*System, error) { return newSystem(cfg, hostos.Auto) }

// newSystem is New with a way to resolve paths, for tests.
func newSystem(cfg *Config, resolver hostos.Resolver) (_ *System, err error) {
	if cfg == nil {
		cfg = &Config{}
	}
	s := &System{clock: cfg.Clock, random: cfg.Random, strict: cfg.Strict, budget: newBudget(cfg.Quotas), refused: cfg.Refused,
		preopens: len(cfg.Preopens)}
	s.call.sys = s
	if s.clock == nil {
		s.clock = new(hostClock)
	}
	if s.args, err = newBlock(cfg.Args); err != nil {
		return nil, fmt.Errorf("wasi: arguments: %w", err)
	}
	if s.env, err = newBlock(cfg.Env); err != nil {
		return nil, fmt.Errorf("wasi: environment: %w", err)
	}
	if s.fs, err = hostos.NewFS(resolver); err != nil {
		return nil, fmt.Errorf("wasi: resolver: %w", err)
	}
	if s.fds.max = cfg.MaxFDs; s.fds.max == 0 {
		s.fds.max = DefaultMaxFDs
	}
	s.monitor = policy.NewMonitor(s.fds.max)
	s.monitor.Limit(cfg.Quotas)
	if max, bounded := cfg.Quotas.Max(policy.FDs); bounded {
		s.fds.max = int(min(max, uint64(s.fds.max)))
	}
	if need := 3 + len(cfg.Preopens) + len(cfg.Listeners); s.fds.max < need {
		return nil, fmt.Errorf("wasi: MaxFDs or the quota of fds is %d, but the streams, preopens and listeners need %d", s.fds.max, need)
	}
	if s.net, err = pinNames(cfg); err != nil {
		return nil, fmt.Errorf("wasi: %w", err)
	}
	s.netTimeout, s.netRefused = timeoutOf(cfg), cfg.NetRefused
	s.monitor.GrantNetwork(s.net)
	for _, r := range cfg.ProtectedMemory {
		s.protected = append(s.protected, r)
		s.monitor.Protect(r)
	}
	if cfg.Strict {
		s.fs = s.fs.Observed(s.resolved)
	}
	defer func() {
		if err != nil {
			s.closeFiles()
		}
	}()
	if err := s.openStreams(cfg); err != nil {
		return nil, err
	}
	for _, p := range cfg.Preopens {
		if err := s.preopen(p); err != nil {
			return nil, err
		}
	}
	for _, l := range cfg.Listeners {
		if err := s.listen(l); err != nil {
			return nil, fmt.Errorf("wasi: listener %s: %w", l.Addr, err)
		}
	}
	if cfg.Trace != nil || cfg.Events != nil {
		s.tracer = &tracer{events: cfg.Events}
		if cfg.Trace != nil {
			s.tracer.w = trace.NewWriter(cfg.Trace)
		}
		if cfg.TraceEffects {
			s.monitor.Log(&s.effects)
			s.tracer.effects = &s.effects
		}
	}
	return s, nil
}

// openStreams makes descriptors 0 to 2.
func (s *System) openStreams(cfg *Config) error {
	names := [...]string{"Stdin", "Stdout", "Stderr"}
	for i, x := range [...]any{cfg.Stdin, cfg.Stdout, cfg.Stderr} {
		f := &file{fd: int32(i), host: hostos.NoFD, rights: streamRights &^ RightFdRead, access: ^policy.Access(0)}
		f.output = [...]policy.Resource{policy.Written, policy.Stdout, policy.Stderr}[i]
		if planted.Selected == planted.StderrCounted && i == 2 {
			f.output = policy.Stdout
		}
		if i == 0 {
			f.rights = streamRights &^ RightFdWrite
		}
		if host, ok := x.(*os.File); ok && host != nil {
			if err := f.standsFor(host); err != nil {
				return fmt.Errorf("wasi: %s: %w", names[i], err)
			}
		} else {
			r, _ := x.(io.Reader)
			w, _ := x.(io.Writer)
			if i == 0 {
				w = nil
			} else {
				r = nil
			}
			f.stream = newStream(r, w)
		}
		s.fds.put(f)
		s.monitor.Grant(f.fd, int32(f.host), uint64(f.rights))
	}
	return nil
}

// standsFor makes f a duplicate of a file of the embedder's.
func (f *file) standsFor(host *os.File) error {
	fd, err := hostos.Dup(host)
	if err != nil {
		return err
	}
	st, err := hostos.Fstat(fd)
	if err != nil {
		hostos.Close(fd)
		return err
	}
	f.host, f.typ, f.shared = fd, st.Type, true
	f.terminal = st.Type == hostos.CharDevice && hostos.IsTerminal(fd)
	if f.seekable() {
		f.rights |= fileRights &^ (streamRights | RightFdAllocate | RightFdFilestatSetSize | RightFdFilestatSetTimes)
	}
	return nil
}

// preopen makes the next descriptor a directory of the host.
func (s *System) preopen(p Preopen) error {
	name := p.Guest
	if name == "" {
		name = p.Host
	}
	if !utf8.ValidString(name) || len(name) >= MaxPath {
		return fmt.Errorf("wasi: preopen %q: its name for the guest is not UTF-8 or has %d bytes or more", name, MaxPath)
	}
	dir, err := p.open()
	if err != nil {
		return fmt.Errorf("wasi: preopen %q: %w", p.Host, err)
	}
	if planted.Selected == planted.FrozenWritable {
		p.ReadOnly, p.Access = false, 0
	}
	granted, access := p.granted(), p.granted() // the monitor has it from the configuration, whatever becomes of the file's
	if planted.Selected == planted.ReadOnly {
		access = policy.Read | policy.Stat | policy.Change
	}
	denied := denied(access)
	f := &file{fd: s.fds.next(), host: dir.host, typ: hostos.Dir, preopen: true, name: name, root: name,
		rights: dirRights &^ denied, inherit: allRights &^ denied, access: access, device: dir.device}
	s.fds.put(f)
	s.monitor.GrantDir(f.fd, int32(dir.host), uint64(f.rights), uint64(f.inherit), name, granted)
	return nil
}

// resolved tells the monitor what the host found for a path.
func (s *System) resolved(dir hostos.FD, path string, fd hostos.FD) error {
	base, ok := hostos.Place(dir)
	place := base
	if ok && fd != dir {
		place, ok = hostos.Place(fd)
	}
	if !ok {
		return nil // this host does not tell
	}
	e := &policy.Effect{Op: policy.Resolved, Host: int32(dir), Path: path, Base: base, Place: place}
	if v := s.monitor.Check(e); v != nil {
		s.call.fail = v
		return v
	}
	return nil
}

// isProtected reports whether a byte of [addr, addr+n) is not to be written.
func (s *System) isProtected(addr, n uint64) bool {
	for _, r := range s.protected {
		if r.Overlaps(addr, n) && planted.Selected != planted.MemoryProtect {
			return true
		}
	}
	return false
}

// Define defines every hostcall under [Module] in l, of those with several types all: which one an import gets follows from the type
// that it wants. The functions belong to this System: a module that is
// instantiated with l shares its descriptors with every other one that is.
func (s *System) Define(l *runtime.Linker) {
	for h := range Hostcalls() {
		for _, name := range h.Names() {
			l.Overload(Module, name, h.Type(), s.Func(h))
		}
	}
}

// Undeclared returns how many calls returned an errno that their row does not declare. It is 0 unless this package has
// a defect.
func (s *System) Undeclared() int { return s.undeclared }

// Close closes every descriptor that the guest left open, lets go of the guest's memory, and writes out the trace. The streams and
// the trace's Writer of the Config stay open. The error is the first that closing or tracing met.
func (s *System) Close() error {
	err := s.closeFiles()
	s.call = Call{sys: s}
	if s.tracer != nil && s.tracer.w != nil {
		err = errors.Join(err, s.tracer.w.Close())
	}
	return err
}

func (s *System) closeFiles() error {
	var errs []error
	for _, f := range s.fds.files {
		if f == nil {
			continue
		}
		s.fds.remove(f.fd)
		if f.host != hostos.NoFD {
			errs = append(errs, hostos.Close(f.host))
		}
	}
	return errors.Join(errs...)
}
