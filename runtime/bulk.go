package runtime

import "github.com/touchstone-wasm/touchstone/runtime/planted"

// bulkBytes is how much of a memory is copied or filled at once: little enough that neither the end of the context nor the
// garbage collector waits for long.
const bulkBytes = 1 << 20

// memoryCopy executes memory.copy at the current position. Runs that overlap are copied from the end that is not overwritten.
func (t *thread) memoryCopy(to, from, n uint64) error {
	m := t.current.memories[0]
	if n == 0 {
		return t.check(MemoryOutOfBounds, m.holds(to, 0) && m.holds(from, 0))
	}
	// The upper one is first, so that backing it backs the other.
	upper, ok1 := m.span(max(to, from), n)
	lower, ok2 := m.span(min(to, from), n)
	if !ok1 || !ok2 {
		return t.trap(MemoryOutOfBounds)
	}
	if to <= from {
		return t.inParts(n, func(at, end uint64) { copy(lower[at:end], upper[at:end]) })
	}
	if planted.Selected == planted.CopyParts {
		return t.inParts(n, func(at, end uint64) { copy(upper[at:end], lower[at:end]) })
	}
	return t.inParts(n, func(at, end uint64) { copy(upper[n-end:n-at], lower[n-end:n-at]) })
}

// memoryFill executes memory.fill at the current position.
func (t *thread) memoryFill(to uint64, b byte, n uint64) error {
	dst, ok := t.current.memories[0].span(to, n)
	if !ok && (planted.Selected != planted.FillNothing || n > 0) {
		return t.trap(MemoryOutOfBounds)
	}
	return t.inParts(n, func(at, end uint64) { fill(dst[at:end], b) })
}

// inParts calls f for consecutive parts of [0, n), looks at the context between them, and goes on behind the instruction.
func (t *thread) inParts(n uint64, f func(at, end uint64)) error {
	for at := uint64(0); at < n; at += bulkBytes {
		if at > 0 {
			if err := t.interrupted(); err != nil {
				return err
			}
		}
		f(at, min(at+bulkBytes, n))
	}
	t.state.Next()
	return nil
}

// fill sets all bytes of dst, by copies that double in length.
func fill(dst []byte, b byte) {
	if b == 0 {
		clear(dst)
		return
	}
	if len(dst) == 0 {
		return
	}
	dst[0] = b
	for n := 1; n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}
