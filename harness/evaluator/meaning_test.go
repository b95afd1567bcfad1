package evaluator

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestEveryInstructionHasAMeaning compares what is derived from the names of instructions with the list of instructions.
func TestEveryInstructionHasAMeaning(t *testing.T) {
	for o, info := range wasm.Ops() {
		m := Of(o)
		if o == wasm.OpElse || o == wasm.OpEnd {
			continue
		}
		if m == nil {
			t.Errorf("%s has no meaning", o)
			continue
		}
		if info.Class == wasm.ClassCustom {
			continue
		}
		if m.Type == nil || !m.Type.Equal(o.Operands()) {
			t.Errorf("%s: the name says %v, the list %v", o, m.Type, o.Operands())
		}
		if m.Access != int(info.Access) {
			t.Errorf("%s: the name says %d bytes, the list %d", o, m.Access, info.Access)
		}
	}
}
