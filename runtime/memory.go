package runtime

import (
	"bytes"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Memory is a linear memory.
type Memory struct {
	rt      *Runtime
	data    []byte
	typ     wasm.MemoryType
	refused bool // the configuration forbade a growth that the type allows
}

// NewMemory returns a memory of the host, to be imported by guests. The error is a *LimitError.
func (rt *Runtime) NewMemory(t wasm.MemoryType) (*Memory, error) {
	if limit := rt.cfg.MaxMemoryBytes / wasm.PageSize; t.Limits.Min > limit {
		return nil, &LimitError{What: "pages of a memory", Got: t.Limits.Min, Max: limit, Setting: "MaxMemoryBytes"}
	}
	return &Memory{rt: rt, typ: t, data: make([]byte, t.Limits.Min*wasm.PageSize)}, nil
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
func (m *Memory) Size() uint64 { return uint64(len(m.data)) }

// Pages returns the size in pages of wasm.PageSize bytes.
func (m *Memory) Pages() uint64 { return m.Size() / wasm.PageSize }

// Slice returns the bytes [ptr, ptr+n), or false if any of them is outside the memory. The slice is valid until the guest
// runs again or the memory grows.
func (m *Memory) Slice(ptr, n uint64) ([]byte, bool) {
	size := m.Size()
	if ptr > size || n > size-ptr {
		return nil, false
	}
	return m.data[ptr : ptr+n : ptr+n], true
}

// Grow grows the memory by pages and returns its old size in pages, or false if its maximum or the limits of the
// configuration forbid it.
func (m *Memory) Grow(pages uint64) (uint64, bool) {
	old, most := m.Pages(), uint64(wasm.MaxPages)
	if m.typ.Limits.HasMax {
		most = min(most, m.typ.Limits.Max)
	}
	limit := min(most, m.rt.cfg.MaxMemoryBytes/wasm.PageSize)
	if pages > limit || old > limit-pages {
		m.refused = m.refused || pages <= most && old <= most-pages
		return 0, false
	}
	size := (old + pages) * wasm.PageSize
	if size > uint64(cap(m.data)) {
		// Some times the size, so that growing page by page copies each byte a constant number of times. Room that is not
		// used costs nothing but addresses.
		data := make([]byte, size, min(max(size, 4*m.Size()), limit*wasm.PageSize))
		copyTouched(data, m.data)
		m.data = data
	}
	m.data = m.data[:size]
	return old, true
}

// Refused reports whether MaxMemoryBytes has forbidden a growth that the memory's type allows: if the guest ends after
// that, this is likely why.
func (m *Memory) Refused() bool { return m.refused }

// copyTouched copies src to dst, which is zero, block by block, but leaves out blocks that are zero too. Large allocations
// come from the system untouched, so that a guest that only grows its memory takes no memory of the host.
func copyTouched(dst, src []byte) {
	var zero [4096]byte
	for len(src) >= len(zero) {
		if !bytes.Equal(src[:len(zero)], zero[:]) {
			copy(dst, src[:len(zero)])
		}
		dst, src = dst[len(zero):], src[len(zero):]
	}
	copy(dst, src)
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
