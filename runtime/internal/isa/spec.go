// Package isa describes the register code that modules are lowered to: its encoding and its instructions.
//
// Code is a sequence of 64-bit words. An instruction is one op word
//
//	op:16 | d:16 | a:16 | b:16      from the least significant bits up
//
// which, for some instructions, one or two immediate words follow. Operands are numbers of 8-byte slots relative to the frame
// pointer; i32 and f32 values stand zero-extended in their slots. Distances and indexes of 32 bits take a and b together.
// Word 0 of a module's code is the Exit instruction, to which the outermost frame returns. Each function is a header
// word (see [Header]) and its instructions.
//
// The instructions are not listed here one by one: [Specs] derives those that correspond to WebAssembly instructions
// from the opcode table of package wasm, and adds the few that have no row there. The generator in ../gen turns the list into
// the constants of op_gen.go and into the interpreter loop; the verifier and the disassembler read the shapes.
package isa

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Field says what a 16-bit field of the op word holds.
type Field uint8

// The meanings of the fields. Those marked 32 stand in field A and take B too.
const (
	Unused      Field = iota
	Read              // slot that is read
	Write             // slot that is written
	Read2             // first of two slots that are read: a v128, the low half first
	Write2            // first of two slots that are written
	ReadN             // first of a run of slots that are read; its length stands in B
	WriteN            // first of a run of slots that are written; its length stands in B
	Length            // of the run that ReadN or WriteN begins
	Args              // first slot of the arguments and results of a call
	Disp              // unsigned displacement of a memory access
	Lane              // index of a lane
	Update            // slot that is read and written
	ShortTarget       // distance in words as of Target, signed
	Target            // 32: distance in words from this instruction to the one that execution goes on with
	Callee            // 32: distance in words from this instruction to a function header
	ImportIndex       // 32: index of an imported function
	GlobalIndex       // 32: global index
	Count             // 32: n, where n+1 Br instructions follow
	TrapNumber        // 32: trap code
)

// ImmKind says what the immediate word holds.
type ImmKind uint8

// The kinds of immediate words. Pairs hold the first in the low half. It is one word unless it says two.
const (
	NoImm        ImmKind = iota
	Constant             // the bits of a value
	TwoConstants         // two numbers of 32 bits, signed
	AddDisp              // pair: what is added to the address operand, modulo 2^32; displacement of the memory access
	AddDispConst         // two words: like AddDisp; the bits of a value
	AddDispSlot          // two words: like AddDisp; a slot that is read
	AddDispTwice         // two words: like AddDisp, of a load and of a store
	Address              // of a memory access, 33 bits
	SlotRead             // slot that is read
	TypeTable            // type index, table index
	DataSeg              // data segment index
	ElemSeg              // element segment index
	SegTable             // element segment index, table index
	Table                // table index
	TwoTables            // destination table index, source table index
	FuncIndex            // function index
	Slot2                // first of two slots that are read
	LaneIndex            // index of a lane
	DispLane             // displacement of a memory access, index of a lane
	Halves               // two words: the low and the high half of a v128
	LaneIndexes          // two words: 16 indexes of lanes, a byte each, below 32
	SiteIndex            // index into Code.Sites
)

// Shape is the form of an instruction.
type Shape struct {
	D, A, B Field
	Imm     ImmKind
	// Ends says that execution never goes on with the next instruction.
	Ends bool
}

// Words returns how many words an instruction of this shape takes, without the Br instructions behind a BrTable.
func (s *Shape) Words() int {
	switch s.Imm {
	case NoImm:
		return 1
	case Halves, LaneIndexes, AddDispConst, AddDispSlot, AddDispTwice:
		return 3
	}
	return 2
}

// How says how the interpreter executes an instruction.
type How uint8

// The ways to execute an instruction.
const (
	Template How = iota // in the loop, by a text of the generator's
	Numeric             // in the loop if the function in package numeric has inline form, else like Slow in package exec
	Load                // in the loop
	Store               // in the loop
	Pair                // in the loop: a numeric instruction, and another that takes its value
	Fetch               // in the loop: a load, and a numeric instruction that takes its value as the second operand, or with a constant
	Put                 // in the loop: a numeric instruction, and a store of its value
	Move                // in the loop: a load, and a store of its value
	Branch              // in the loop: a comparison that decides a branch
	Probe               // in the loop: a load, and a comparison of its value with a constant that decides a branch
	Step                // in the loop: an addition, a comparison of the sum and a branch
	Vector              // as the row says: in the loop if it is short there, else like Slow in package exec
	Slow                // the loop leaves, package runtime executes it and re-enters
)

// Spec describes one instruction of the register code.
type Spec struct {
	Name    string // the name of its constant
	Shape   Shape
	How     How
	Wasm    wasm.Op // the instruction it comes from; meaningful for all but Template and Slow
	Then    wasm.Op // of a Pair, Fetch or Probe: the second instruction
	Last    wasm.Op // of a Fetch with three instructions: the third, which takes the value of the second
	Store   wasm.Op // of a Put or Move
	Plus    bool    // of a Load, Store, Fetch, Put, Move or Vector: the immediate word has the displacement and something to add to the operand
	Abs     bool    // of a Load or Store: the address stands in the immediate word
	Sum     bool    // of a Load or Store: the address is the sum of two slots
	Const   bool    // of a Numeric, Branch, Step, Store, Pair or Put: the second operand of the first instruction stands in an immediate word
	Slots   bool    // of a Step: what is added stands in a slot
	Second  bool    // of a Pair, or a Fetch with three: the value of the last but one is the second operand of the last
	Tail    bool    // of a Pair, Fetch or Probe: the other operand of the second instruction stands in the immediate word
	Negated bool    // of a Branch or Probe: it is taken if the comparison does not hold
}

// special lists the instructions that have no row of their own in the opcode table, or that need a shape of their own.
var special = []Spec{
	{Name: "Exit", Shape: Shape{Ends: true}},
	{Name: "Trap", Shape: Shape{A: TrapNumber, Ends: true}},
	{Name: "Br", Shape: Shape{A: Target, Ends: true}},
	{Name: "Brz", Shape: Shape{D: Read, A: Target}},
	{Name: "Brnz", Shape: Shape{D: Read, A: Target}},
	{Name: "BrTable", Shape: Shape{D: Read, A: Count, Ends: true}},
	{Name: "Ret0", Shape: Shape{Ends: true}},
	{Name: "Ret1", Shape: Shape{A: Read, Ends: true}},
	{Name: "RetN", Shape: Shape{A: ReadN, B: Length, Ends: true}},
	{Name: "Call", Shape: Shape{D: Args, A: Callee}},
	{Name: "CallImport", Shape: Shape{D: Args, A: ImportIndex}},
	{Name: "CallIndirect", Shape: Shape{D: Args, A: Read, Imm: TypeTable}},
	{Name: "TailCall", Shape: Shape{D: Args, A: Callee, Ends: true}},
	{Name: "TailCallIndirect", Shape: Shape{D: Args, A: Read, Imm: TypeTable}}, // a return follows, for calls that leave the loop
	{Name: "Const", Shape: Shape{D: Write, Imm: Constant}},
	{Name: "Copy", Shape: Shape{D: Write, A: Read}},
	{Name: "CopyBr", Shape: Shape{D: ShortTarget, A: Read, B: Write, Ends: true}},
	{Name: "ConstBr", Shape: Shape{D: ShortTarget, B: Write, Imm: Constant, Ends: true}},
	{Name: "AddConstBr", Shape: Shape{D: ShortTarget, A: Read, B: Write, Imm: Constant, Ends: true}}, // of an i32
	{Name: "CopyTwo", Shape: Shape{D: Write2, A: Read, B: Read}},
	{Name: "CopyN", Shape: Shape{D: WriteN, A: ReadN, B: Length}},
	{Name: "Select", Shape: Shape{D: Write, A: Read, B: Read, Imm: SlotRead}},
	{Name: "GlobalGet", Shape: Shape{D: Write, A: GlobalIndex}},
	{Name: "GlobalSet", Shape: Shape{D: Read, A: GlobalIndex}},
	{Name: "GlobalGetAdd", Shape: Shape{D: Write, A: GlobalIndex, Imm: Constant}}, // an i32, to which a constant is added
	{Name: "GlobalSetAdd", Shape: Shape{D: Read, A: GlobalIndex, Imm: Constant}},  // likewise
	{Name: "MemorySize", Shape: Shape{D: Write}},
	{Name: "Select2", Shape: Shape{D: Write2, A: Read2, B: Read2, Imm: SlotRead}},
	{Name: "GlobalGet2", Shape: Shape{D: Write2, A: GlobalIndex}},
	{Name: "GlobalSet2", Shape: Shape{D: Read2, A: GlobalIndex}},

	{Name: "MemoryGrow", How: Slow, Shape: Shape{D: Write, A: Read}},
	{Name: "MemoryInit", How: Slow, Shape: Shape{D: Read, A: Read, B: Read, Imm: DataSeg}},
	{Name: "MemoryCopy", How: Slow, Shape: Shape{D: Read, A: Read, B: Read}},
	{Name: "MemoryFill", How: Slow, Shape: Shape{D: Read, A: Read, B: Read}},
	{Name: "DataDrop", How: Slow, Shape: Shape{Imm: DataSeg}},
	{Name: "TableGet", How: Slow, Shape: Shape{D: Write, A: Read, Imm: Table}},
	{Name: "TableSet", How: Slow, Shape: Shape{D: Read, A: Read, Imm: Table}},
	{Name: "TableSize", How: Slow, Shape: Shape{D: Write, Imm: Table}},
	{Name: "TableGrow", How: Slow, Shape: Shape{D: Write, A: Read, B: Read, Imm: Table}},
	{Name: "TableFill", How: Slow, Shape: Shape{D: Read, A: Read, B: Read, Imm: Table}},
	{Name: "TableInit", How: Slow, Shape: Shape{D: Read, A: Read, B: Read, Imm: SegTable}},
	{Name: "TableCopy", How: Slow, Shape: Shape{D: Read, A: Read, B: Read, Imm: TwoTables}},
	{Name: "ElemDrop", How: Slow, Shape: Shape{Imm: ElemSeg}},
	{Name: "RefFunc", How: Slow, Shape: Shape{D: Write, Imm: FuncIndex}},
	{Name: "Observe", How: Slow, Shape: Shape{Imm: SiteIndex}}, // in observed code only
}

// Specs returns all instructions, without numbers. Those that package runtime executes come last; what most code has none of
// stands before them, so that it does not move the handlers of the rest.
func Specs() []Spec {
	var specs, slow []Spec
	for _, s := range special {
		if s.How == Slow {
			slow = append(slow, s)
		} else {
			specs = append(specs, s)
		}
	}
	for op, info := range wasm.Ops() {
		if info.Since == wasm.SIMD {
			continue // see vectors
		}
		name := ConstName(op)
		switch {
		case info.Class.IsNumeric() && len(op.Operands().Params) == 1:
			specs = append(specs, Spec{Name: name, How: Numeric, Wasm: op, Shape: Shape{D: Write, A: Read}})
		case info.Class.IsNumeric():
			specs = append(specs,
				Spec{Name: name, How: Numeric, Wasm: op, Shape: Shape{D: Write, A: Read, B: Read}},
				Spec{Name: name + "Const", How: Numeric, Wasm: op, Const: true, Shape: Shape{D: Write, A: Read, Imm: Constant}})
		case info.Class == wasm.ClassLoad:
			specs = append(specs,
				Spec{Name: name, How: Load, Wasm: op, Shape: Shape{D: Write, A: Read, B: Disp}},
				Spec{Name: name + "Plus", How: Load, Wasm: op, Plus: true, Shape: Shape{D: Write, A: Read, Imm: AddDisp}})
		case info.Class == wasm.ClassStore:
			specs = append(specs,
				Spec{Name: name, How: Store, Wasm: op, Shape: Shape{D: Disp, A: Read, B: Read}},
				Spec{Name: name + "Plus", How: Store, Wasm: op, Plus: true, Shape: Shape{A: Read, B: Read, Imm: AddDisp}})
		}
	}
	return slices.Concat(specs, fused(), pairs(), puts(), moves(), probes(), vectors(), canons, slow)
}

// ConstName returns the name of an instruction's constants, which is that of its function in package numeric.
func ConstName(op wasm.Op) string { return op.GoName() }
