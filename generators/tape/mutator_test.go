package tape

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// mutator models the mutator of Go's fuzzing engine for a []byte, which no package can import: 18 kinds of mutations, each as
// likely as the others; a kind that cannot be applied to an input gives way to another one. Ranges are short: of 100, 90 have at
// most 8 bytes and 9 at most 32.
type mutator struct{ r *rand.Rand }

// mutations are the kinds by name. Each returns the mutant, or nil if it cannot be applied. It may write to data.
var mutations = []struct {
	name  string
	apply func(m *mutator, data []byte) []byte
}{
	{"remove a range", (*mutator).remove},
	{"insert random bytes", func(m *mutator, d []byte) []byte {
		return slices.Insert(d, m.r.IntN(len(d)+1), m.random(m.length(1024))...)
	}},
	{"insert one byte several times", func(m *mutator, d []byte) []byte { return slices.Insert(d, m.at(d), m.constant(m.length(4096))...) }},
	{"repeat a range elsewhere", func(m *mutator, d []byte) []byte {
		from, to := m.places(d)
		return slices.Insert(d, to, bytes.Clone(m.rangeAt(d, from))...)
	}},
	{"overwrite with a range", func(m *mutator, d []byte) []byte {
		from, to := m.places(d)
		copy(d[to:], bytes.Clone(m.rangeAt(d, from)))
		return d
	}},
	{"overwrite with one byte", func(m *mutator, d []byte) []byte {
		part := m.rangeAt(d, m.at(d))
		copy(part, m.constant(len(part)))
		return d
	}},
	{"shuffle a range", (*mutator).shuffle},
	{"swap ranges", (*mutator).swapRanges},
	{"swap bytes", func(m *mutator, d []byte) []byte {
		a, b := m.places(d)
		d[a], d[b] = d[b], d[a]
		return d
	}},
	{"flip a bit", func(m *mutator, d []byte) []byte { d[m.at(d)] ^= 1 << m.r.IntN(8); return d }},
	{"change a byte", func(m *mutator, d []byte) []byte { d[m.at(d)] ^= byte(1 + m.r.IntN(255)); return d }},
	{"add to 1 byte", func(m *mutator, d []byte) []byte { return m.add(d, 1) }},
	{"add to 2 bytes", func(m *mutator, d []byte) []byte { return m.add(d, 2) }},
	{"add to 4 bytes", func(m *mutator, d []byte) []byte { return m.add(d, 4) }},
	{"add to 8 bytes", func(m *mutator, d []byte) []byte { return m.add(d, 8) }},
	{"write a limit of 1 byte", func(m *mutator, d []byte) []byte { return m.limit(d, 1) }},
	{"write a limit of 2 bytes", func(m *mutator, d []byte) []byte { return m.limit(d, 2) }},
	{"write a limit of 4 bytes", func(m *mutator, d []byte) []byte { return m.limit(d, 4) }},
}

// mutate returns one mutant of data, which must have two bytes at least, and the number of its kind.
func (m *mutator) mutate(data []byte) ([]byte, int) {
	for {
		kind := m.r.IntN(len(mutations))
		if out := mutations[kind].apply(m, bytes.Clone(data)); out != nil {
			return out, kind
		}
	}
}

func (m *mutator) at(d []byte) int { return m.r.IntN(len(d)) }

// places returns two different places.
func (m *mutator) places(d []byte) (a, b int) {
	a = m.at(d)
	return a, (a + 1 + m.r.IntN(len(d)-1)) % len(d)
}

// length returns the length of a range of n bytes at most; 0 if n is.
func (m *mutator) length(n int) int {
	if n == 0 {
		return 0
	}
	limit := n
	switch x := m.r.IntN(100); {
	case x < 90:
		limit = 8
	case x < 99:
		limit = 32
	}
	return 1 + m.r.IntN(min(limit, n))
}

func (m *mutator) rangeAt(d []byte, at int) []byte { return d[at:][:m.length(len(d)-at)] }

func (m *mutator) random(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(m.r.Uint32())
	}
	return b
}

func (m *mutator) constant(n int) []byte { return bytes.Repeat(m.random(1), n) }

func (m *mutator) remove(d []byte) []byte {
	at := m.at(d)
	return slices.Delete(d, at, at+m.length(len(d)-at))
}

func (m *mutator) shuffle(d []byte) []byte {
	part := m.rangeAt(d, m.at(d))
	if len(part) < 3 {
		return nil
	}
	m.r.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
	return d
}

// swapRanges exchanges two ranges of one length that do not touch.
func (m *mutator) swapRanges(d []byte) []byte {
	a, b := m.places(d)
	a, b = min(a, b), max(a, b)
	n := m.length(len(d) - b - 1)
	if a+n >= b {
		return nil
	}
	first := bytes.Clone(d[a:][:n])
	copy(d[a:], d[b:][:n])
	copy(d[b:], first)
	return d
}

// word reads a number of some bytes in either byte order and writes what change makes of it.
func (m *mutator) word(d []byte, size int, change func(uint64) uint64) []byte {
	if len(d) < size {
		return nil
	}
	part, word := d[m.r.IntN(len(d)-size+1):][:size], make([]byte, 8)
	big := m.r.IntN(2) == 0
	copy(word, part)
	if big {
		slices.Reverse(word[:size])
	}
	binary.LittleEndian.PutUint64(word, change(binary.LittleEndian.Uint64(word)))
	if big {
		slices.Reverse(word[:size])
	}
	copy(part, word)
	return d
}

// add adds 1 to 35 to a number, or takes it from it.
func (m *mutator) add(d []byte, size int) []byte {
	by := uint64(1 + m.r.IntN(35))
	if m.r.IntN(2) == 0 {
		by = -by
	}
	return m.word(d, size, func(x uint64) uint64 { return x + by })
}

// limits are what is written in place of a number: the limits of its own size, and of the smaller ones.
var limits = map[int][]int64{
	1: {-128, -1, 0, 1, 16, 32, 64, 100, 127},
	2: {-32768, -129, 128, 255, 256, 512, 1000, 1024, 4096, 32767},
	4: {-1 << 31, -100663046, -32769, 32768, 65535, 65536, 100663045, 1<<31 - 1},
}

func (m *mutator) limit(d []byte, size int) []byte {
	var list []int64
	for s := 1; s <= size; s *= 2 {
		list = append(list, limits[s]...)
	}
	return m.word(d, size, func(uint64) uint64 { return uint64(list[m.r.IntN(len(list))]) })
}
