package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/generators/matrix"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// TestInstructionProperty runs each instruction with other operands, and in other forms, than the seeds do.
func TestInstructionProperty(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 20
	}
	for i := 0; i < matrix.Topics(); i += step {
		data := append(matrix.Topic(i), byte(3*i+1), 0x80, byte(i), 0x0f, 0xf0, 0x3f, 0xc0, 0x7f, 0xff)
		f := oracle.Instruction(t.Context(), data)
		if f != nil {
			t.Logf("%x", data)
		}
		report(t, f)
	}
}

// TestInstructionSeeds: the seeds execute every instruction of the opcode table, and those that compute, with most classes of operands.
func TestInstructionSeeds(t *testing.T) {
	inputs, err := corpus.Inputs("instruction")
	if err != nil {
		t.Fatal(err)
	}
	counts := coverage.New()
	for _, input := range inputs {
		report(t, oracle.Count(t.Context(), matrix.Module(input.Data, matrix.Options{}), counts))
	}
	for op := range wasm.Ops() {
		if counts.Executed(op) == 0 {
			t.Errorf("%v is not executed", op)
		}
	}
	s := counts.Summary(wasm.AllFeatures)
	t.Logf("%d of %d instructions, %d of %d combinations with classes of operands", s.Ops, s.AllOps, s.Cells, s.AllCells)
	if s.Cells < s.AllCells*7/10 {
		t.Error("the seeds miss too many classes of operands")
	}
}
