package encoding

import "github.com/touchstone-wasm/touchstone/harness/grammar"

// value returns the bits of a LEB128 number, of which 64 count; a signed one's are extended by zeros.
func value(leb []byte) (n uint64) {
	for i, b := range leb {
		n |= uint64(b&0x7f) << (7 * i)
	}
	return n
}

// number returns a LEB128 number in at least so many bytes; a signed one is negative if n is, as an int64.
func number(n uint64, bytes int, signed bool) (leb []byte) {
	for {
		b := byte(n & 0x7f)
		n >>= 7
		if signed {
			n = uint64(int64(n<<7) >> 7)
		}
		rest := n != 0
		if signed {
			rest = n != 0 && int64(n) != -1 || (b&0x40 != 0) != (int64(n) == -1)
		}
		if !rest && len(leb)+1 >= bytes {
			return append(leb, b)
		}
		leb = append(leb, b|0x80)
	}
}

// longest returns how many bytes a number of a kind may have.
func longest(k grammar.Kind) int { return (k.Bits() + 6) / 7 }

// padded returns the number at a place in so many bytes, if it has not more already.
func (e *edit) padded(p grammar.Place, bytes int) []byte {
	leb := e.src[p.Start:p.End]
	n := value(leb)
	if k := p.Kind; k.Signed() {
		if unused := 64 - 7*len(leb); unused > 0 {
			n = uint64(int64(n<<unused) >> unused)
		}
	}
	return number(n, bytes, p.Kind.Signed())
}

// pad writes a number in more bytes than it needs, as the format allows.
func pad(e *edit, p grammar.Place) {
	e.replace(p.Start, p.End, e.padded(p, 1+e.rand.IntN(longest(p.Kind))))
}

// overlong writes a number in more bytes than the format allows.
func overlong(e *edit, p grammar.Place) {
	e.replace(p.Start, p.End, e.padded(p, longest(p.Kind)+1+e.rand.IntN(2)))
}

// overfull sets or clears a bit in the last byte of a number that has as many bytes as it may: mostly one that the number has no room for,
// or, if it is signed, its sign.
func overfull(e *edit, p grammar.Place) {
	leb := e.padded(p, longest(p.Kind))
	room := p.Kind.Bits() - 7*(len(leb)-1)
	if p.Kind.Signed() {
		room--
	}
	leb[len(leb)-1] ^= 1 << (room + e.rand.IntN(7-room))
	e.replace(p.Start, p.End, leb)
}

// nudge makes a number a little larger or smaller; nothing follows.
func nudge(e *edit, p grammar.Place) {
	n := value(e.src[p.Start:p.End])
	by := []uint64{1, 2, 3, ^uint64(0)}[e.rand.IntN(4)]
	e.replace(p.Start, p.End, number((n+by)&(1<<min(p.Kind.Bits(), 63)-1), 1, false))
}
