package sandbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets in struct seccomp_data, which a filter sees of a system call.
const (
	dataNr   = 0
	dataArch = 4
	dataArgs = 16 // 8 bytes each, little-endian on the machines in question
)

// x32 is the bit in the numbers of system calls of amd64's other interface, whose calls are refused.
const x32 = 0x40000000

// machines are the names of machines in filters.
var machines = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}

// installFilter makes the calls of the table the only ones that any thread can make. Another one ends the process: either the
// table is incomplete, or the guest has this process in its hands.
func installFilter(cfg *Config) error {
	machine, ok := machines[runtime.GOARCH]
	if !ok {
		return fmt.Errorf("there is no filter for %s", runtime.GOARCH)
	}
	code := assemble(machine, allowed(cfg.Network), uint32(os.Getpid()))
	prog := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&prog)))
	switch {
	case errno != 0:
		return fmt.Errorf("the kernel refuses the filter: %w", errno)
	case thread != 0:
		return errors.New("a thread of the process could not be included")
	}
	return nil
}

// allowed returns the calls that a guest's process needs once the sandbox is entered.
func allowed(network bool) (list []*Call) {
	for c := range Calls() {
		if c.Phase == Inside || c.Phase == Refused || c.Phase == Network && network {
			list = append(list, c)
		}
	}
	return list
}

// assemble returns the filter in the kernel's classic BPF. All jumps are short: each call of the table is a block of its own that
// ends in a verdict or is jumped over.
func assemble(machine uint32, calls []*Call, pid uint32) []unix.SockFilter {
	const deny = unix.SECCOMP_RET_KILL_PROCESS
	code := []unix.SockFilter{
		load(dataArch), unlessEqual(machine, 1), jumpOver(1), verdict(deny),
		load(dataNr), {Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, K: x32, Jf: 1}, verdict(deny),
	}
	for _, c := range calls {
		block := []unix.SockFilter{verdict(unix.SECCOMP_RET_ALLOW)}
		switch {
		case c.Phase == Refused:
			block[0] = verdict(unix.SECCOMP_RET_ERRNO | uint32(c.Refusal))
		case c.Only != nil:
			block = c.Only.assemble(pid, deny)
		}
		code = append(append(code, unlessEqual(uint32(c.Number), uint8(len(block)))), block...)
	}
	return append(code, verdict(deny))
}

// assemble returns the block for a call of which an argument decides. Only the lower half of the argument is looked at: the arguments
// in question are int, or have flags in the lower half alone.
func (o *Only) assemble(pid, deny uint32) []unix.SockFilter {
	code := []unix.SockFilter{load(dataArgs + 8*uint32(o.Arg))}
	if o.Mask != 0 {
		code = append(code, unix.SockFilter{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: o.Mask})
	}
	values := o.Values
	if o.Self {
		values = []uint32{pid}
	}
	for _, v := range values {
		code = append(code, unlessEqual(v, 1), verdict(unix.SECCOMP_RET_ALLOW))
	}
	if o.Refusal != 0 {
		deny = unix.SECCOMP_RET_ERRNO | uint32(o.Refusal)
	}
	return append(code, verdict(deny))
}

// load loads 4 bytes of the call into the accumulator.
func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

// unlessEqual jumps over n instructions unless the accumulator is k.
func unlessEqual(k uint32, n uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jf: n}
}

// jumpOver jumps over n instructions.
func jumpOver(n uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JA, K: n}
}

// verdict ends the filter.
func verdict(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }
