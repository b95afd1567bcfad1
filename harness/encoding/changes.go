package encoding

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/harness/grammar"
)

// numbers are the kinds of numbers.
var numbers = []grammar.Kind{grammar.Number, grammar.Count, grammar.Size, grammar.Signed32, grammar.Signed33, grammar.Signed64}

// changes make other forms, each at one place of one of some kinds. One that keeps the module says so.
var changes = []struct {
	kinds  []grammar.Kind
	same   bool
	change func(*edit, grammar.Place)
}{
	{numbers, true, pad},
	{numbers, true, pad},
	{numbers, false, overlong},
	{numbers, false, overfull},
	{numbers, false, overfull},
	{[]grammar.Kind{grammar.Number, grammar.Count, grammar.Size}, false, nudge},
	{[]grammar.Kind{grammar.Byte, grammar.Opcode}, false, otherByte},
	{[]grammar.Kind{grammar.Name}, false, brokenName},
	{[]grammar.Kind{grammar.Size}, false, rest},
	{[]grammar.Kind{grammar.Section}, false, section},
	{[]grammar.Kind{grammar.Section}, false, section},
	{[]grammar.Kind{grammar.Instruction}, false, instruction},
	{[]grammar.Kind{grammar.Instruction}, false, dataUse},
	{[]grammar.Kind{grammar.Section, grammar.Instruction, grammar.Count}, false, cut},
}

// otherByte changes a byte that has a meaning: to one close by, or to any.
func otherByte(e *edit, p grammar.Place) {
	at := &e.out[p.Start]
	switch e.rand.IntN(4) {
	case 0:
		*at++
	case 1:
		*at--
	case 2:
		*at = byte(e.rand.Uint32())
	default:
		e.out[p.End-1] ^= 1 << e.rand.IntN(8)
	}
}

// texts are what names are broken with, and some that are as they should be: the shortest, longest and last characters of each length,
// with neighbours that are not characters (Unicode, table 3-7).
var texts = []string{"\x00", "\x7f", "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2\x80", "\xdf\xbf", "\xc2", "\xe0\x9f\xbf", "\xe0\xa0\x80", "\xe2\x82",
	"\xed\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80\x80", "\xf0\x9f\x98",
	"\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}

// brokenName puts a text into a name, in front, behind or in the place of a byte.
func brokenName(e *edit, p grammar.Place) {
	text := pick(e, texts)
	at := p.Start + e.rand.IntN(p.End-p.Start+1)
	e.inside(p.Start, at, min(at+e.rand.IntN(2), p.End), text)
}

// inside is replace for contents that may be empty, behind the size that ends at a position.
func (e *edit) inside(sizeEnd, start, end int, with string) {
	e.splice(start, end, []byte(with))
	sizes := e.places[grammar.Size]
	i := slices.IndexFunc(sizes, func(p grammar.Place) bool { return p.End == sizeEnd })
	by := len(with) - (end - start)
	size := number(value(e.src[sizes[i].Start:sizeEnd])+uint64(by), 1, false)
	e.splice(sizes[i].Start, sizeEnd, size)
	e.resize(sizes[i].Start, by+len(size)-(sizeEnd-sizes[i].Start))
}

// rest adds bytes at the end of something that has a size, or at its beginning.
func rest(e *edit, p grammar.Place) {
	at := p.End
	if e.rand.IntN(3) > 0 {
		at += int(value(e.src[p.Start:p.End]))
	}
	e.inside(p.End, at, at, pick(e, []string{"\x00", "\x0b", "\x01", "\x80", "\x00\x00"}))
}

// section repeats a section, behind itself or at the end, leaves it out, changes its place or has another one before it. What comes again or
// elsewhere may have a custom section before it, which changes nothing.
func section(e *edit, p grammar.Place) {
	whole := append([]byte(nil), e.src[p.Start:p.End]...)
	if e.rand.IntN(3) == 0 {
		whole = append([]byte{0, 1, 0}, whole...)
	}
	switch e.rand.IntN(6) {
	case 0:
		e.splice(p.End, p.End, whole)
	case 1:
		e.out = append(e.out, whole...)
	case 2:
		e.splice(p.Start, p.End, nil)
	case 3:
		e.out = append(e.out, whole...)
		e.splice(p.Start, p.End, nil)
	case 4:
		e.out[p.Start] = byte(e.rand.IntN(14))
	default:
		id := byte(e.rand.IntN(14))
		e.splice(p.Start, p.Start, pick(e, [][]byte{{0, 1, 0}, {0, 0}, {0, 2, 2, 'x'}, {0, 3, 1, 'x', 0xff}, {id, 1, 0}, {id, 0}, {id}}))
	}
}

// snippets are instructions that have to be in a certain place, or need something else to be there.
var snippets = []string{"\x05", "\x0b", "\x02\x40\x0b", "\x04\x40\x0b", "\x04\x40\x05\x0b", "\x04\x40\x05\x05\x0b", "\x03\x40", "\x02\x40\x05\x0b",
	"\x03\x40\x05\x0b", "\x06", "\xfc\x08\x00\x00", "\xfc\x09\x00", "\xfc\x88\x00\x00\x00", "\xfc\x09\x7f", "\xfc\x08\x00\x01", "\xfc\x12", "\xfc\x8a\x80\x80\x80\x10\x00\x00",
	"\xfd\xff\x01", "\xfd\x80\x02", "\xfd\x9a\x01", "\x3f\x01", "\x3f\x80\x00", "\x40\x00", "\xfc\x0a\x00\x01", "\xfc\x0a\x01\x00", "\xfc\x0b\x01", "\x28\x1f\x00", "\x28\x20\x00",
	"\x28\xa0\x00\x00", "\xd0\x70", "\xd0\x6f", "\xd0\x6e", "\xd0\x7f", "\x1c\x00", "\x1c\x01\x7f", "\x1c\x02\x7f\x70", "\x1c\x01\x40", "\x02\x7b\x0b", "\x02\x6e\x0b",
	"\x02\xc0\x7f\x0b", "\x02\xff\x7f\x0b", "\x02\x80\x00\x0b", "\x02\x7e\x0b", "\x11\x80\x00\x00", "\x11\x00\x80\x00", "\x0e\x00\x00", "\x0e\x01\x00", "\x13\x00\x00", "\x14\x00", "\x27\x00"}

// instruction repeats an instruction, leaves it out, or has another one before it.
func instruction(e *edit, p grammar.Place) {
	switch e.rand.IntN(4) {
	case 0:
		e.replace(p.Start, p.Start, append([]byte(nil), e.src[p.Start:p.End]...))
	case 1:
		e.replace(p.Start, p.End, nil)
	default:
		e.replace(p.Start, p.Start, []byte(pick(e, snippets)))
	}
}

// dataUse has an instruction that needs a data count before another one, mostly without that section.
func dataUse(e *edit, p grammar.Place) {
	e.replace(p.Start, p.Start, []byte(pick(e, []string{"\xfc\x09\x00", "\xfc\x08\x00\x00"})))
	for _, s := range e.places[grammar.Section] { // that of the data count is before code
		if e.src[s.Start] == 12 && s.End <= p.Start && e.rand.IntN(4) > 0 {
			e.splice(s.Start, s.End, nil)
		}
	}
}

// cut ends the module where something begins or ends.
func cut(e *edit, p grammar.Place) {
	if e.rand.IntN(2) == 0 {
		e.out = e.out[:p.Start]
	} else {
		e.out = e.out[:p.End]
	}
}

func pick[T any](e *edit, list []T) T { return list[e.rand.IntN(len(list))] }
