package wasi

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// stepClock is a Clock that stands still unless somebody sleeps.
type stepClock struct{ now uint64 }

func (c *stepClock) Now(ClockID) uint64        { return c.now }
func (c *stepClock) Resolution(ClockID) uint64 { return 1 }
func (c *stepClock) Sleep(ctx context.Context, d uint64) error {
	if c.now+d < c.now {
		d = ^uint64(0) - c.now
	}
	c.now += d
	return ctx.Err()
}

// hostile fills the memory with what hostile arguments point to: paths, iovecs and subscriptions good and bad. It returns
// where paths are, as address and length.
func (w *world) hostile(rnd *rand.Rand) (paths [][2]uint64) {
	mem := w.mem(0, 65536)
	clear(mem)
	for i := 0; i < len(mem); i += 64 {
		switch rnd.IntN(6) {
		case 0:
			list := []string{"file", "dir", "../secret", "escape", "toRo/file", "dir/../..", "a\x00b", "\xff\xfe", "/etc/passwd", "new", "."}
			n := copy(mem[i:], list[rnd.IntN(len(list))])
			paths = append(paths, [2]uint64{uint64(i), uint64(n)})
		case 1:
			for j := range 64 {
				mem[i+j] = byte(rnd.UintN(3)) // small numbers: types, counts, descriptors, iovecs near 0
			}
		case 2:
			for j := range 64 {
				mem[i+j] = byte(rnd.Uint32())
			}
		}
	}
	copy(mem, "dir")
	copy(mem[1024:], "../secret")
	w.netMemory()
	return append(paths, [2]uint64{0, 3}, [2]uint64{1024, 9})
}

// arguments returns arguments for a row: interesting values, and often enough ones that get past the checks.
func arguments(h *Hostcall, rnd *rand.Rand, paths [][2]uint64) (args []uint64) {
	for _, p := range h.Params {
		switch p.Kind.class {
		case classFD:
			if rnd.IntN(4) > 0 {
				args = append(args, boxFD+rnd.Uint64N(4))
				continue
			}
		case classSocket:
			if rnd.IntN(8) > 0 {
				args = append(args, listenerFD+rnd.Uint64N(4))
				continue
			}
		case classAddress:
			if rnd.IntN(4) > 0 {
				args = append(args, addressAt)
				continue
			}
		case classOption:
			if rnd.IntN(4) > 0 {
				args = append(args, outAt, optionSizeAt)
				continue
			}
		case classPath, classText:
			if rnd.IntN(4) > 0 {
				at := paths[rnd.IntN(len(paths))]
				args = append(args, at[0], at[1])
				continue
			}
		}
		for _, values := range p.Kind.Interesting(65536) {
			args = append(args, values[rnd.IntN(len(values))])
		}
	}
	return args
}

// TestHostileArguments makes calls of every row with interesting values in every parameter. No call may panic, violate the
// policy, return an errno that its row does not declare, or touch anything outside.
func TestHostileArguments(t *testing.T) {
	calls := 1500
	if testing.Short() {
		calls = 150
	}
	for _, resolver := range []hostos.Resolver{hostos.Auto, hostos.Walk} {
		rnd := rand.New(rand.NewPCG(7, uint64(resolver)))
		seen := map[Errno]int{}
		for h := range Hostcalls() {
			w := hostileWorld(t, resolver)
			paths := w.hostile(rnd)
			for range calls {
				if rnd.IntN(50) == 0 {
					paths = w.hostile(rnd)
				}
				args := arguments(h, rnd, paths)
				if h.Name == "fd_close" && args[0] <= roFD {
					continue // it would be over at once
				}
				errno, err := w.try(h.ID(), args...)
				var exit *runtime.ExitError
				if h.ops.Has(policy.Exit) && errors.As(err, &exit) {
					continue
				}
				if err != nil {
					t.Fatalf("%s%x: %v", h.Name, args, err)
				}
				seen[errno]++
			}
			w.untouched()
			w.sys.Close()
		}
		if min(seen[ESUCCESS], seen[EFAULT], seen[EBADF], seen[EINVAL]) < calls ||
			min(seen[ENOTCAPABLE], seen[EPERM], seen[ENOENT], seen[EEXIST]) < calls/10 {
			t.Errorf("the calls do not reach far: %v", seen)
		}
		t.Logf("%v", seen)
	}
}

// hostileWorld is a world with few descriptors and a clock that costs no time, and with some files open.
func hostileWorld(t *testing.T, resolver hostos.Resolver) *world {
	w := newWorld(t, resolver, func(c *Config) {
		c.Clock = &stepClock{}
		c.MaxFDs = 16
		c.Stdin = bytes.NewReader(make([]byte, 1<<20))
		c.Trace = &w0{}
		c.TraceEffects = true
		c.Net = rules(t, "allow in tcp 127.0.0.1:0", "allow in udp 127.0.0.1:0", "allow out tcp 127.0.0.1:0-8", "allow out udp 127.0.0.1:*")
		c.NetTimeout = 20 * time.Microsecond
	})
	w.open(boxFD, "file", OCreat, readWrite, 0)
	w.open(boxFD, ".", ODirectory, 0, 0)
	w.netMemory()
	for _, typ := range []uint64{typeStream, typeStream, typeDatagram, typeDatagram} {
		w.want(ESUCCESS, "sock_open", familyInet4, typ, outAt)
	}
	w.want(ESUCCESS, "sock_bind", listenerFD, addressAt, 0)
	w.want(ESUCCESS, "sock_listen", listenerFD, 8)
	w.want(ESUCCESS, "sock_bind", listenerFD+2, addressAt, 0)
	return w
}

// Descriptors and addresses for sockets in hostile worlds: the descriptor is followed by a stream and two for datagrams.
const (
	listenerFD   = 7
	addressAt    = 2048
	optionSizeAt = 2056
)

// netMemory puts an address and the size of an option into memory.
func (w *world) netMemory() {
	copy(w.mem(addressAt, 20), []byte{0x10, 8, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, 1})
}

// w0 is a destination for traces that keeps nothing.
type w0 struct{}

func (*w0) Write(p []byte) (int, error) {
	for _, c := range p {
		if c != '\n' && (c < ' ' || c > '~') {
			panic("a byte that is not printable ASCII is in the trace")
		}
	}
	return len(p), nil
}

// TestNoMemory makes calls for a guest without memory.
func TestNoMemory(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	for h := range Hostcalls() {
		stack := make([]uint64, 10)
		if h.Name == "proc_exit" {
			continue
		}
		if err := w.sys.Func(h)(w.ctx, new(runtime.Instance), stack); err != nil {
			t.Errorf("%s: %v", h.Name, err)
		}
		if errno := Errno(stack[0]); errno == ESUCCESS && h.ops&3 != 0 && len(w.sys.args.data) > 0 && h.Name != "random_get" {
			t.Errorf("%s succeeded without memory", h.Name)
		}
	}
}

// good returns an argument of a kind that passes its check, for a call of h.
func good(h *Hostcall, p *Param) []uint64 {
	switch p.Kind.class {
	case classFD:
		if h.ops.Has(policy.PathAt) || p.Rights&RightFdReaddir != 0 {
			return []uint64{boxFD}
		}
		return []uint64{5}
	case classSocket:
		return []uint64{listenerFD}
	case classAddress:
		return []uint64{addressAt}
	case classOption:
		return []uint64{bufAt, optionSizeAt}
	case classPath, classText:
		return []uint64{pathAt, 4}
	case classPtr, classArray, classList:
		return []uint64{outAt}
	case classBuffer, classIovecs:
		return []uint64{bufAt, 1}
	}
	return make([]uint64, len(p.Kind.Core))
}

// TestPointersAreCheckedBeforeEffects gives each row, whatever it does, one address outside the memory at a time: the
// handler must not even begin.
func TestPointersAreCheckedBeforeEffects(t *testing.T) {
	tested := 0
	for h := range Hostcalls() {
		if h.handler == nil {
			continue
		}
		w := hostileWorld(t, hostos.Auto)
		w.path("file")
		begun := false
		probe := *h
		probe.handler = func(*Call) Errno { begun = true; return ESUCCESS }
		for bad := -1; bad < len(h.Params); bad++ {
			args := make([]uint64, 0, 10)
			spoilt := false
			for i := range h.Params {
				at := len(args)
				args = append(args, good(h, &h.Params[i])...)
				switch k := h.Params[i].Kind; {
				case i != bad:
				case k.Reads() || k.Writes():
					args[at] = 65536 + 1
					spoilt = true
				}
			}
			begun = false
			stack := append(args, 0)
			if err := w.sys.Func(&probe)(w.ctx, w.in, stack); err != nil {
				t.Fatalf("%s: %v", h.Name, err)
			}
			switch {
			case spoilt && (begun || Errno(stack[0]) != EFAULT):
				t.Errorf("%s with %s outside the memory: %s, handler begun: %v", h.Name, h.Params[bad].Name, Errno(stack[0]), begun)
			case bad < 0 && !begun:
				t.Errorf("%s with good arguments: %s", h.Name, Errno(stack[0]))
			}
			if spoilt {
				tested++
			}
		}
		w.sys.Close()
	}
	if tested < 40 {
		t.Errorf("only %d pointers were tested", tested)
	}
}
