package oracle

import (
	"bytes"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// shadow is what a guest's memory should hold. Calls use its beginning and its end; the middle is compared only when a call may
// write there, and after the last one, because comparing it after every call takes longer than most calls do.
type shadow struct {
	memory []byte
	want   [hostcall.MemorySize]byte
	low    int // want[:low] and want[high:] are compared after each call; between, all is zero
	high   int
	// protected are ranges that no call may write, wherever else it may.
	protected []policy.Range
}

// page is by how much what is compared grows: what a call writes beyond its place is often near it.
const page = 4096

// begin makes zeros of the memory, which holds them already or what should be, and makes that what should be.
func (s *shadow) begin(memory []byte, protected []policy.Range) {
	s.protected = protected
	for _, all := range [][]byte{s.want[:], memory} {
		clear(all[:s.low])
		clear(all[s.high:])
	}
	s.memory, s.low, s.high = memory, 0, len(s.want)
}

// put writes to the memory.
func (s *shadow) put(addr uint32, data []byte) {
	copy(s.memory[addr:], data)
	copy(s.want[addr:], data)
}

// reach widens what is compared by the places that a call uses. It reports false if the memory there is not what it should be, so
// that an earlier call wrote to it.
func (s *shadow) reach(c *hostcall.Call) bool {
	low, high := s.low, s.high
	widen := func(addr, n uint64) {
		switch {
		case addr >= hostcall.MemorySize:
		case addr < hostcall.MemorySize/2:
			low = max(low, int(min(addr+n+page, hostcall.MemorySize)))
		default:
			high = min(high, int(addr)-page)
		}
	}
	for _, w := range c.Writes {
		widen(uint64(w.Addr), uint64(len(w.Data)))
	}
	for _, r := range c.Out {
		widen(r.Addr, r.Len)
	}
	if low >= high {
		low, high = s.high, s.high // all is compared
	}
	ok := bytes.Equal(s.want[s.low:low], s.memory[s.low:low]) && bytes.Equal(s.want[high:s.high], s.memory[high:s.high])
	s.low, s.high = low, high
	return ok
}

// same compares what the calls so far may have used; what is there now is what should be from then on where the call may write.
func (s *shadow) same(out []hostcall.Region) bool {
	if s.equal() {
		return true
	}
	for _, p := range s.protected {
		if !bytes.Equal(s.want[p.Addr:][:p.Len], s.memory[p.Addr:][:p.Len]) {
			return false
		}
	}
	for _, r := range out {
		if r.Addr < hostcall.MemorySize {
			end := min(r.Addr+r.Len, hostcall.MemorySize)
			copy(s.want[r.Addr:end], s.memory[r.Addr:end])
		}
	}
	return s.equal()
}

func (s *shadow) equal() bool {
	return bytes.Equal(s.want[:s.low], s.memory[:s.low]) && bytes.Equal(s.want[s.high:], s.memory[s.high:])
}

// all reports whether the whole memory is what it should be.
func (s *shadow) all() bool {
	if !s.equal() {
		return false
	}
	for middle := s.memory[s.low:s.high]; len(middle) > 0; {
		n := min(len(middle), page)
		if !bytes.Equal(middle[:n], zeros[:n]) {
			return false
		}
		middle = middle[n:]
	}
	return true
}

// zeros are compared with instead of what should be there, because they stay in the processor's cache.
var zeros [page]byte

// differs returns the first address that holds something else than it should, or -1.
func (s *shadow) differs() int {
	for at, b := range s.memory {
		if s.want[at] != b {
			return at
		}
	}
	return -1
}
