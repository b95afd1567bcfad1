package oracle

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// TestWritesElsewhereAreNoticed writes to one place while a call may write to others.
func TestWritesElsewhereAreNoticed(t *testing.T) {
	const end = hostcall.MemorySize
	call := func(out ...hostcall.Region) *hostcall.Call {
		return &hostcall.Call{Row: hostcall.Find("fd_tell"), Out: out}
	}
	low, edge := call(hostcall.Region{Addr: 16, Len: 8}), call(hostcall.Region{Addr: 16, Len: 8}, hostcall.Region{Addr: end - 1, Len: 9})
	all := call(hostcall.Region{Addr: 0, Len: end})
	for _, c := range []struct {
		name  string
		calls []*hostcall.Call
		at    []int // written in the first call
		seen  int   // at which call, from 1; 0 if never; after the last call for the number after it
	}{
		{"allowed", []*hostcall.Call{edge, low}, []int{16, 23, end - 1}, 0},
		{"nothing", []*hostcall.Call{low, edge, all}, nil, 0},
		{"first byte", []*hostcall.Call{low}, []int{0}, 1},
		{"before", []*hostcall.Call{low}, []int{15}, 1},
		{"behind", []*hostcall.Call{low}, []int{24}, 1},
		{"before the edge", []*hostcall.Call{edge}, []int{end - 2}, 1},
		{"edge of another call", []*hostcall.Call{low, edge}, []int{end - 1}, 2},
		{"middle", []*hostcall.Call{low, low}, []int{end / 2}, 3},
		{"middle, before all may be written", []*hostcall.Call{edge, all}, []int{end / 2}, 2},
		{"upper half, not at the edge", []*hostcall.Call{edge, low}, []int{end - 3*page}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s shadow
			memory := make([]byte, end)
			s.begin(memory, nil)
			seen := 0
			for i, call := range c.calls {
				ok := s.reach(call)
				if i == 0 {
					for _, at := range c.at {
						memory[at] = 1
					}
				}
				if !(ok && s.same(call.Out)) && seen == 0 {
					seen = i + 1
				}
			}
			if !s.all() && seen == 0 {
				seen = len(c.calls) + 1
			}
			if seen != c.seen {
				t.Errorf("noticed at call %d, want %d", seen, c.seen)
			}
			clear(memory)
			if s.begin(memory, nil); !s.all() {
				t.Errorf("the next sequence begins with something at %#x", s.differs())
			}
		})
	}
}

func TestWritesToProtectedMemoryAreNoticed(t *testing.T) {
	var s shadow
	c := &hostcall.Call{Row: hostcall.Find("fd_tell"), Out: []hostcall.Region{{Addr: 16, Len: 8}}}
	for at, want := range map[int]bool{16: true, 19: true, 20: false, 23: false} {
		memory := make([]byte, hostcall.MemorySize)
		s.begin(memory, []policy.Range{{Addr: 20, Len: 4}})
		s.reach(c)
		memory[at] = 1
		if s.same(c.Out) != want {
			t.Errorf("a write at %d: allowed %v, want %v", at, !want, want)
		}
	}
}
