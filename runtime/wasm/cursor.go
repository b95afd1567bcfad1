package wasm

import (
	"unicode/utf8"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// cursor reads the primitive parts of the binary format (specification section 5.2). The first error sticks: whatever
// is read after it is zero, so that callers check err once for a group of reads.
type cursor struct {
	b    []byte
	pos  int
	base int // offset of b[0] in the module
	err  error

	bounds *ModuleLimits // with the defaults filled in; nil for no limits, where they have been checked
}

// left returns how many bytes are left to read.
func (c *cursor) left() int { return len(c.b) - c.pos }

// fail records that the byte at position pos is malformed, unless an earlier error sticks, and ends the reading.
func (c *cursor) fail(pos int, msg string) {
	if c.err == nil {
		c.err = &MalformedError{Offset: c.base + pos, Msg: msg}
	}
	c.pos = len(c.b)
}

// short records that the bytes end too early.
func (c *cursor) short() { c.fail(len(c.b), "unexpected end of section or function") }

// u8 reads one byte.
func (c *cursor) u8() byte {
	if c.pos >= len(c.b) {
		c.short()
		return 0
	}
	b := c.b[c.pos]
	c.pos++
	return b
}

// bytes reads n bytes and returns them without copying.
func (c *cursor) bytes(n int) []byte {
	if n > c.left() {
		c.short()
		return nil
	}
	b := c.b[c.pos : c.pos+n : c.pos+n]
	c.pos += n
	return b
}

// two returns the 14 bits of a LEB128 number if it takes two bytes; else it reads nothing. Numbers of one byte are mostly read
// by [cursor.quick], so that this is what is left of the frequent ones.
func (c *cursor) two() (x uint32, ok bool) {
	if c.left() < 2 || c.b[c.pos] < 0x80 || c.b[c.pos+1] >= 0x80 {
		return 0, false
	}
	x = uint32(c.b[c.pos]&0x7f) | uint32(c.b[c.pos+1])<<7
	c.pos += 2
	return x, true
}

// u32 reads an unsigned LEB128 number of 32 bits.
func (c *cursor) u32() uint32 {
	if x, ok := c.two(); ok {
		return x
	}
	return uint32(c.unsigned(32))
}

// unsigned reads an unsigned LEB128 number of at most the given bits, in at most as many bytes as these need.
func (c *cursor) unsigned(bits int) (x uint64) {
	for shift := 0; shift < bits; shift += 7 {
		b := c.u8()
		if room := bits - shift; room < 7 && b&0x7f>>room != 0 && planted.Selected != planted.LEBUnused {
			c.fail(c.pos-1, "integer too large")
		}
		if c.err != nil {
			return 0
		}
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
	c.fail(c.pos, "integer representation too long")
	return 0
}

// signed reads a signed LEB128 number of at most the given bits, at least 14, in at most as many bytes as these need.
func (c *cursor) signed(bits int) (x int64) {
	if x, ok := c.two(); ok {
		return int64(x) << (64 - 14) >> (64 - 14)
	}
	for shift := 0; shift < bits; shift += 7 {
		b := c.u8()
		if room := bits - shift; room < 7 {
			// The bits beyond the number's must all repeat its sign bit.
			if unused := byte(0x7f) << (room - 1) & 0x7f; b&unused != 0 && b&unused != unused && planted.Selected != planted.LEBSign {
				c.fail(c.pos-1, "integer too large")
			}
		}
		if c.err != nil {
			return 0
		}
		x |= int64(b&0x7f) << shift
		if b < 0x80 {
			if b&0x40 != 0 && shift+7 < 64 {
				x |= -1 << (shift + 7)
			}
			return x
		}
	}
	c.fail(c.pos, "integer representation too long")
	return 0
}

// fixed reads an unsigned number of n bytes, least significant first.
func (c *cursor) fixed(n int) (x uint64) {
	for i, b := range c.bytes(n) {
		x |= uint64(b) << (8 * i)
	}
	return x
}

// count reads the length of a vector. Each element takes at least one byte, so that a longer one than what is left is
// refused before anything is allocated for it.
func (c *cursor) count() int {
	pos := c.pos
	n := c.u32()
	if uint64(n) > uint64(c.left()) {
		c.fail(pos, "length out of bounds")
		return 0
	}
	return int(n)
}

// name reads a UTF-8 string.
func (c *cursor) name() string {
	n := c.count()
	pos := c.pos
	b := c.bytes(n)
	if !utf8.Valid(b) && planted.Selected != planted.NameUTF8 {
		c.fail(pos, "malformed UTF-8 encoding")
		return ""
	}
	return string(b)
}

// vector reads a vector whose elements take at least size bytes each.
func vector[T any](c *cursor, size int, element func(*T)) []T {
	return elements(c, c.count(), size, element)
}

// elements reads n elements that take at least size bytes each, which bounds what is allocated ahead of them.
func elements[T any](c *cursor, n, size int, element func(*T)) []T {
	if n == 0 {
		return nil
	}
	list := make([]T, 0, min(n, c.left()/size+1))
	for range n {
		var zero T
		list = append(list, zero)
		element(&list[len(list)-1])
		if c.err != nil {
			return nil
		}
	}
	return list
}

// valType reads a value type.
func (c *cursor) valType() ValType {
	t := ValType(c.u8())
	if !t.Valid() {
		c.fail(c.pos-1, "malformed value type")
		return 0
	}
	return t
}

// refType reads a reference type.
func (c *cursor) refType() ValType {
	t := ValType(c.u8())
	if !t.IsRef() {
		c.fail(c.pos-1, "malformed reference type")
	}
	return t
}

// blockType reads the type of a block. The negative numbers are value types and stand in one byte; the non-negative
// ones are type indices and may be longer than needed.
func (c *cursor) blockType() BlockType {
	pos := c.pos
	if pos < len(c.b) && c.b[pos]&0xc0 == 0x40 {
		if c.b[pos] == 0x40 {
			c.pos++
			return EmptyBlock
		}
		return ResultBlock(c.valType())
	}
	x := c.signed(33)
	if x < 0 {
		c.fail(pos, "malformed block type")
	}
	return BlockType(x)
}
