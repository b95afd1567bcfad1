package oracle

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// takesNaNs reports whether an instruction with these operands has two NaNs, of which its result may be either: the specification
// leaves the payload open, and processors take that of the operand that their instruction names first.
func takesNaNs(op wasm.Op, operands runtime.Values) bool {
	info := op.Info()
	sig := info.Sig // of two operands of a type and a result of it
	if len(sig) != len("ff:f") || sig[0] != sig[1] || sig[0] != sig[3] || info.Bits {
		return false
	}
	n := len(operands.Slots) / 2
	for i := range n {
		if meet(op, operands.Types[0], operands.Slots[i], operands.Slots[n+i]) {
			return true
		}
	}
	return false
}

// meet is takesNaNs for one slot of each of two operands of a type.
func meet(op wasm.Op, t wasm.ValType, a, b uint64) bool {
	width := 0
	switch t {
	case wasm.F32:
		width = 32
	case wasm.F64:
		width = 64
	case wasm.V128:
		if lanes := op.Info().Lanes; lanes.Func != "" && lanes.Func[0] == 'F' {
			width = int(lanes.Width)
		}
	}
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
