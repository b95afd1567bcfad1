package runtime

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
)

// SetFusions makes all modules that are compiled from now on be lowered with the given fusions, until restore is called.
func SetFusions(f lower.Fusion) (restore func()) {
	old := fusions
	fusions = f
	return func() { fusions = old }
}

// SetObserved makes all modules that are compiled from now on be lowered to observed code, until restore is called.
func SetObserved() (restore func()) {
	observed = true
	return func() { observed = false }
}

// Ops returns the instructions of the register code of m, in order.
func (m *Module) Ops() []isa.Op {
	var ops []isa.Op
	for _, f := range m.code.Funcs {
		for pc := f.Entry + 1; pc < f.End; {
			op := isa.Inst(m.code.Words[pc]).Op()
			ops = append(ops, op)
			pc += uint32(op.Spec().Shape.Words())
		}
	}
	return ops
}

// Code returns the register code of a module.
func Code(m *Module) *isa.Code { return m.code }
