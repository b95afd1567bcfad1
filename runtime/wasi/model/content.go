package model

// maxKept is how many bytes of a file are kept. What is written beyond is not compared.
const maxKept = 1 << 18

// content is that of a file: data, then zeros up to size; what is beyond maxKept is not known if hazy is set.
type content struct {
	data []byte
	size uint64
	hazy bool
}

// from returns the byte at an offset, and whether it is known. The offset is below the size.
func (c *content) from(off uint64) (b byte, known bool) {
	if off < uint64(len(c.data)) {
		return c.data[off], true
	}
	return 0, !c.hazy || off < maxKept
}

// matches reports whether b can be what stands at an offset, and it is not beyond the end.
func (c *content) matches(b []byte, off uint64) bool {
	if uint64(len(b)) > c.left(off) {
		return false
	}
	kept := 0
	if off < uint64(len(c.data)) {
		kept = min(len(b), len(c.data)-int(off))
		if string(b[:kept]) != string(c.data[off:][:kept]) {
			return false
		}
	}
	for i := kept; i < len(b); i++ {
		if want, known := c.from(off + uint64(i)); known && b[i] != want {
			return false
		}
	}
	return true
}

// left returns the bytes from an offset to the end.
func (c *content) left(off uint64) uint64 { return c.size - min(off, c.size) }

// write puts b at an offset; what was between the end and there becomes zeros.
func (c *content) write(b []byte, off uint64) {
	if len(b) == 0 {
		return
	}
	end := off + uint64(len(b))
	c.size = max(c.size, end)
	if end > maxKept {
		c.hazy = true
		if off >= maxKept {
			return
		}
		b, end = b[:maxKept-off], maxKept
	}
	if end > uint64(len(c.data)) {
		c.data = append(c.data, make([]byte, end-uint64(len(c.data)))...)
	}
	copy(c.data[off:], b)
}

// resize cuts the end off or appends zeros.
func (c *content) resize(size uint64) {
	if size < uint64(len(c.data)) {
		c.data = c.data[:size]
	}
	if size <= maxKept {
		c.hazy = false
	}
	c.size = size
}
