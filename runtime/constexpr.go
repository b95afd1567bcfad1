package runtime

import (
	"io"

	"github.com/touchstone-wasm/touchstone/runtime/internal/numeric"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// evalOne evaluates a constant expression whose value takes one slot.
func (in *Instance) evalOne(e wasm.Expr) uint64 {
	var cell [1]uint64
	in.eval(e, cell[:])
	return cell[0]
}

// eval evaluates a constant expression of a valid module into cell (specification section 3.3.10). Validation has checked that
// its instructions are among these, their types, and that it ends with one value.
func (in *Instance) eval(e wasm.Expr, cell []uint64) {
	r, instr := wasm.NewReader(e), wasm.Instr{}
	var space [8]uint64
	stack := space[:0]
	for {
		if err := r.Next(&instr); err == io.EOF {
			copy(cell, stack)
			return
		} else if err != nil {
			panic("runtime: malformed constant expression in a valid module")
		}
		switch op := instr.Op; {
		case op == wasm.OpEnd:
		case op.Info().Class == wasm.ClassConst:
			stack = append(stack, instr.Imm[:len(cell)]...)
		case op == wasm.OpGlobalGet:
			stack = append(stack, in.globals[instr.Imm[0]].cell...)
		case op == wasm.OpRefNull:
			stack = append(stack, 0)
		case op == wasm.OpRefFunc:
			stack = append(stack, in.rt.ref(in.fn(uint32(instr.Imm[0]))))
		default:
			n := len(stack) - 2
			stack = append(stack[:n], extended(op, stack[n], stack[n+1]))
		}
	}
}

// extended computes the arithmetic that constant expressions may do.
func extended(op wasm.Op, a, b uint64) uint64 {
	switch op {
	case wasm.OpI32Add:
		return uint64(numeric.I32Add(uint32(a), uint32(b)))
	case wasm.OpI32Sub:
		if planted.Selected == planted.ExtendedOrder {
			a, b = b, a
		}
		return uint64(numeric.I32Sub(uint32(a), uint32(b)))
	case wasm.OpI32Mul:
		return uint64(numeric.I32Mul(uint32(a), uint32(b)))
	case wasm.OpI64Add:
		return numeric.I64Add(a, b)
	case wasm.OpI64Sub:
		return numeric.I64Sub(a, b)
	case wasm.OpI64Mul:
		if planted.Selected == planted.ExtendedMul {
			b = uint64(uint32(b))
		}
		return numeric.I64Mul(a, b)
	}
	panic("runtime: instruction in a constant expression of a valid module")
}
