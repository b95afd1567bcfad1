package commandline

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strconv"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// record is one thing that a telling module says: what it is about, and a value.
type record struct {
	tag   byte
	value uint64
}

// sink is a way for a module to say something on the standard output of a command that offers no host functions of ours.
type sink struct {
	module, name, sig string // of the import
	// emit returns the body of a function of type "iI:" that writes a record, given the index of the import. The body may use the first
	// scratch bytes of the memory and must leave them as they were.
	emit func(imported uint64) *asm.Body
	// locals are those of emit and of rest.
	locals string
	// rest adds what writes the memory from the byte scratch on; the number of bytes is the local 0, an i32.
	rest func(b *asm.Body, imported, emit uint64)
	// parse reads what was written, and returns what is not of the module: some commands say on standard output why a guest ended.
	parse func(out []byte) (told []record, rest []byte)
}

// scratch is how many bytes of a guest's memory a sink may borrow.
const scratch = 32

// store puts a number into the memory.
func store(b *asm.Body, addr int32, op wasm.Op, value func(*asm.Body)) {
	b.I32(addr)
	value(b)
	b.Op(op, 0, 0)
}

// mark begins each record that is written with fd_write; no text of a command begins with it.
const mark = 0xfb

// viaWASI writes records of ten bytes with fd_write: the mark, the tag, the value. All that it needs of the guest is a page of memory.
var viaWASI = &sink{
	module: engine.WASIModule, name: "fd_write", sig: "iiii:i",
	locals: "IIII",
	emit: func(imported uint64) *asm.Body {
		b := new(asm.Body)
		for i := range 4 {
			b.I32(int32(8*i)).Op(wasm.OpI64Load, 0, 0).Set(uint64(2 + i))
		}
		store(b, 0, wasm.OpI64Store, func(b *asm.Body) { b.I64(16 | 10<<32) }) // 10 bytes at 16
		store(b, 16, wasm.OpI32Store8, func(b *asm.Body) { b.I32(mark) })
		store(b, 17, wasm.OpI32Store8, func(b *asm.Body) { b.Get(0) })
		store(b, 18, wasm.OpI64Store, func(b *asm.Body) { b.Get(1) })
		b.I32(1).I32(0).I32(1).I32(28).Op(wasm.OpCall, imported).Op(wasm.OpDrop)
		for i := range 4 {
			store(b, int32(8*i), wasm.OpI64Store, func(b *asm.Body) { b.Get(uint64(2 + i)) })
		}
		return b
	},
	rest: func(b *asm.Body, imported, _ uint64) {
		for i := range 2 {
			b.I32(int32(8*i)).Op(wasm.OpI64Load, 0, 0).Set(uint64(1 + i))
		}
		store(b, 0, wasm.OpI32Store, func(b *asm.Body) { b.I32(scratch) })
		store(b, 4, wasm.OpI32Store, func(b *asm.Body) { b.Get(0).I32(scratch).Op(wasm.OpI32Sub) })
		b.I32(1).I32(0).I32(1).I32(8).Op(wasm.OpCall, imported).Op(wasm.OpDrop)
		for i := range 2 {
			store(b, int32(8*i), wasm.OpI64Store, func(b *asm.Body) { b.Get(uint64(1 + i)) })
		}
	},
	parse: func(out []byte) (told []record, rest []byte) {
		size := uint64(0) // of the memory, known before it comes
		for len(out) >= 10 && out[0] == mark {
			r := record{out[1], binary.LittleEndian.Uint64(out[2:])}
			told, out = append(told, r), out[10:]
			switch r.tag {
			case tagMemory:
				size = r.value
			case tagRest:
				if size < scratch || uint64(len(out)) < size-scratch {
					return told[:len(told)-1], out
				}
				for at := uint64(scratch); at < size; at, out = at+8, out[8:] {
					if word := binary.LittleEndian.Uint64(out); word != 0 {
						told = append(told, record{tagOffset, at}, record{tagWord, word})
					}
				}
			}
		}
		return told, out
	},
}

// printed is what wasm-interp writes for a call of host.print.
var printed = regexp.MustCompile(`^called host host\.print\(i32:(\d+), i64:(\d+)\) =>$`)

// viaPrint calls wasm-interp's own host function, since distributions build it without WASI.
var viaPrint = &sink{
	module: "host", name: "print", sig: "iI:",
	emit: func(imported uint64) *asm.Body {
		return new(asm.Body).Get(0).Get(1).Op(wasm.OpCall, imported)
	},
	rest: func(b *asm.Body, _, emit uint64) {
		const size, at, word = 0, 1, 2
		b.I64(scratch).Set(at).Block(wasm.OpLoop)
		b.Get(at).Op(wasm.OpI32WrapI64).Op(wasm.OpI64Load, 0, 0).Op(wasm.OpLocalTee, word).I64(0).Op(wasm.OpI64Ne).Block(wasm.OpIf)
		b.I32(int32(tagOffset)).Get(at).Op(wasm.OpCall, emit).I32(int32(tagWord)).Get(word).Op(wasm.OpCall, emit).End()
		b.Get(at).I64(8).Op(wasm.OpI64Add).Op(wasm.OpLocalTee, at).Get(size).Op(wasm.OpI64ExtendI32U).Ops(wasm.OpI64LtU).Op(wasm.OpBrIf, 0).End()
	},
	parse: func(out []byte) (told []record, rest []byte) {
		for line := range bytes.Lines(out) {
			m := printed.FindSubmatch(bytes.TrimSpace(line))
			if m == nil {
				rest = append(rest, line...)
				continue
			}
			tag, _ := strconv.ParseUint(string(m[1]), 10, 8)
			value, _ := strconv.ParseUint(string(m[2]), 10, 64)
			told = append(told, record{byte(tag), value})
		}
		return told, rest
	},
}
