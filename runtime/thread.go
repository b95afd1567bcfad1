package runtime

import (
	"context"
	"errors"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/internal/exec"
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The stack begins with this much room and grows up to the limits of the configuration.
const (
	firstSlots = 16
	firstDepth = 8
)

// fuelSlice is how many taken branches and calls may pass before the context is looked at: well below a millisecond.
const fuelSlice = 1 << 15

// maxFrames bounds the frames of a stack trace.
const maxFrames = 64

// thread executes functions. It is the one thread of its Runtime: host functions that call back into a guest go on with it, so
// that all limits hold for the whole.
type thread struct {
	rt      *Runtime
	state   exec.State
	levels  []level
	first   [1]level // what levels begins with: most guests are entered once at a time
	ctx     context.Context
	fuel    uint64    // what is left beyond the slice that state has
	current *Instance // whose code runs
	moved   bool      // the value stack has moved while a function of the host called back

	observation *observation // nil without an observer
}

// level is one entry from outside into the code of an instance: by the host, or by a call from another instance.
type level struct {
	depth   int       // calls in progress before it
	caller  *Instance // that was current; nil if none
	pc      int       // the caller's position
	frame   int       // the caller's frame
	context context.Context
}

// call calls a function of an instance from outside. The results replace the arguments in stack.
func (t *thread) call(ctx context.Context, f *Func, stack []uint64) error {
	outermost := len(t.levels) == 0
	if outermost {
		if err := ctx.Err(); err != nil {
			return &Trap{Code: Interrupted, Cause: err}
		}
		t.moved, t.fuel = false, math.MaxUint64
		if t.rt.cfg.Fuel != 0 {
			t.fuel = t.rt.cfg.Fuel
		}
		t.state.SetFuel(t.slice())
		if planted.Selected == planted.PanicKept {
			defer func() {
				if len(t.levels) == 0 {
					t.reset()
				}
			}()
		} else {
			defer t.reset() // whatever happens, a panic of a host function included
		}
	}
	if !outermost && planted.Selected == planted.FuelFresh {
		t.fuel = t.rt.cfg.Fuel
	}
	base, slots := t.free(), t.state.Slots()
	if !t.reserve(base+int(f.slots), 0) {
		return &Trap{Code: StackExhausted, Frames: t.stackTrace()}
	}
	copy(t.state.Values(base, int(f.slots)), stack[:isa.Slots(f.typ.Params)])
	err := t.enter(ctx, f, base)
	if err == nil {
		copy(stack, t.state.Values(base, isa.Slots(f.typ.Results)))
	}
	if !outermost && t.state.Slots() != slots {
		t.moved = true
	}
	return err
}

// free returns the slot from which on the value stack is free: behind the frame of the function whose call of the host is in
// progress.
func (t *thread) free() int {
	if t.current == nil {
		return 0
	}
	code := t.current.module.code
	return t.state.Frame() + int(isa.Header(code.Words[code.Funcs[code.Index(t.state.PC())].Entry]).Frame())
}

// reset leaves the thread without calls in progress.
func (t *thread) reset() {
	t.state.Unwind(0)
	t.levels, t.current, t.ctx = t.levels[:0], nil, nil
}

// hostFromOutside calls a host function that no guest calls.
func (t *thread) hostFromOutside(ctx context.Context, f *Func, stack []uint64) error {
	caller := t.current
	if caller == nil {
		caller = &Instance{rt: t.rt, module: &Module{wasm: &wasm.Module{}}}
	}
	return t.hostResult(f, f.host(ctx, caller, stack))
}

// enter calls a function of an instance whose arguments stand on the value stack from slot base on, where its results will
// stand.
func (t *thread) enter(ctx context.Context, f *Func, base int) error {
	h := isa.Header(f.instance.exec.Code[f.entry])
	if !t.reserve(base+int(h.Frame()), t.state.Depth()+1) && planted.Selected != planted.DepthFresh {
		return &Trap{Code: StackExhausted, Frames: t.stackTrace()}
	}
	l := level{depth: t.state.Depth(), caller: t.current, context: t.ctx}
	if t.current != nil {
		l.pc, l.frame = t.state.PC(), t.state.Frame()
	}
	if t.levels == nil {
		t.levels = t.first[:0]
	}
	t.levels = append(t.levels, l)
	t.ctx = ctx
	t.use(f.instance)
	t.state.Enter(int(f.entry), base)
	err := t.run()
	t.state.Unwind(l.depth)
	t.levels = t.levels[:len(t.levels)-1]
	t.ctx, t.current = l.context, l.caller
	if l.caller != nil {
		if planted.Selected == planted.MemoryStale {
			t.current = l.caller
			t.state.Use(&l.caller.exec)
		} else {
			t.use(l.caller)
		}
		if planted.Selected == planted.CallerMemory && f.instance.Memory() != nil {
			t.state.UseMemory(f.instance.Memory().data, f.instance.Memory().Pages())
		}
		t.state.Jump(l.pc, l.frame)
	}
	return err
}

// use makes in the instance whose code runs.
func (t *thread) use(in *Instance) {
	t.current = in
	t.state.Use(in.view())
}

// run executes until the function that was entered returns or ends otherwise.
func (t *thread) run() error {
	for from := exec.Here; ; {
		exit := t.state.Run(from)
		// Calls of imported functions of the host come first and are written out: their cost is to be that of a few instructions,
		// and what is kept across them costs, too.
		if exit == exec.ExitImport {
			w := t.state.Inst()
			if f := t.current.funcs[w.AB()]; f.host != nil {
				args := t.state.Args(w.D(), f.slots)
				if err := f.host(t.ctx, t.current, args); err != nil {
					return t.hostResult(t.imported(), err)
				}
				if t.moved {
					t.bringBack(args)
				}
				from = exec.Behind
				continue
			}
		}
		if exit == exec.ExitDone {
			return nil
		}
		if err := t.handle(exit); err != nil {
			return err
		}
		from = exec.Here
	}
}

// imported returns the imported function that is called at the current position.
func (t *thread) imported() *Func { return t.current.funcs[t.state.Inst().AB()] }

// bringBack copies the results of the call at the current position, which a function of the host has left in args, to the stack,
// which may have moved meanwhile.
//
//go:noinline
func (t *thread) bringBack(args []uint64) {
	if planted.Selected != planted.StackMoved {
		copy(t.state.Args(t.state.Inst().D(), uint16(len(args))), args)
	}
}

// handle does what the loop was left for.
func (t *thread) handle(exit exec.Exit) error {
	switch exit {
	case exec.ExitTrap:
		code := t.state.TrapCode()
		if m := t.current.Memory(); code == MemoryOutOfBounds && m != nil && m.backMore() {
			return nil // what is outside of what is backed may still be inside the memory
		}
		return t.trap(code)
	case exec.ExitFuel:
		return t.refuel()
	case exec.ExitStack:
		return t.growStack()
	case exec.ExitImport:
		return t.callOther(t.imported())
	case exec.ExitCall:
		return t.callOther(t.rt.funcs[t.state.Callee()-1])
	}
	w := t.state.Inst()
	if f := slow[w.Op()]; f != nil {
		return f(t, w)
	}
	if code := t.state.Slow(); code != wasm.NoTrap {
		return t.trap(code)
	}
	return nil
}

// callOther executes the call at the current position, of a function of another instance or, if it is indirect, of the host.
func (t *thread) callOther(f *Func) (err error) {
	d := t.state.Inst().D()
	if f.host == nil {
		err = t.enter(t.ctx, f, t.state.Frame()+int(d))
	} else {
		args := t.state.Args(d, f.slots)
		caller := t.current
		if planted.Selected == planted.CallerFirst && t.levels[len(t.levels)-1].caller != nil {
			caller = t.levels[len(t.levels)-1].caller
		}
		err = t.hostResult(f, f.host(t.ctx, caller, args))
		if t.moved {
			t.bringBack(args)
		}
	}
	if err == nil {
		t.state.Next()
	}
	return err
}

// memoryChanged tells the loop that a memory was backed, grown or reset, if it is the one in use.
func (t *thread) memoryChanged(m *Memory) {
	if t.current != nil && t.current.Memory() == m {
		t.state.UseMemory(m.data, m.Pages())
	}
}

// hostResult turns what a host function returned into the error that ends the guest.
func (t *thread) hostResult(f *Func, err error) error {
	if err == nil {
		return nil
	}
	switch err := err.(type) {
	case *Trap:
		if err.Frames == nil { // made by the host function, which does not know where it was called from
			err.Frames = t.stackTrace()
		}
		return err
	case *HostError: // of a guest that the host function called
		return err
	}
	if t.ctx != nil && t.ctx.Err() != nil && errors.Is(err, t.ctx.Err()) {
		return &Trap{Code: Interrupted, Cause: err, Frames: t.stackTrace()}
	}
	return &HostError{Module: f.module, Name: f.name, Err: err, Frames: t.stackTrace()}
}

// trap returns the error for a trap at the current position.
func (t *thread) trap(code wasm.TrapCode) error {
	return &Trap{Code: code, Frames: t.stackTrace()}
}

// interrupted returns the trap for a context that is done, else nil.
func (t *thread) interrupted() error {
	if err := t.ctx.Err(); err != nil {
		return &Trap{Code: Interrupted, Cause: err, Frames: t.stackTrace()}
	}
	return nil
}

// slice takes the next slice of the fuel.
func (t *thread) slice() int64 {
	n := min(t.fuel, fuelSlice)
	if t.rt.cfg.Fuel != 0 && planted.Selected != planted.FuelSlice {
		t.fuel -= n
	}
	return int64(n)
}

// refuel goes on after the fuel of a slice was used up, unless there is no more or the context is done. One unit is owed: what
// was to be paid for has been executed.
func (t *thread) refuel() error {
	if err := t.interrupted(); err != nil && planted.Selected != planted.CancelIgnored {
		return err
	}
	n := t.slice()
	if n == 0 {
		return t.trap(FuelExhausted)
	}
	if planted.Selected == planted.FuelOwed {
		n++
	}
	t.state.SetFuel(n - 1)
	return nil
}

// growStack makes room for the call at the current position.
func (t *thread) growStack() error {
	var ok bool
	if t.state.Depth() >= t.state.MaxDepth() {
		ok = t.reserve(0, t.state.Depth()+1)
	} else {
		ok = t.reserve(t.state.Slots()+1, 0)
	}
	if !ok {
		return t.trap(StackExhausted)
	}
	return nil
}

// reserve makes room for slots values and depth calls in progress; false if the limits forbid it. It at least doubles what
// it makes larger, so that growing is rare.
func (t *thread) reserve(slots, depth int) bool {
	maxSlots, maxDepth := t.rt.cfg.MaxStackBytes/8, t.rt.cfg.MaxCallDepth
	if planted.Selected == planted.DepthEdge {
		maxDepth++
	}
	if slots > maxSlots || depth > maxDepth {
		return false
	}
	if n := t.state.Slots(); slots > n || n == 0 {
		t.state.Reserve(min(max(slots, 2*n, firstSlots), max(maxSlots, slots)), 0)
	}
	if n := t.state.MaxDepth(); depth > n {
		t.state.Reserve(0, min(max(depth, 2*n, firstDepth), maxDepth))
	}
	return true
}

// behind returns the word of the call that returns to a word.
func behind(word int) int {
	if planted.Selected == planted.CallerPlace {
		return word
	}
	return word - 1
}

// stackTrace returns the calls in progress, innermost first.
func (t *thread) stackTrace() []Frame {
	if t.current == nil {
		return nil
	}
	var frames []Frame
	in, lv := t.current, len(t.levels)-1
	frames = append(frames, in.module.frame(t.state.Fault()))
	for i := t.state.Depth() - 1; i >= 0 && lv >= 0 && len(frames) < maxFrames; i-- {
		word, _ := t.state.Caller(i)
		if word != 0 {
			frames = append(frames, in.module.frame(behind(word))) // the call stands before where it returns to
			continue
		}
		l := t.levels[lv]
		lv--
		if l.caller == nil {
			break
		}
		in = l.caller
		frames = append(frames, in.module.frame(l.pc))
	}
	return frames
}
