package runtime

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Global is a global variable.
type Global struct {
	rt   *Runtime
	typ  wasm.GlobalType
	cell []uint64 // one slot, two for a v128
}

// NewGlobal returns a global of the host, to be imported by guests.
func (rt *Runtime) NewGlobal(t wasm.GlobalType, v Value) (*Global, error) {
	g := &Global{rt: rt, typ: t, cell: make([]uint64, isa.Width(t.Type))}
	return g, g.set(v)
}

// Kind returns wasm.ExternGlobal.
func (g *Global) Kind() wasm.ExternKind { return wasm.ExternGlobal }

// Type returns the global's type.
func (g *Global) Type() wasm.GlobalType { return g.typ }

// Get returns the value.
func (g *Global) Get() Value { return g.rt.fromSlots(g.typ.Type, g.cell) }

// Set sets the value of a mutable global.
func (g *Global) Set(v Value) error {
	if !g.typ.Mutable {
		return fmt.Errorf("the global is immutable")
	}
	return g.set(v)
}

func (g *Global) set(v Value) error {
	if v.typ != g.typ.Type {
		return fmt.Errorf("a %s cannot be the value of a global of type %s", v.typ, g.typ.Type)
	}
	_, err := g.rt.toSlots(g.cell, v)
	return err
}
