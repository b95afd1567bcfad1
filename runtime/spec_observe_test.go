package runtime_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/spectest"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestSpecObserved runs the scripts on observed code, and checks what the observer is told against the opcode table.
func TestSpecObserved(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: TestSpec runs the same scripts on ordinary code")
	}
	defer runtime.SetObserved()()
	for _, suite := range []string{spectest.V2, spectest.TailCall} {
		t.Run(suite, func(t *testing.T) {
			var executed [wasm.NumOps]int
			runSuite(t, suite, func(src []byte) ([]byte, error) { return src, nil }, func(r *runner) {
				c := &stepChecker{executed: &executed, last: map[int]wasm.Op{}}
				r.rt.Observe(c.step)
			})
			if suite != spectest.V2 {
				return
			}
			for op, info := range wasm.Ops() {
				if executed[op] == 0 && info.Since != wasm.TailCall {
					t.Errorf("%s was never observed", op)
				}
			}
		})
	}
}

// stepChecker checks steps against the opcode table.
type stepChecker struct {
	executed *[wasm.NumOps]int
	last     map[int]wasm.Op // the last instruction of each call in progress
}

func (c *stepChecker) step(s *runtime.Step) error {
	c.executed[s.Op()]++
	if in := s.Instr(); in.Op != s.Op() || in.Offset != s.Frame().Offset {
		return fmt.Errorf("%s at %v is read as %s at %#x", s.Op(), s.Frame(), in.Op, in.Offset)
	}
	if s.Op().Info().Class != wasm.ClassCustom {
		if err := checkValues(s.Operands(), s.Op().Operands().Params); err != nil {
			return fmt.Errorf("operands of %s at %v: %w", s.Op(), s.Frame(), err)
		}
	}
	last, ok := c.last[s.Depth]
	if ok && !s.Entry() && last.Info().Class != wasm.ClassCustom {
		if err := checkValues(s.Results(), last.Operands().Results); err != nil {
			return fmt.Errorf("results of %s before %v: %w", last, s.Frame(), err)
		}
	}
	c.last[s.Depth] = s.Op()
	return nil
}

// checkValues checks that values have the given types and are as they must be in slots.
func checkValues(v runtime.Values, types []wasm.ValType) error {
	if !slices.Equal(v.Types, types) {
		return fmt.Errorf("types %v, want %v", v.Types, types)
	}
	at := 0
	for _, t := range types {
		if (t == wasm.I32 || t == wasm.F32) && v.Slots[at]>>32 != 0 {
			return fmt.Errorf("slot %d of type %s holds %#x", at, t, v.Slots[at])
		}
		if at++; t == wasm.V128 {
			at++
		}
	}
	if at != len(v.Slots) {
		return fmt.Errorf("%d slots for the types %v", len(v.Slots), types)
	}
	return nil
}
