package wasm

import (
	"fmt"
	"iter"
)

// Info returns the row of the opcode table that describes o.
func (o Op) Info() *OpInfo { return &ops[o] }

// String returns the name of o in the text format.
func (o Op) String() string {
	if int(o) < NumOps {
		return ops[o].Name
	}
	return fmt.Sprintf("op(%d)", uint16(o))
}

// Ops returns all instructions with their rows, in the order of their encodings.
func Ops() iter.Seq2[Op, *OpInfo] {
	return func(yield func(Op, *OpInfo) bool) {
		for o := range Op(NumOps) {
			if !yield(o, &ops[o]) {
				return
			}
		}
	}
}

// opsByCode finds instructions by encoding: page 0 holds the one-byte opcodes, the others those behind a prefix byte.
var opsByCode = func() map[byte]*[256]Op {
	pages := map[byte]*[256]Op{}
	for o, info := range Ops() {
		prefix, low := byte(info.Code>>8), byte(info.Code)
		if pages[prefix] == nil {
			pages[prefix] = new([256]Op)
			for i := range pages[prefix] {
				pages[prefix][i] = NumOps
			}
		}
		if pages[prefix][low] != NumOps {
			panic("wasm: two rows of the opcode table have the same code")
		}
		pages[prefix][low] = o
	}
	return pages
}()

// Operands returns the types of the operands and results of an instruction that its row's Sig types.
// It must not be called for instructions of ClassCustom.
func (o Op) Operands() FuncType { return opSigs[o] }

var opSigs = func() (sigs [NumOps]FuncType) {
	for o, info := range Ops() {
		into := &sigs[o].Params
		for i := range len(info.Sig) {
			if info.Sig[i] == ':' {
				into = &sigs[o].Results
				continue
			}
			*into = append(*into, SigTypes[info.Sig[i]])
		}
	}
	return sigs
}()

// OpenNaN reports whether the specification leaves the sign and the payload of a NaN that o returns open (section 4.3.3):
// o computes a float from floats, and is not defined on their bits.
func (o Op) OpenNaN() bool {
	info, sig := o.Info(), o.Operands()
	return info.Class.IsNumeric() && !info.Bits && sig.Params[0].IsFloat() && sig.Results[0].IsFloat()
}

// Instr is one instruction with its immediates. Which fields count is told by the row's Imms.
type Instr struct {
	Op     Op
	Offset int       // of the first byte of the opcode in the module
	Imm    [2]uint64 // see the kinds of [Imm]
	Labels []uint32  // of br_table: the targets, the default last
	Types  []ValType // of select with types
}

// Block returns the block type of a block, loop or if.
func (in *Instr) Block() BlockType { return BlockType(int64(in.Imm[0])) }
