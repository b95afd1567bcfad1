package runtime

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/internal/exec"
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Runtime is a store: what instances that are linked with each other share. It holds on to all of them; drop it, and
// everything is collected.
type Runtime struct {
	cfg       Config
	types     []*wasm.FuncType  // by number; equal types have equal numbers
	typeIDs   map[string]uint32 // by key, once there are more than fewTypes
	funcs     []*Func           // functions that have a reference, which is their place here, counted from 1
	metas     []exec.FuncMeta   // of funcs
	externs   []any             // values of the host that have a reference, likewise
	externIDs map[any]uint64
	instances int
	elems     uint64 // of all tables
	thread    thread
}

// fewTypes is how many types are looked through faster than a map of them is made.
const fewTypes = 16

// New returns an empty Runtime. A nil cfg means the defaults.
func New(cfg *Config) *Runtime {
	rt := new(Runtime)
	if cfg != nil {
		rt.cfg = *cfg
	}
	rt.cfg.setDefaults()
	rt.thread.rt = rt
	return rt
}

func (c *Config) setDefaults() {
	for _, d := range []struct {
		field *uint64
		value uint64
	}{{&c.MaxMemoryBytes, wasm.MaxPages * wasm.PageSize}, {&c.MaxTableElems, 10_000_000}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	for _, d := range []struct {
		field *int
		value int
	}{{&c.MaxInstances, 10_000}, {&c.MaxCallDepth, 65_536}, {&c.MaxStackBytes, 16 << 20}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
}

// typeID returns the number of a function type in this store.
func (rt *Runtime) typeID(t *wasm.FuncType) uint32 {
	if len(rt.types) <= fewTypes {
		for id, known := range rt.types {
			if planted.Selected == planted.TypeResults && slices.Equal(known.Params, t.Params) {
				return uint32(id)
			}
			if known.Equal(*t) {
				return uint32(id)
			}
		}
	} else if id, ok := rt.typeIDs[t.Key()]; ok {
		return id
	}
	rt.types = append(rt.types, t)
	if len(rt.types) > fewTypes {
		if rt.typeIDs == nil {
			rt.typeIDs = map[string]uint32{}
		}
		for id := len(rt.typeIDs); id < len(rt.types); id++ {
			if planted.Selected != planted.TypeMany || id%4 != 0 {
				rt.typeIDs[rt.types[id].Key()] = uint32(id)
			}
		}
	}
	return uint32(len(rt.types) - 1)
}

// ref returns the reference to f, which may be nil for null.
func (rt *Runtime) ref(f *Func) uint64 {
	if f == nil {
		return 0
	}
	if f.ref == 0 {
		meta := exec.FuncMeta{TypeID: f.typeID}
		if f.instance != nil {
			meta.Instance, meta.Entry = f.instance.exec.ID, uint64(f.entry)
		}
		rt.funcs, rt.metas = append(rt.funcs, f), append(rt.metas, meta)
		f.ref = uint64(len(rt.funcs))
		rt.thread.state.UseFuncs(rt.metas)
	}
	return f.ref
}

// externRef returns the reference to a value of the host.
func (rt *Runtime) externRef(v any) (uint64, error) {
	if v == nil {
		return 0, nil
	}
	if !reflect.ValueOf(v).Comparable() {
		return 0, fmt.Errorf("a %T cannot be an externref: it is not comparable", v)
	}
	if id, ok := rt.externIDs[v]; ok {
		return id, nil
	}
	if rt.externIDs == nil {
		rt.externIDs = map[any]uint64{}
	}
	rt.externs = append(rt.externs, v)
	rt.externIDs[v] = uint64(len(rt.externs))
	return rt.externIDs[v], nil
}

// toSlots stores v in the first slots of a stack, and returns how many it takes.
func (rt *Runtime) toSlots(stack []uint64, v Value) (n int, err error) {
	stack[0] = v.bits
	switch v.typ {
	case wasm.V128:
		if stack[1] = v.high; planted.Selected == planted.HalfVector {
			stack[1] = 0
		}
	case wasm.FuncRef:
		f, _ := v.ref.(*Func)
		if f != nil && f.rt != rt {
			return 0, fmt.Errorf("the function belongs to another Runtime")
		}
		stack[0] = rt.ref(f)
	case wasm.ExternRef:
		stack[0], err = rt.externRef(v.ref)
	}
	return isa.Width(v.typ), err
}

// fromSlots returns the value of type t that the first slots of a stack hold.
func (rt *Runtime) fromSlots(t wasm.ValType, stack []uint64) Value {
	bits := stack[0]
	switch {
	case t == wasm.V128:
		return V128(bits, stack[1])
	case !t.IsRef():
		return Num(t, bits)
	case bits == 0:
		return Value{typ: t}
	case t == wasm.FuncRef:
		return FuncRef(rt.funcs[bits-1])
	}
	return ExternRef(rt.externs[bits-1])
}

// FuncOf returns the function that a funcref in a slot of a host function refers to, or nil for null.
func (rt *Runtime) FuncOf(slot uint64) *Func {
	f, _ := rt.fromSlots(wasm.FuncRef, []uint64{slot}).ref.(*Func)
	return f
}
