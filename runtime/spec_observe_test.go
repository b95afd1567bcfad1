package runtime_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// TestSpecObserved runs the scripts on observed code, and checks what the observer is told against the opcode table.
func TestSpecObserved(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: TestSpec runs the same scripts on ordinary code")
	}
	defer runtime.SetObserved()()
	for _, suite := range []string{spectest.V2, spectest.TailCall} {
		t.Run(suite, func(t *testing.T) {
			counts := coverage.New()
			count, tops := runtime.Counting(counts), map[wasm.Op]map[wasm.ValType]bool{}
			runSuite(t, suite, func(src []byte) ([]byte, error) { return src, nil }, func(r *runner) {
				c := &stepChecker{count: count, tops: tops, last: map[int]wasm.Op{}}
				r.rt.Observe(c.step)
			})
			for op, info := range wasm.Ops() {
				if counts.Executed(op) == 0 && (info.Since == wasm.TailCall) == (suite == spectest.TailCall) {
					t.Errorf("%s was never observed", op)
				}
			}
			checkTops(t, counts, tops)
			t.Logf("%s: %+v", suite, counts.Summary(wasm.AllFeatures))
		})
	}
}

// stepChecker checks steps against the opcode table.
type stepChecker struct {
	count runtime.Observer
	tops  map[wasm.Op]map[wasm.ValType]bool // the types that the topmost operands had
	last  map[int]wasm.Op                   // the last instruction of each call in progress
}

func (c *stepChecker) step(s *runtime.Step) error {
	if types := s.Operands().Types; len(types) > 0 {
		if c.tops[s.Op()] == nil {
			c.tops[s.Op()] = map[wasm.ValType]bool{}
		}
		c.tops[s.Op()][types[len(types)-1]] = true
	}
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
	return c.count(s)
}

// checkTops checks that the topmost operands of instructions without fixed types were counted whatever type they had.
func checkTops(t *testing.T, counts *coverage.Counts, tops map[wasm.Op]map[wasm.ValType]bool) {
	t.Helper()
	counted := map[wasm.Op]map[string]bool{}
	for cell := range counts.All() {
		if counted[cell.Op] == nil {
			counted[cell.Op] = map[string]bool{}
		}
		counted[cell.Op][cell.Operands[0].Kind] = true
	}
	for op, kinds := range counted {
		if op.Info().Class != wasm.ClassCustom {
			continue
		}
		for typ := range tops[op] {
			if !kinds[typ.String()] {
				t.Errorf("%s with an operand of type %s is not counted", op, typ)
			}
		}
	}
	for op, types := range tops {
		if counted[op] == nil {
			t.Logf("operands of %s (%d types) are not counted", op, len(types))
		}
	}
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
