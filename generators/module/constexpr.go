package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// maxConstHeight bounds the height of constant expressions.
const maxConstHeight = 3

// constRows are the instructions that extended constant expressions compute a type with.
var constRows = func() map[wasm.ValType][]wasm.Op {
	m := map[wasm.ValType][]wasm.Op{}
	for o, info := range wasm.Ops() {
		if info.ConstSince == wasm.ExtendedConst {
			t := o.Operands().Results[0]
			m[t] = append(m[t], o)
		}
	}
	return m
}()

// constExpr makes a constant expression of an instruction.
func constExpr(instr []byte) wasm.Expr {
	return wasm.Expr{Code: appendOp(instr, wasm.OpEnd)}
}

// i32Expr makes a constant expression with the value x.
func (g *generator) i32Expr(x uint32) wasm.Expr {
	return constExpr(g.appendValue(nil, wasm.I32, uint64(x), 0))
}

// appendValue appends an expression with the value x: a constant or, with extended constant expressions, one that computes it.
func (g *generator) appendValue(dst []byte, t wasm.ValType, x uint64, height int) []byte {
	rows := constRows[t]
	if len(rows) == 0 || height == maxConstHeight || !g.features.Has(wasm.ExtendedConst) || !g.t.Chance(128) {
		return appendOp(dst, constOps[t], x)
	}
	o := tape.Pick(g.t, rows)
	first, second := operandsFor(o, interesting(g.t, t), x)
	dst = g.appendValue(dst, t, first, height+1)
	return appendOp(g.appendValue(dst, t, second, height+1), o)
}

// operandsFor returns operands for which o gives x; the first is a if possible. The arithmetic is that of 64 bits, whose low half
// is that of 32 bits.
func operandsFor(o wasm.Op, a, x uint64) (first, second uint64) {
	switch o {
	case wasm.OpI32Add, wasm.OpI64Add:
		return a, x - a
	case wasm.OpI32Sub, wasm.OpI64Sub:
		return a, a - x
	case wasm.OpI32Mul, wasm.OpI64Mul:
		a |= 1 // odd numbers have inverses
		inverse := a
		for range 5 { // each step doubles the number of bits that are right, of which the first has three
			inverse *= 2 - a*inverse
		}
		return a, x * inverse
	}
	panic("module: operandsFor lacks an instruction of constant expressions")
}
