package grammar

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// opcodes has the kinds of the immediates of each instruction: by its one byte, or by the byte before and the number of the instruction.
// This is what is shared with the decoder.
var opcodes = func() (pages [256]*[256]*[]wasm.Imm) {
	for _, info := range wasm.Ops() {
		prefix := byte(info.Code >> 8)
		if pages[prefix] == nil {
			pages[prefix] = new([256]*[]wasm.Imm)
		}
		pages[prefix][byte(info.Code)] = &info.Imms
	}
	return pages
}()

// oneByte are those without a prefix.
var oneByte = opcodes[0]

// The opcodes that blocks are made of.
const (
	opBlock = 0x02
	opLoop  = 0x03
	opIf    = 0x04
	opElse  = 0x05
	opEnd   = 0x0b
)

// expression is section 5.4.9, with the instructions in it.
func (r *reader) expression() {
	open := append(r.blocks[:0], 0) // what began the blocks that are open; nothing began the expression
	for len(open) > 0 && r.wrong == nil {
		start := r.at
		code := r.byte()
		imms := oneByte[code]
		if page := opcodes[code]; imms == nil && page != nil {
			imms = r.prefixed(page)
		}
		if !r.require(imms != nil, "there is no instruction %#x", code) {
			return
		}
		r.place(Opcode, start)
		for _, kind := range *imms {
			r.immediate(kind)
		}
		top := &open[len(open)-1]
		switch code {
		case opBlock, opLoop, opIf:
			open = append(open, code)
		case opElse:
			r.require(*top == opIf, "an else without an if")
			*top = opElse
		case opEnd:
			open = open[:len(open)-1]
		}
		r.place(Instruction, start)
	}
	r.blocks = open
}

// prefixed reads the number of an instruction behind its first byte, a u32, and returns its immediates, or nil if there is none.
func (r *reader) prefixed(page *[256]*[]wasm.Imm) *[]wasm.Imm {
	if n := r.unsigned(Number); n < uint32(len(page)) {
		return page[n]
	}
	return nil
}

// immediate reads an immediate of one kind (sections 5.4.1 to 5.4.8).
func (r *reader) immediate(kind wasm.Imm) {
	switch kind {
	case wasm.ImmLabel, wasm.ImmFunc, wasm.ImmType, wasm.ImmTable, wasm.ImmLocal, wasm.ImmGlobal, wasm.ImmElem:
		r.index()
	case wasm.ImmData:
		r.index()
		r.namesData = true
	case wasm.ImmLabels:
		r.vector((*reader).index)
		r.index()
	case wasm.ImmBlock:
		r.blockType()
	case wasm.ImmMemory:
		r.choice("memory", 0)
	case wasm.ImmMemarg:
		align := r.unsigned(Number)
		r.require(align < 32, "an alignment of 2^%d", align) // as the official tests have it
		r.index()
	case wasm.ImmI32:
		r.signed(32, Signed32)
	case wasm.ImmI64:
		r.signed(64, Signed64)
	case wasm.ImmF32:
		r.skip(4)
	case wasm.ImmF64:
		r.skip(8)
	case wasm.ImmV128, wasm.ImmLanes:
		r.skip(16)
	case wasm.ImmLane:
		r.byte()
	case wasm.ImmRefType:
		r.refType()
	case wasm.ImmTypes:
		r.vector((*reader).valueType)
	default:
		r.require(false, "an immediate of kind %d, which this grammar lacks", kind)
	}
}

// blockType is section 5.4.1: nothing, a value type, or an index as a number of 33 bits that is not negative.
func (r *reader) blockType() {
	if r.at < r.end && r.src[r.at]&0xc0 == 0x40 { // a negative number of one byte
		if r.src[r.at] == 0x40 {
			r.choice("block type", 0x40)
		} else {
			r.valueType()
		}
		return
	}
	negative := r.signed(33, Signed33)
	r.require(!negative, "a block type is negative")
}
