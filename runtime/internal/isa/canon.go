package isa

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// canons are the instructions that replace every NaN among some floats by the canonical one, with the sign bit 0 (specification
// section 4.3.3). Deterministic code has one behind each instruction that leaves its NaNs open; other code has none.
var canons = []Spec{
	{Name: "Canon32", Shape: Shape{D: Write, A: Read}},
	{Name: "Canon64", Shape: Shape{D: Write, A: Read}},
	{Name: "Canon32x4", Shape: Shape{D: Write2, A: Read2}},
	{Name: "Canon64x2", Shape: Shape{D: Write2, A: Read2}},
}

// CanonOf returns the instruction that makes the NaNs canonical that op returns, or false if the specification leaves none of
// them open.
func CanonOf(op wasm.Op) (Op, bool) {
	c := canonOf[op]
	return c, c != Exit
}

// canonOf follows from the rows of the opcode table.
var canonOf = func() (of [wasm.NumOps]Op) {
	for op := range wasm.Ops() {
		switch lanes := op.OpenLanes(); {
		case op.OpenNaN() && op.Operands().Results[0] == wasm.F32:
			of[op] = Canon32
		case op.OpenNaN():
			of[op] = Canon64
		case lanes == 32:
			of[op] = Canon32x4
		case lanes == 64:
			of[op] = Canon64x2
		}
	}
	return of
}()
