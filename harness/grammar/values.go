package grammar

import "unicode/utf8"

// byte reads one byte.
func (r *reader) byte() byte {
	if r.at >= r.end {
		r.require(false, "a byte is missing")
		return 0
	}
	r.at++
	return r.src[r.at-1]
}

// choice reads a byte that says what follows, and must be one of a few.
func (r *reader) choice(what string, of ...byte) byte {
	start := r.at
	b := r.byte()
	for _, o := range of {
		if b == o {
			r.place(Byte, start)
			return b
		}
	}
	r.require(false, "%s %#x", what, b)
	return 0
}

// skip reads n bytes of any value.
func (r *reader) skip(n uint64) {
	if r.require(n <= uint64(r.end-r.at), "%d bytes of %d are missing", n-uint64(r.end-r.at), n) {
		r.at += int(n)
	}
}

// number reads the bytes of a LEB128 number, of which there are no more than its bits need, and returns the last of them and how many bits
// of the number are in it (section 5.2.2).
func (r *reader) number(bits int) (last byte, used int) {
	for used = bits; ; used -= 7 {
		if last = r.byte(); last < 0x80 {
			return last, min(used, 7)
		}
		if !r.require(used > 7, "a number of %d bits goes on for too long", bits) {
			return 0, 7
		}
	}
}

// unsigned reads a u32: in its last byte, bits that it has no room for are zero.
func (r *reader) unsigned(kind Kind) (n uint32) {
	start := r.at
	last, used := r.number(32)
	if last>>used != 0 {
		r.require(false, "a number of more than 32 bits")
	}
	if r.wrong != nil {
		return 0
	}
	for i, b := range r.src[start:r.at] {
		n |= uint32(b&0x7f) << (7 * i)
	}
	r.place(kind, start)
	return n
}

// signed reads a signed number: in its last byte, bits that it has no room for are as its sign. It returns whether it is negative.
func (r *reader) signed(bits int, kind Kind) (negative bool) {
	start := r.at
	last, used := r.number(bits)
	sign := last >> (used - 1)
	r.require(sign == 0 || sign == 0x7f>>(used-1), "a number of more than %d bits", bits)
	r.place(kind, start)
	return sign != 0
}

// name is section 5.2.4.
func (r *reader) name() {
	end := r.open(Size)
	start := r.at
	r.require(utf8.Valid(r.src[r.at:r.end]), "a name is not UTF-8")
	r.at = r.end
	r.place(Name, start)
	r.close(end)
}

// index reads an index of whatever space (section 5.5.1).
func (r *reader) index() { r.unsigned(Number) }

// valueType is section 5.3.4.
func (r *reader) valueType() { r.choice("value type", 0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f) }

// refType is section 5.3.3.
func (r *reader) refType() { r.choice("reference type", 0x70, 0x6f) }

// funcType is section 5.3.6.
func (r *reader) funcType() {
	r.choice("form of a type", 0x60)
	r.vector((*reader).valueType)
	r.vector((*reader).valueType)
}

// limits is section 5.3.7; the type of a memory is that and no more.
func (r *reader) limits() {
	flag := r.choice("flag of limits", 0, 1)
	r.index()
	if flag == 1 {
		r.index()
	}
}

// tableType is section 5.3.9.
func (r *reader) tableType() {
	r.refType()
	r.limits()
}

// globalType is section 5.3.10.
func (r *reader) globalType() {
	r.valueType()
	r.choice("mutability", 0, 1)
}
