package isa

import "sort"

// Op is an instruction of the register code. Its numbers are generated: they change when the list of instructions does.
type Op uint16

// table holds the specs by number, and is what the generated constants were made from.
var table = Specs()

// Spec returns the description of o, or nil if there is no such instruction.
func (o Op) Spec() *Spec {
	if int(o) < len(table) {
		return &table[o]
	}
	return nil
}

// String returns the name of o.
func (o Op) String() string {
	if s := o.Spec(); s != nil {
		return s.Name
	}
	return "invalid"
}

// Word packs an op word.
func Word(op Op, d, a, b uint16) uint64 {
	return uint64(op) | uint64(d)<<16 | uint64(a)<<32 | uint64(b)<<48
}

// Wide packs an op word whose a and b together hold a 32-bit number.
func Wide(op Op, d uint16, ab uint32) uint64 {
	return uint64(op) | uint64(d)<<16 | uint64(ab)<<32
}

// Inst is the view of an op word.
type Inst uint64

// Op returns the instruction.
func (w Inst) Op() Op { return Op(w) }

// D returns field d.
func (w Inst) D() uint16 { return uint16(w >> 16) }

// A returns field a.
func (w Inst) A() uint16 { return uint16(w >> 32) }

// B returns field b.
func (w Inst) B() uint16 { return uint16(w >> 48) }

// AB returns fields a and b as one 32-bit number.
func (w Inst) AB() uint32 { return uint32(w >> 32) }

// Header is the word before a function's first instruction: the size of its frame in slots, how many slots behind the
// parameters to clear at a call, and how many parameters there are.
type Header uint64

// NewHeader packs a header.
func NewHeader(frame uint32, zero, params uint16) Header {
	return Header(uint64(frame) | uint64(zero)<<32 | uint64(params)<<48)
}

// Frame returns the size of the frame in slots.
func (h Header) Frame() uint32 { return uint32(h) }

// Zero returns the number of slots to clear.
func (h Header) Zero() uint16 { return uint16(h >> 32) }

// Params returns the number of parameters.
func (h Header) Params() uint16 { return uint16(h >> 48) }

// Pos says which WebAssembly instruction the words from Word on, up to the next Pos, come from.
type Pos struct {
	Word   uint32 // index into Code.Words
	Offset uint32 // of the instruction in the module's bytes
}

// Func is the place of one function in the code.
type Func struct {
	Entry uint32 // index of the header word
	End   uint32 // index of the word behind the last instruction
	Type  uint32 // index into the module's types
}

// Code is a whole module in register code. It is position independent and immutable.
type Code struct {
	Words []uint64
	Funcs []Func // by index among the functions that the module defines
	Pos   []Pos  // ascending by Word
	Sites Sites  // of observed code
}

// Index returns the index in Funcs of the function that a word belongs to.
func (c *Code) Index(word int) int {
	return sort.Search(len(c.Funcs), func(i int) bool { return int(c.Funcs[i].End) > word })
}
