package conform

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// sanitizerCalls returns how many instructions of a program call a function of the address sanitizer. Those of its runtime count, as they do for
// OSS-Fuzz, which searches a disassembly for the name: of a program in Go they are nearly all, since only the C in it is compiled by clang. What
// the number tells is that the runtime is linked in. It reads only ELF: OSS-Fuzz runs on Linux.
func sanitizerCalls(name string) (int, error) {
	f, err := elf.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		return 0, err
	}
	callees := map[uint64]bool{}
	for _, s := range symbols {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && strings.Contains(s.Name, "__asan") && s.Value != 0 {
			callees[s.Value] = true
		}
	}
	text := f.Section(".text")
	if text == nil {
		return 0, fmt.Errorf("%s has no .text", name)
	}
	code, err := text.Data()
	if err != nil {
		return 0, err
	}
	target, err := callOf(f.Machine)
	if err != nil {
		return 0, err
	}
	n := 0
	for i := range code {
		if to, ok := target(code, i, text.Addr); ok && callees[to] {
			n++
		}
	}
	return n, nil
}

// callOf returns what reads a direct call at a place of code and says where it goes. On x86 an instruction may begin anywhere: bytes that happen
// to look like a call hardly ever go to the beginning of a given function.
func callOf(machine elf.Machine) (func(code []byte, at int, base uint64) (uint64, bool), error) {
	switch machine {
	case elf.EM_X86_64:
		return func(code []byte, at int, base uint64) (uint64, bool) {
			if code[at] != 0xe8 || at+5 > len(code) {
				return 0, false
			}
			offset := int32(binary.LittleEndian.Uint32(code[at+1:]))
			return base + uint64(at) + 5 + uint64(int64(offset)), true
		}, nil
	case elf.EM_AARCH64:
		return func(code []byte, at int, base uint64) (uint64, bool) {
			if at%4 != 0 || at+4 > len(code) {
				return 0, false
			}
			word := binary.LittleEndian.Uint32(code[at:])
			offset := int64(int32(word<<6)>>6) * 4
			return base + uint64(at) + uint64(offset), word>>26 == 0b100101
		}, nil
	}
	return nil, fmt.Errorf("calls of %v are not known here", machine)
}
