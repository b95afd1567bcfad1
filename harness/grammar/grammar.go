// Package grammar says whether bytes are a module in the binary format, as chapter 5 of the specification of WebAssembly 2.0 reads, with
// tail calls.
//
// It is what the runtime's decoder is compared with. It shares with it the numbers of the opcodes and the kinds of their immediates, which
// it takes from the table of instructions, and nothing else; it builds no module, and knows no limits but those of the format.
package grammar

import "fmt"

// sections are the sections but custom ones, in the order in which they stand (section 5.5.2), with what is inside.
var sections = []struct {
	id      byte
	content func(*reader)
}{
	{1, vectorOf((*reader).funcType)},
	{2, vectorOf((*reader).imported)},
	{3, func(r *reader) { r.functions = r.vector((*reader).index) }},
	{4, vectorOf((*reader).tableType)},
	{5, vectorOf((*reader).limits)},
	{6, vectorOf((*reader).global)},
	{7, vectorOf((*reader).export)},
	{8, (*reader).index},
	{9, vectorOf((*reader).element)},
	{12, func(r *reader) { r.dataCount, r.hasDataCount = r.unsigned(Number), true }},
	{10, (*reader).code},
	{11, func(r *reader) { r.datas = r.vector((*reader).data) }},
}

// Check says what is wrong with the first thing that is not as the grammar has it, or returns nil for a module that is well-formed.
func Check(src []byte) error {
	r := reader{src: src, end: len(src)}
	r.module()
	return r.wrong
}

// module is section 5.5.16.
func (r *reader) module() {
	for _, b := range []byte("\x00asm\x01\x00\x00\x00") {
		r.require(r.byte() == b, "the header is not that of a module")
	}
	for next := 0; r.wrong == nil && r.at < r.end; {
		next = r.section(next)
	}
	r.require(r.functions == r.bodies, "%d functions and %d bodies", r.functions, r.bodies)
	r.require(!r.hasDataCount || r.dataCount == r.datas, "%d data segments, not %d", r.datas, r.dataCount)
}

// section reads a section, custom or from number next of the sections on, and returns from which number on the following one may be.
func (r *reader) section(next int) int {
	start := r.at
	id := r.byte()
	end := r.open(Size)
	if id == 0 {
		r.name()
		r.at = r.end
	} else {
		for next < len(sections) && sections[next].id != id {
			next++
		}
		if !r.require(next < len(sections), "section %d is unknown, or out of order", id) {
			return next
		}
		sections[next].content(r)
		next++
	}
	r.close(end)
	r.place(Section, start)
	return next
}

// code is the code section (section 5.5.13).
func (r *reader) code() {
	r.namesData = false // in constant expressions that does not count
	r.bodies = r.vector(func(r *reader) {
		end := r.open(Size)
		total := uint64(0)
		r.vector(func(r *reader) {
			total += uint64(r.unsigned(Number))
			r.require(total < 1<<32, "%d locals", total)
			r.valueType()
		})
		r.expression()
		r.close(end)
	})
	r.require(r.hasDataCount || !r.namesData, "code names a data segment, and there is no data count")
}

// reader stands in the bytes of a module. When something is wrong, it stands at the end, and all that is read is zero.
type reader struct {
	src   []byte
	at    int
	end   int // of the module, the section or the body that is read
	wrong error
	note  func(Place) // called with what was read, if it is not nil

	blocks []byte // memory for the blocks of expressions

	functions, bodies, datas uint32 // how many there are
	dataCount                uint32 // what the section of that name says
	hasDataCount             bool
	namesData                bool // an instruction has the index of a data segment
}

// require notes that something is wrong unless it holds, and returns whether nothing is.
func (r *reader) require(holds bool, format string, args ...any) bool {
	if !holds && r.wrong == nil {
		r.wrong = fmt.Errorf("byte %d: "+format, append([]any{r.at}, args...)...)
		r.at = r.end
	}
	return r.wrong == nil
}

// open reads a size, and lets what it is the size of end where it says; it returns what ended before.
func (r *reader) open(kind Kind) int {
	end := r.end
	size := uint64(r.unsigned(kind))
	if r.require(size <= uint64(end-r.at), "a size of %d with %d bytes left", size, end-r.at) {
		r.end = r.at + int(size)
	}
	return end
}

// close ends what open began, all of which must have been read.
func (r *reader) close(end int) {
	r.require(r.at == r.end, "%d bytes are left over", r.end-r.at)
	if r.end = end; r.wrong != nil {
		r.at = end
	}
}

// vectorOf makes of the grammar of an element that of a vector (section 5.1.3).
func vectorOf(element func(*reader)) func(*reader) {
	return func(r *reader) { r.vector(element) }
}

// vector reads a vector and returns how many elements it has.
func (r *reader) vector(element func(*reader)) uint32 {
	n := r.unsigned(Count)
	for range n {
		if element(r); r.wrong != nil {
			return 0
		}
	}
	return n
}
