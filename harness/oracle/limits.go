package oracle

import (
	"context"
	"errors"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// limitedGuest is a guest for the limits of calls. Its function run counts from its argument down to 0, and in each round calls a function
// that does nothing and the host; spin counts only; deep calls the host with its argument less one, unless that is 0. The global counts rounds
// of all of them.
type limitedGuest struct {
	in     *runtime.Instance
	rounds *runtime.Global
	host   func(ctx context.Context, left int32) error
}

// limitedModule is its module.
var limitedModule = func() []byte {
	var m asm.Module
	host := uint64(m.Import("host", "call", "i:"))
	m.Globals = []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: new(asm.Body).I32(0).Expr()}}
	m.Export("rounds", wasm.ExternGlobal, 0)
	nothing := uint64(m.Func("", ":", "", new(asm.Body).Op(wasm.OpNop)))
	m.Func("run", "i:", "", new(asm.Body).Block(wasm.OpLoop).
		Op(wasm.OpCall, nothing).Get(0).Op(wasm.OpCall, host).
		Op(wasm.OpGlobalGet, 0).I32(1).Op(wasm.OpI32Add).Op(wasm.OpGlobalSet, 0).
		Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End())
	m.Func("spin", "i:", "", new(asm.Body).Block(wasm.OpLoop).
		Op(wasm.OpGlobalGet, 0).I32(1).Op(wasm.OpI32Add).Op(wasm.OpGlobalSet, 0).
		Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End())
	m.Func("deep", "i:", "", new(asm.Body).
		Op(wasm.OpGlobalGet, 0).I32(1).Op(wasm.OpI32Add).Op(wasm.OpGlobalSet, 0).
		Get(0).Block(wasm.OpIf).Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpCall, host).End())
	return m.Encode()
}()

// newLimited returns a guest in a Runtime of its own.
func newLimited(ctx context.Context, cfg runtime.Config, compiler runtime.Compiler) (*limitedGuest, *Failure) {
	m, err := compiler.Compile(limitedModule)
	if err != nil {
		return nil, fail("generate: module is refused", "%v", err)
	}
	g := &limitedGuest{host: func(context.Context, int32) error { return nil }}
	var l runtime.Linker
	l.Func("host", "call", asm.Sig("i:"), func(ctx context.Context, _ *runtime.Instance, stack []uint64) error {
		return g.host(ctx, int32(stack[0]))
	})
	if g.in, err = runtime.New(&cfg).Instantiate(ctx, m, &l); err != nil {
		return nil, fail("limits: no instance", "%v", err)
	}
	g.rounds = g.in.Export("rounds").(*runtime.Global)
	return g, nil
}

// call calls a function with a number. It returns the rounds, and the trap that ended it.
func (g *limitedGuest) call(ctx context.Context, name string, n int) (rounds int, code wasm.TrapCode, err error) {
	_ = g.rounds.Set(runtime.I32(0))
	_, err = g.in.Call(ctx, name, runtime.I32(int32(n)))
	var trap *runtime.Trap
	if errors.As(err, &trap) {
		code = trap.Code
	}
	return int(g.rounds.Get().I32()), code, err
}

// Limits asserts that fuel, depth, sizes and the end of a context are exact where functions of the host call back in between. The first bytes of data
// say how far the guest counts, and when the host does what.
func Limits(ctx context.Context, data []byte) *Failure {
	var b [4]byte
	copy(b[:], data)
	n := 2 + int(b[0])
	if b[1]%4 == 3 { // more than one slice of fuel
		n *= 200
	}
	compiler := runtime.Compiler{Plain: b[2]%2 == 1, Observed: b[2]%16 == 7}
	if f := fuelExact(ctx, n, 1+int(b[3])%n, compiler); f != nil {
		return f
	}
	if f := depthExact(ctx, 2+int(b[3]), compiler); f != nil {
		return f
	}
	if f := sizesExact(ctx, uint64(b[0]%8), uint64(b[3]%8), compiler); f != nil {
		return f
	}
	return interrupted(ctx, n, 1+int(b[3])%n, compiler)
}

// growingModule has a table and a memory of least sizes, and functions that grow them.
func growingModule(elems, pages uint64) []byte {
	var m asm.Module
	m.Memory(pages, 100)
	m.Tables = []wasm.TableType{{Elem: wasm.ExternRef, Limits: wasm.Limits{Min: elems}}}
	m.Func("grow table", "i:i", "", new(asm.Body).Op(wasm.OpRefNull, uint64(wasm.ExternRef)).Get(0).Op(wasm.OpTableGrow, 0))
	m.Func("grow memory", "i:i", "", new(asm.Body).Get(0).Op(wasm.OpMemoryGrow))
	return m.Encode()
}

// sizesExact grows a table and a memory to the limits of the configuration and not beyond, and the same again after each reset, as often as
// it takes to use up what a reset did not give back. Two instances share what tables may have.
func sizesExact(ctx context.Context, elems, pages uint64, compiler runtime.Compiler) *Failure {
	const room = 5
	m, err := compiler.Compile(growingModule(elems, pages))
	if err != nil {
		return fail("generate: module is refused", "%v", err)
	}
	rt := runtime.New(&runtime.Config{MaxTableElems: 2*elems + room, MaxMemoryBytes: (pages + room) * wasm.PageSize})
	in, err := rt.Instantiate(ctx, m, nil)
	if err == nil {
		_, err = rt.Instantiate(ctx, m, nil)
	}
	if err != nil {
		return fail("limits: no instance", "%v", err)
	}
	for round := range 4 {
		for i, name := range []string{"grow table", "grow memory"} {
			least := []uint64{elems, pages}[i]
			for _, step := range []struct{ by, want uint64 }{{room + 1, 1<<32 - 1}, {2, least}, {room - 2, least + 2}, {1, 1<<32 - 1}, {0, least + room}} {
				got, err := in.Call(ctx, name, runtime.I32(int32(step.by)))
				if err != nil || uint64(uint32(got[0].I32())) != step.want {
					return fail("limits: sizes are not exact", "round %d: %s by %d: %v, %v instead of %d", round, name, step.by, got, err, step.want)
				}
			}
		}
		if err := in.Reset(ctx); err != nil {
			return fail("runtime: no reset", "%v", err)
		}
	}
	return nil
}

// fuelExact counts to n, and when at rounds are left the host calls back and has the guest count to n again. Every round takes a branch, but
// for the last one, and in the outer count a call; calls of the host and by the host are free.
func fuelExact(ctx context.Context, n, at int, compiler runtime.Compiler) *Failure {
	cost := 2*n - 1 + n - 1
	for _, c := range []struct {
		fuel int
		want wasm.TrapCode
	}{{cost, wasm.NoTrap}, {cost - 1, wasm.FuelExhausted}} {
		g, f := newLimited(ctx, runtime.Config{Fuel: uint64(c.fuel)}, compiler)
		if f != nil {
			return f
		}
		g.host = func(ctx context.Context, left int32) error {
			if int(left) != at {
				return nil
			}
			_, err := g.in.Call(ctx, "spin", runtime.I32(int32(n)))
			return err
		}
		if rounds, got, err := g.call(ctx, "run", n); got != c.want || (err == nil) != (c.want == wasm.NoTrap) {
			return fail("limits: fuel is not exact", "count to %d, fuel %d: %d rounds, %v", n, c.fuel, rounds, err)
		}
	}
	return nil
}

// depthExact has calls in progress, with the host between them, as many as there may be, and one more.
func depthExact(ctx context.Context, n int, compiler runtime.Compiler) *Failure {
	g, f := newLimited(ctx, runtime.Config{MaxCallDepth: n}, compiler)
	if f != nil {
		return f
	}
	g.host = func(ctx context.Context, left int32) error {
		_, err := g.in.Call(ctx, "deep", runtime.I32(left))
		return err
	}
	for range 2 { // the second time on a stack that has grown
		if rounds, _, err := g.call(ctx, "deep", n-1); err != nil || rounds != n {
			return fail("limits: depth is not exact", "%d calls of %d: %v", rounds, n, err)
		}
		if rounds, code, err := g.call(ctx, "deep", n); code != wasm.StackExhausted || rounds != n {
			return fail("limits: depth is not exact", "%d calls of %d: %v", rounds, n, err)
		}
	}
	return nil
}

// noticed is how many rounds a guest may make before it notices that its context has ended.
const noticed = 1 << 16

// interrupted ends the context when at rounds are left, and has the guest count on for long. A context that has ended before lets nothing
// happen.
func interrupted(ctx context.Context, n, at int, compiler runtime.Compiler) *Failure {
	g, f := newLimited(ctx, runtime.Config{}, compiler)
	if f != nil {
		return f
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	before := 0
	g.host = func(ctx context.Context, left int32) error {
		if int(left) != at {
			return nil
		}
		cancel()
		before = int(g.rounds.Get().I32())
		_, err := g.in.Call(ctx, "spin", runtime.I32(4*noticed))
		return err
	}
	rounds, code, err := g.call(ctx, "run", n)
	if code != wasm.Interrupted || !errors.Is(err, context.Canceled) || rounds-before > noticed {
		return fail("limits: a context that has ended is not noticed", "%d rounds after it: %v", rounds-before, err)
	}
	if rounds, code, err := g.call(ctx, "run", n); code != wasm.Interrupted || rounds > 0 {
		return fail("limits: a context that has ended is not noticed", "%d rounds: %v", rounds, err)
	}
	return nil
}
