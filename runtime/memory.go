package runtime

import (
	"bytes"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/internal/pages"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Memory is a linear memory. Only the part of it that was used is backed by memory of the host: a guest that declares 4 GiB and
// uses one page takes one page.
type Memory struct {
	rt      *Runtime
	data    []byte // what is backed, from the beginning on; the bytes behind it, up to size, are zero
	size    uint64 // in bytes
	typ     wasm.MemoryType
	refused bool // the configuration forbade a growth that the type allows
}

// firstBacked is how many bytes are backed at least, once any is.
const firstBacked = 256

// NewMemory returns a memory of the host, to be imported by guests. The error is a *LimitError.
func (rt *Runtime) NewMemory(t wasm.MemoryType) (*Memory, error) {
	if limit := rt.cfg.MaxMemoryBytes / wasm.PageSize; t.Limits.Min > limit {
		return nil, &LimitError{What: "pages of a memory", Got: t.Limits.Min, Max: limit, Setting: "MaxMemoryBytes"}
	}
	return &Memory{rt: rt, typ: t, size: t.Limits.Min * wasm.PageSize}, nil
}

// Kind returns wasm.ExternMemory.
func (m *Memory) Kind() wasm.ExternKind { return wasm.ExternMemory }

// Type returns the memory's type; its minimum is the current size.
func (m *Memory) Type() wasm.MemoryType {
	t := m.typ
	t.Limits.Min = m.Pages()
	return t
}

// Size returns the size in bytes. It changes when the guest grows the memory.
func (m *Memory) Size() uint64 { return m.size }

// Pages returns the size in pages of wasm.PageSize bytes.
func (m *Memory) Pages() uint64 { return m.Size() / wasm.PageSize }

// Slice returns the bytes [ptr, ptr+n), or false if any of them is outside the memory. The slice is valid until the guest
// runs again or the memory grows. So that several slices can be valid at once, the first call backs all of the memory.
func (m *Memory) Slice(ptr, n uint64) ([]byte, bool) {
	if !m.holds(ptr, n) {
		return nil, false
	}
	if uint64(len(m.data)) != m.size {
		m.back(m.size)
	}
	return m.data[ptr : ptr+n : ptr+n], true
}

// Bytes is Slice of all of the memory, for hostcalls that cost no more than a few loads and stores.
func (m *Memory) Bytes() []byte {
	if uint64(len(m.data)) != m.size {
		m.back(m.size)
	}
	return m.data[:len(m.data):len(m.data)]
}

// holds reports whether the bytes [ptr, ptr+n) are all inside the memory.
func (m *Memory) holds(ptr, n uint64) bool { return ptr <= m.size && n <= m.size-ptr }

// span is Slice for one use at a time: it backs no more than it needs to.
func (m *Memory) span(ptr, n uint64) ([]byte, bool) {
	if !m.holds(ptr, n) {
		return nil, false
	}
	if n == 0 {
		return nil, true
	}
	m.back(ptr + n)
	return m.data[ptr : ptr+n : ptr+n], true
}

// back backs at least the first n bytes, which are inside the memory. It at least quadruples what is backed, so that using a memory
// from its beginning on copies each byte a constant number of times. If more than half of the memory is asked for, it is all: the first
// hostcall will ask for it.
func (m *Memory) back(n uint64) {
	have := uint64(len(m.data))
	if n <= have {
		return
	}
	if n > m.size/2 {
		n = m.size
	}
	if n > uint64(cap(m.data)) {
		// There is room for more than there is now, for the memory may grow. What is not touched costs nothing but addresses.
		data := make([]byte, have, max(n, min(max(4*have, firstBacked), m.limit()*wasm.PageSize)))
		copyTouched(data, m.data)
		m.data = data
	}
	m.data = m.data[:min(uint64(cap(m.data)), m.size)]
	m.rt.thread.memoryChanged(m)
}

// backMore backs more of the memory, or returns false if all of it is backed.
func (m *Memory) backMore() bool {
	have := uint64(len(m.data))
	if have == m.size {
		return false
	}
	m.back(have + 1)
	return true
}

// reset makes the memory what it was when it was made: of its least size, and zero.
func (m *Memory) reset() {
	if planted.Selected == planted.ResetTail {
		clear(m.data[:min(len(m.data), wasm.PageSize)])
	} else {
		clear(m.data)
	}
	m.size, m.refused = m.typ.Limits.Min*wasm.PageSize, false
	m.data = m.data[:min(uint64(len(m.data)), m.size)]
	m.rt.thread.memoryChanged(m)
}

// most returns the largest size in pages that the type allows.
func (m *Memory) most() uint64 {
	if m.typ.Limits.HasMax && planted.Selected != planted.GrowMaximum {
		return min(wasm.MaxPages, m.typ.Limits.Max)
	}
	return wasm.MaxPages
}

// limit returns the largest size in pages that the type and the configuration allow.
func (m *Memory) limit() uint64 { return min(m.most(), m.rt.cfg.MaxMemoryBytes/wasm.PageSize) }

// Grow grows the memory by pages and returns its old size in pages, or false if its maximum or the limits of the
// configuration forbid it.
func (m *Memory) Grow(pages uint64) (uint64, bool) {
	old, most, limit := m.Pages(), m.most(), m.limit()
	if pages > limit || old > limit-pages {
		m.refused = m.refused || pages <= most && old <= most-pages
		return 0, false
	}
	m.size += pages * wasm.PageSize
	m.rt.thread.memoryChanged(m)
	return old, true
}

// Refused reports whether MaxMemoryBytes has forbidden a growth that the memory's type allows: if the guest ends after
// that, this is likely why.
func (m *Memory) Refused() bool { return m.refused }

// copyTouched copies src to dst, which is zero, and leaves out blocks that are zero too. Large allocations come from the system
// untouched, so that a guest that only grows its memory takes no memory of the host. src is given up: the pages of a large one go back
// to the system on the way, so that no page is there twice.
func copyTouched(dst, src []byte) {
	const part = 1 << 20
	for len(src) > part {
		copyBlocks(dst, src[:part])
		pages.Discard(src[:part])
		dst, src = dst[part:], src[part:]
	}
	copyBlocks(dst, src)
}

// copyBlocks copies the blocks of src that are not zero.
func copyBlocks(dst, src []byte) {
	const block = 4096
	for len(src) >= block {
		if planted.Selected == planted.BackedBlock && isZero(src[:block-1]) {
			src[block-1] = 0
		}
		if !isZero(src[:block]) {
			copy(dst, src[:block])
		}
		dst, src = dst[block:], src[block:]
	}
	copy(dst, src)
}

// Equal reports whether two memories have the same size and the same bytes. It backs nothing.
func (m *Memory) Equal(other *Memory) bool {
	a, b := m.data, other.data
	if len(a) > len(b) {
		a, b = b, a
	}
	return m.size == other.size && bytes.Equal(a, b[:len(a)]) && isZero(b[len(a):])
}

func isZero(b []byte) bool {
	var zero [4096]byte
	for len(b) > len(zero) {
		if !bytes.Equal(b[:len(zero)], zero[:]) {
			return false
		}
		b = b[len(zero):]
	}
	return bytes.Equal(b, zero[:len(b)])
}

// ReadAt reads from the memory, as io.ReaderAt.
func (m *Memory) ReadAt(p []byte, off int64) (int, error) {
	return m.transfer(p, off, func(mem []byte) { copy(p, mem) })
}

// WriteAt writes to the memory, as io.WriterAt.
func (m *Memory) WriteAt(p []byte, off int64) (int, error) {
	return m.transfer(p, off, func(mem []byte) { copy(mem, p) })
}

func (m *Memory) transfer(p []byte, off int64, move func(mem []byte)) (int, error) {
	mem, ok := m.Slice(uint64(off), uint64(len(p)))
	if !ok {
		return 0, fmt.Errorf("%d bytes at %#x of a memory of %d: %w", len(p), off, m.Size(), MemoryOutOfBounds)
	}
	move(mem)
	return len(p), nil
}
