package runtime

import (
	"context"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Func is a function of an instance or of the host.
type Func struct {
	rt     *Runtime
	typ    wasm.FuncType
	typeID uint32
	slots  uint16 // that the parameters and the results of a call share
	ref    uint64 // 0 until a reference is made

	instance *Instance // nil for a function of the host
	index    uint32    // in the instance's module
	entry    uint32    // word of its header

	host         HostFunc
	module, name string // of a function of the host
}

// Kind returns wasm.ExternFunc.
func (f *Func) Kind() wasm.ExternKind { return wasm.ExternFunc }

// Type returns the function's type.
func (f *Func) Type() wasm.FuncType { return f.typ }

// String returns what people call the function.
func (f *Func) String() string {
	if f.instance == nil {
		return f.module + "." + f.name
	}
	return fmt.Sprintf("function %d", f.index)
}

// NewFunc returns a function of the host; module and name are for messages.
func (rt *Runtime) NewFunc(module, name string, t wasm.FuncType, f HostFunc) *Func {
	return &Func{rt: rt, typ: t, typeID: rt.typeID(&t), slots: sharedSlots(t), host: f, module: module, name: name}
}

// sharedSlots returns how many slots the parameters and the results of a call share.
func sharedSlots(t wasm.FuncType) uint16 {
	return uint16(max(isa.Slots(t.Params), isa.Slots(t.Results))) // the limits of types bound both far below
}

// Call calls the function. Errors are *Trap and *HostError, or an ordinary error if the arguments do not fit the type.
func (f *Func) Call(ctx context.Context, args ...Value) ([]Value, error) {
	if len(args) != len(f.typ.Params) {
		return nil, fmt.Errorf("%d arguments for a function of type %s", len(args), f.typ)
	}
	stack := make([]uint64, f.slots)
	at := 0
	for i, v := range args {
		if v.typ != f.typ.Params[i] {
			return nil, fmt.Errorf("argument %d is an %s; the function's type is %s", i, v.typ, f.typ)
		}
		n, err := f.rt.toSlots(stack[at:], v)
		if err != nil {
			return nil, err
		}
		at += n
	}
	if err := f.CallStack(ctx, stack); err != nil {
		return nil, err
	}
	results := make([]Value, len(f.typ.Results))
	at = 0
	for i, t := range f.typ.Results {
		results[i] = f.rt.fromSlots(t, stack[at:])
		at += isa.Width(t)
	}
	return results, nil
}

// CallStack is Call without allocation. The slots of stack are as for a [HostFunc]; there must be as many as the parameters or
// the results take, whichever take more. References must be ones that this Runtime handed out in slots.
func (f *Func) CallStack(ctx context.Context, stack []uint64) error {
	if len(stack) < int(f.slots) {
		return fmt.Errorf("%d slots for a function of type %s", len(stack), f.typ)
	}
	if f.host != nil {
		return f.rt.thread.hostFromOutside(ctx, f, stack[:f.slots])
	}
	return f.rt.thread.call(ctx, f, stack)
}
