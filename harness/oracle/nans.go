package oracle

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// takesNaNs reports whether an instruction with these operands has two NaNs, of which its result may be either: the specification
// leaves the payload open, and processors take that of the operand that their instruction names first.
func takesNaNs(op wasm.Op, operands runtime.Values) bool {
	if len(operands.Types) != 2 {
		return false
	}
	width := op.OpenLanes()
	if op.OpenNaN() {
		width = 32
		if operands.Types[0] == wasm.F64 {
			width = 64
		}
	}
	n := len(operands.Slots) / 2
	for i := range n {
		if meet(width, operands.Slots[i], operands.Slots[n+i]) {
			return true
		}
	}
	return false
}

// meet reports whether NaNs of a width in bits meet in one slot of each of two operands; none do if the width is 0.
func meet(width int, a, b uint64) bool {
	switch width {
	case 32:
		return isNaN32(a) && isNaN32(b) || isNaN32(a>>32) && isNaN32(b>>32)
	case 64:
		return math.IsNaN(math.Float64frombits(a)) && math.IsNaN(math.Float64frombits(b))
	}
	return false
}

// isNaN32 looks at the low half of bits.
func isNaN32(bits uint64) bool {
	f := math.Float32frombits(uint32(bits))
	return f != f
}
