package evaluator

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Trap is the abnormal end of a guest.
type Trap struct {
	Code   wasm.TrapCode
	Frames []Frame // the calls in progress, innermost first; none outside functions
}

// Frame is a call in progress.
type Frame struct {
	Func   uint32 // function index in its module
	Offset int    // of the instruction in the module's bytes
}

// Error returns the text of the class.
func (t *Trap) Error() string { return "trap: " + t.Code.Error() }

// Unwrap returns the class.
func (t *Trap) Unwrap() error { return t.Code }

// thread is a computation (section 4.2.13).
type thread struct {
	limits Limits
	steps  uint64
	frames []*frame // the calls in progress, the outermost first
	spare  []*frame // of calls that have ended, for others
}

// frame is an activation: the locals of a call and the operands in it (section 4.2.12).
type frame struct {
	*thread
	in     *Instance
	fn     *Func
	locals []Value
	stack  []Value
	offset int // of the current instruction

	// What a tail call goes on with.
	callee *Func
	args   []Value
}

// exit says how a sequence of instructions ended. From 0 on it is a branch, to the label that so many labels enclose.
type exit int

const (
	next      exit = -1 - iota // at its end
	returning                  // by a return
	tailCall                   // by a call that takes the place of this one
)

// Call calls an exported function (section 4.5.5). The error is a *Trap, or an ordinary one if there is no such function.
func (in *Instance) Call(name string, args ...Value) ([]Value, error) {
	fn, ok := in.Export(name).(*Func)
	if !ok {
		return nil, fmt.Errorf("the module exports no function %q", name)
	}
	return fn.Call(in.limits, args...)
}

// Call calls a function with arguments of its parameters' types.
func (f *Func) Call(limits Limits, args ...Value) (results []Value, err error) {
	t := &thread{limits: limits}
	err = t.catch(func() { results = t.invoke(f, args) })
	return results, err
}

// catch runs do and returns the trap that ended it, if one did. Traps are panics with a wasm.TrapCode: an instruction that traps ends
// everything that encloses it.
func (t *thread) catch(do func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			code, ok := r.(wasm.TrapCode)
			if !ok {
				panic(r)
			}
			err = &Trap{Code: code, Frames: t.stackTrace()}
		}
	}()
	do()
	return nil
}

func (t *thread) stackTrace() (frames []Frame) {
	for i := len(t.frames) - 1; i >= 0; i-- {
		frames = append(frames, Frame{Func: t.frames[i].fn.index, Offset: t.frames[i].offset})
	}
	return frames
}

// invoke calls a function (section 4.4.10). The results are valid until the next call.
func (t *thread) invoke(fn *Func, args []Value) []Value {
	if len(t.frames) >= t.limits.Depth {
		panic(wasm.StackExhausted)
	}
	t.frames = append(t.frames, nil)
	for {
		if fn.Host != nil {
			t.frames = t.frames[:len(t.frames)-1]
			return fn.Host(args)
		}
		f := t.frame(fn, args)
		if before := t.frames[len(t.frames)-1]; before != nil { // of what made a tail call, where the arguments were
			t.spare = append(t.spare, before)
		}
		t.frames[len(t.frames)-1] = f
		if f.sequence(fn.body) == tailCall {
			fn, args = f.callee, f.args
			continue
		}
		t.frames, t.spare = t.frames[:len(t.frames)-1], append(t.spare, f)
		return f.stack[len(f.stack)-len(fn.Type.Results):]
	}
}

// firstOperands is the room for operands that a call begins with.
const firstOperands = 16

// frame returns the activation of a call.
func (t *thread) frame(fn *Func, args []Value) (f *frame) {
	if last := len(t.spare) - 1; last >= 0 {
		f, t.spare = t.spare[last], t.spare[:last]
	} else {
		f = &frame{thread: t, stack: make([]Value, 0, firstOperands)}
	}
	f.in, f.fn, f.stack = fn.in, fn, f.stack[:0]
	f.locals = append(slices.Grow(f.locals[:0], len(args)+fn.locals), args...)
	for _, run := range fn.code.Locals {
		for range run.Count {
			f.locals = append(f.locals, Default(run.Type))
		}
	}
	return f
}

// sequence executes instructions one after the other, up to one that branches, returns or makes a tail call.
func (f *frame) sequence(nodes []Node) exit {
	for i := range nodes {
		n := &nodes[i]
		f.offset = n.Offset
		if f.steps++; f.steps > f.limits.Steps {
			panic(wasm.FuelExhausted)
		}
		if e := meanings[n.Op].run(f, n); e != next {
			return e
		}
	}
	return next
}

func (f *frame) push(v Value) { f.stack = append(f.stack, v) }

func (f *frame) pop() Value {
	v := f.stack[len(f.stack)-1]
	f.stack = f.stack[:len(f.stack)-1]
	return v
}

// popN takes n operands and returns them in the order in which they were pushed. They are valid until the next push.
func (f *frame) popN(n int) []Value {
	at := len(f.stack) - n
	vs := f.stack[at:]
	f.stack = f.stack[:at]
	return vs
}

// unwind keeps the topmost n operands and removes those below them down to a height.
func (f *frame) unwind(height, n int) {
	f.stack = append(f.stack[:height], f.stack[len(f.stack)-n:]...)
}
