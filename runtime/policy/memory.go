package policy

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// memoryRules are about the guest's memory.
var memoryRules = []Rule{{
	Name: "memory-bounds",
	Doc:  "A hostcall touches only bytes that lie in the guest's memory as large as it is at the time of the call.",
	Ops:  1<<ReadMem | 1<<WriteMem, inline: true,
	check: func(m *Monitor, e *Effect) string {
		if inMemory(m.memory, e.Addr, e.Len) {
			return ""
		}
		return fmt.Sprintf("%d bytes at %#x are not inside a memory of %d", e.Len, e.Addr, m.memory)
	},
}, {
	Name: "memory-readonly",
	Doc:  "A hostcall writes no byte of the ranges of the guest's memory that the policy protects.",
	Ops:  1 << WriteMem, inline: true,
	check: func(m *Monitor, e *Effect) string {
		if m.writable(e.Addr, e.Len) {
			return ""
		}
		return fmt.Sprintf("the %d bytes at %#x are not all writable", e.Len, e.Addr)
	},
}, {
	Name: "stored-as-told",
	Doc:  "A hostcall stores only into memory of which it told, before the system call, that it would write it.",
	Ops:  1 << Stored, inline: true,
	check: func(m *Monitor, e *Effect) string {
		if m.told(e.Addr, e.Len) {
			return ""
		}
		return fmt.Sprintf("%d bytes at %#x are in no range that was to be written", e.Len, e.Addr)
	},
}, {
	Name: "moved-within",
	Doc:  "A read or write moves no more bytes than the memory holds that it told to write or to read.",
	Ops:  1 << Moved, inline: true,
	check: func(m *Monitor, e *Effect) string {
		if e.Len <= m.limit(e.Access) {
			return ""
		}
		return fmt.Sprintf("%d bytes were moved to %s, %d at most were told", e.Len, e.Access, m.limit(e.Access))
	},
}}

// The conditions of the rules.

// inMemory reports whether [addr, addr+n) lies in [0, size); nothing wraps around.
func inMemory(size, addr, n uint64) bool { return n <= size && addr <= size-n }

// writable reports whether no byte of [addr, addr+n), which is in the memory, is protected.
func (m *Monitor) writable(addr, n uint64) bool {
	for _, r := range m.protected {
		if r.Overlaps(addr, n) {
			return false
		}
	}
	return true
}

// Overlaps reports whether r and [addr, addr+n) have a byte in common.
func (r Range) Overlaps(addr, n uint64) bool {
	if planted.Selected == planted.ProtectEdge {
		r.Len--
	}
	return n > 0 && r.Len > 0 && addr <= r.Addr+(r.Len-1) && r.Addr <= addr+(n-1)
}

// holds reports whether [addr, addr+n) lies in r.
func (r *Range) holds(addr, n uint64) bool {
	return addr >= r.Addr && n <= r.Len && addr-r.Addr <= r.Len-n
}

// told reports whether [addr, addr+n) lies in one range that the hostcall told to write. Results are told last and are looked
// for from there.
func (m *Monitor) told(addr, n uint64) bool {
	for i := len(m.writes) - 1; i >= 0; i-- {
		if m.writes[i].holds(addr, n) {
			return true
		}
	}
	return n == 0 || planted.Selected == planted.PrestatUnseen
}

// limit returns the most bytes that can be moved for an access.
func (m *Monitor) limit(access Access) uint64 {
	if access == Read {
		return m.written
	}
	return m.read
}
