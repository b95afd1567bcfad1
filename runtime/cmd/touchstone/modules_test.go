package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// mkwasm writes modules for the scripts: "mkwasm NAME FILE".
func mkwasm() {
	if len(os.Args) != 3 || testModules[os.Args[1]] == nil {
		fmt.Fprintf(os.Stderr, "mkwasm: unknown module, or not NAME FILE: %q\n", os.Args[1:])
		os.Exit(1)
	}
	if err := os.WriteFile(os.Args[2], testModules[os.Args[1]](), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "mkwasm:", err)
		os.Exit(1)
	}
}

// testModules are the modules that mkwasm knows.
var testModules = map[string]func() []byte{
	"hello":     func() []byte { return program(new(guestBody).say("hello\n")) },
	"exit42":    func() []byte { return program(new(guestBody).say("bye\n").exit(42)) },
	"loop":      func() []byte { return program(new(guestBody).say("before\n").endless()) },
	"wait":      func() []byte { return program(new(guestBody).say("before\n").wait()) },
	"trap":      func() []byte { return program(new(guestBody).say("before\n").op(wasm.OpUnreachable)) },
	"recursion": func() []byte { return program(new(guestBody).op(wasm.OpCall, workFunc)) },
	"grow":      func() []byte { return program(new(guestBody).growOrTrap(200)) },
	"invalid":   func() []byte { return program(new(guestBody).op(wasm.OpI32Add)) },
	"library":   library,
	"reactor":   reactor,
	"calls":     calls,
	"badname":   badName,
	"import":    unknownImport,
	"hugemem":   hugeMemory,
	"nan":       nanSum,
	"starttype": startType,
	"nothing":   func() []byte { return new(asm.Module).Encode() },
	"truncated": func() []byte { b := library(); return b[:len(b)-7] },
	"component": func() []byte { return slices.Concat(magic, componentVersion) },
	"version":   func() []byte { return slices.Concat(magic, []byte{2, 0, 0, 0}) },
}

// The function indices of a program: hostcalls, then its own function.
const (
	fdWrite = iota
	fdRead
	procExit
	workFunc
)

// The addresses that say and wait use: the descriptor of the one buffer, the number of bytes moved, and the buffer.
const (
	descriptor = 0
	counter    = 8
	buffer     = 16
)

// guestBody is the body of a program's function.
type guestBody struct{ asm.Body }

func (b *guestBody) op(o wasm.Op, imm ...uint64) *guestBody {
	b.Op(o, imm...)
	return b
}

// say writes a text to stdout; it goes byte by byte into memory first.
func (b *guestBody) say(text string) *guestBody {
	for i := range len(text) {
		b.I32(int32(buffer+i)).I32(int32(text[i])).Op(wasm.OpI32Store8, 0, 0)
	}
	b.I32(descriptor).I32(buffer).Op(wasm.OpI32Store, 2, 0)
	b.I32(descriptor).I32(int32(len(text))).Op(wasm.OpI32Store, 2, 4)
	b.I32(1).I32(descriptor).I32(1).I32(counter).Op(wasm.OpCall, fdWrite).Op(wasm.OpDrop)
	return b
}

// wait reads standard input into what say has written.
func (b *guestBody) wait() *guestBody {
	b.I32(0).I32(descriptor).I32(1).I32(counter).Op(wasm.OpCall, fdRead).Op(wasm.OpDrop)
	return b
}

func (b *guestBody) exit(status int32) *guestBody {
	b.I32(status).Op(wasm.OpCall, procExit)
	return b
}

func (b *guestBody) endless() *guestBody {
	b.Block(wasm.OpLoop).Op(wasm.OpBr, 0).End()
	return b
}

// growOrTrap asks for more pages and traps if it does not get them.
func (b *guestBody) growOrTrap(pages int32) *guestBody {
	b.I32(pages).Op(wasm.OpMemoryGrow, 0).I32(-1).Op(wasm.OpI32Eq).Block(wasm.OpIf).Op(wasm.OpUnreachable).End()
	return b
}

// program returns a WASI command whose _start has the given body. Its name section calls that function "work".
func program(body *guestBody) []byte {
	var m asm.Module
	m.Import(wasi.Module, "fd_write", "iiii:i")
	m.Import(wasi.Module, "fd_read", "iiii:i")
	m.Import(wasi.Module, "proc_exit", "i:")
	m.Func(startExport, "", "", &body.Body)
	m.Memory(1, wasm.MaxPages)
	const name = "work"
	// Sub-section 1, the functions' names, with one entry.
	section := append([]byte{1, 3 + byte(len(name)), 1, workFunc, byte(len(name))}, name...)
	m.Customs = []wasm.Custom{{Name: "name", Data: section, After: wasm.SectionCode}}
	return m.Encode()
}

// library exports functions of many types and no _start.
func library() []byte {
	var m asm.Module
	m.Func("add", "ii:i", "", new(asm.Body).Get(0).Get(1).Op(wasm.OpI32Add))
	div := m.Func("div", "ii:i", "", new(asm.Body).Get(0).Get(1).Op(wasm.OpI32DivS))
	all := []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.FuncRef, wasm.ExternRef}
	m.Types = append(m.Types, wasm.FuncType{Params: all, Results: all})
	give := new(asm.Body)
	for i := range all {
		give.Get(uint64(i))
	}
	m.Funcs = append(m.Funcs, wasm.Func{Type: uint32(len(m.Types) - 1), Body: give.Expr()})
	m.Export("all", wasm.ExternFunc, uint32(len(m.Funcs)-1))
	m.Func("loop", "", "", &new(guestBody).endless().Body)
	m.Memory(1, 1)
	m.Export("two\nlines\x1b[31m", wasm.ExternFunc, div)
	return m.Encode()
}

// reactor has an initialisation that sets what get returns.
func reactor() []byte {
	var m asm.Module
	m.Globals = []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: new(asm.Body).I32(0).Expr()}}
	m.Func(initializeExport, "", "", new(asm.Body).I32(7).Op(wasm.OpGlobalSet, 0))
	m.Func("get", ":i", "", new(asm.Body).Op(wasm.OpGlobalGet, 0))
	return m.Encode()
}

// calls has a function that calls another in a loop.
func calls() []byte {
	var m asm.Module
	add := m.Func("add", "iI:i", "", new(asm.Body).Get(0).Get(1).Op(wasm.OpI32WrapI64).Op(wasm.OpI32Add))
	m.Func("run", "i:i", "i", new(asm.Body).Block(wasm.OpLoop).Get(1).I64(3).Op(wasm.OpCall, uint64(add)).Set(1).
		Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End().Get(1).I32(1).Op(wasm.OpI32Add))
	return m.Encode()
}

// badName exports its _start under a name that is no name, too.
func badName() []byte {
	var m asm.Module
	start := m.Func("two\nlines\x1b[31m", "", "", new(asm.Body))
	m.Export(startExport, wasm.ExternFunc, start)
	return m.Encode()
}

func unknownImport() []byte {
	var m asm.Module
	m.Export(startExport, wasm.ExternFunc, m.Import("env", "abort", ""))
	return m.Encode()
}

// hugeMemory needs 64 MiB from the start.
func hugeMemory() []byte {
	var m asm.Module
	m.Func(startExport, "", "", new(asm.Body))
	m.Memory(1024, 1024)
	return m.Encode()
}

// startType has a _start that takes a parameter.
func startType() []byte {
	var m asm.Module
	m.Func(startExport, "i:", "", new(asm.Body))
	return m.Encode()
}

// nanSum exports a function that returns the bits of the sum of two NaNs with payloads, and has a table of five elements.
func nanSum() []byte {
	var m asm.Module
	m.Tables = []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 5}}}
	m.Func("add", ":i", "", new(asm.Body).Op(wasm.OpF32Const, 0xffc00001).Op(wasm.OpF32Const, 0x7fa00002).
		Op(wasm.OpF32Add).Op(wasm.OpI32ReinterpretF32))
	return m.Encode()
}
