package policy

import "fmt"

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
}}

// inMemory reports whether [addr, addr+n) lies in [0, size); nothing wraps around.
func inMemory(size, addr, n uint64) bool { return n <= size && addr <= size-n }
