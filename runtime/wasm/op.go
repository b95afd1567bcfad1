package wasm

import (
	"encoding/binary"
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

// GoName returns the name of o in Go: i32.div_s is I32DivS. Package numeric calls its functions so.
func (o Op) GoName() string {
	var name []byte
	up := true
	for _, c := range []byte(o.Info().Name) {
		switch {
		case c == '.' || c == '_':
			up = true
			continue
		case up && c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		up = false
		name = append(name, c)
	}
	return string(name)
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

// OpenLanes returns the number of bits, 32 or 64, of the floats in the vector that o returns, if the specification leaves the NaNs
// among them open, else 0. It is told by the instruction on numbers that o applies to lanes.
func (o Op) OpenLanes() int { return int(openLanes[o]) }

var openLanes = func() (bits [NumOps]uint8) {
	open := map[string]bool{} // by the name of the function in package numeric
	for o := range Ops() {
		if o.OpenNaN() {
			open[o.GoName()] = true
		}
	}
	for o, info := range Ops() {
		if info.Class == ClassVector && open[info.Lanes.Func] {
			bits[o] = info.Lanes.Width
		}
	}
	return bits
}()

// Instr is one instruction with its immediates. Which fields count is told by the row's Imms.
type Instr struct {
	Op     Op
	Lane   uint8     // index of a lane; its place here costs no memory
	Offset int       // of the first byte of the opcode in the module
	Imm    [2]uint64 // see the kinds of [Imm]
	Labels []uint32  // of br_table: the targets, the default last
	Types  []ValType // of select with types
}

// NewInstr returns an instruction with immediates in the order of its row: one number for each element of Imm or lane
// index. It is not for instructions with labels or types.
func NewInstr(op Op, imms ...uint64) Instr {
	in, n := Instr{Op: op}, 0
	for _, kind := range op.Info().Imms {
		width := 1
		switch kind {
		case ImmLane:
			if len(imms) > 0 {
				in.Lane, imms = uint8(imms[0]), imms[1:]
			}
			continue
		case ImmMemarg, ImmV128, ImmLanes:
			width = 2
		}
		if len(imms) < width {
			break // the rest is zero
		}
		copy(in.Imm[n:], imms[:width])
		n, imms = n+width, imms[width:]
	}
	return in
}

// Indexes returns the lane indexes of a shuffle: below 16 for lanes of the first operand, from 16 on for the second's.
func (in *Instr) Indexes() (lanes [16]byte) {
	binary.LittleEndian.PutUint64(lanes[:8], in.Imm[0])
	binary.LittleEndian.PutUint64(lanes[8:], in.Imm[1])
	return lanes
}

// Block returns the block type of a block, loop or if.
func (in *Instr) Block() BlockType { return BlockType(int64(in.Imm[0])) }
