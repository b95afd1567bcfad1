package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
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
	"hello":     func() []byte { return program(say("hello\n")) },
	"exit42":    func() []byte { return program(say("bye\n"), call(procExit, 42)) },
	"loop":      func() []byte { return program(say("before\n"), endless()) },
	"wait":      func() []byte { return program(say("before\n"), wait()) },
	"trap":      func() []byte { return program(say("before\n"), op(wasm.OpUnreachable)) },
	"recursion": func() []byte { return program(op(wasm.OpCall, startFunc)) },
	"grow":      func() []byte { return program(growOrTrap()) },
	"library":   library,
	"reactor":   reactor,
	"import":    unknownImport,
	"hugemem": func() []byte {
		return wasm.Encode(&wasm.Module{Memories: memory(1000), Funcs: empty(), Types: void(), Exports: start(0)})
	},
	"starttype": func() []byte {
		return wasm.Encode(&wasm.Module{Types: types(wasm.I32), Funcs: empty(), Exports: start(0)})
	},
	"nothing":   func() []byte { return wasm.Encode(&wasm.Module{}) },
	"truncated": func() []byte { b := library(); return b[:len(b)-7] },
	"invalid":   func() []byte { return program(op(wasm.OpI32Add)) },
	"component": func() []byte { return slices.Concat(magic, componentVersion) },
	"version":   func() []byte { return slices.Concat(magic, []byte{2, 0, 0, 0}) },
	"simd":      simd,
}

// The function indices of a program: hostcalls, then its own function.
const (
	fdWrite = iota
	fdRead
	procExit
	startFunc
)

// code is a part of a function's body.
type code []byte

func op(o wasm.Op, imm ...uint64) code {
	in := wasm.Instr{Op: o}
	copy(in.Imm[:], imm)
	return wasm.AppendInstr(nil, &in)
}

// call calls a function with constants, and drops the errno that all but proc_exit return.
func call(f uint64, args ...uint64) code {
	var c code
	for _, a := range args {
		c = append(c, op(wasm.OpI32Const, a)...)
	}
	c = append(c, op(wasm.OpCall, f)...)
	if f != procExit {
		c = append(c, op(wasm.OpDrop)...)
	}
	return c
}

// say writes a text to stdout; it goes byte by byte into memory first.
func say(text string) code {
	var c code
	store := func(o wasm.Op, at, value uint64) {
		c = slices.Concat(c, op(wasm.OpI32Const, at), op(wasm.OpI32Const, value), op(o, 0, 0))
	}
	for i := range len(text) {
		store(wasm.OpI32Store8, buffer+uint64(i), uint64(text[i]))
	}
	store(wasm.OpI32Store, descriptor, buffer)
	store(wasm.OpI32Store, descriptor+4, uint64(len(text)))
	return append(c, call(fdWrite, 1, descriptor, 1, counter)...)
}

// wait reads standard input into what say has written.
func wait() code { return call(fdRead, 0, descriptor, 1, counter) }

// The addresses that say and wait use: the descriptor of the one buffer, the number of bytes moved, and the buffer.
const (
	descriptor = 0
	counter    = 8
	buffer     = 16
)

func endless() code {
	return slices.Concat(op(wasm.OpLoop, block), op(wasm.OpBr, 0), op(wasm.OpEnd))
}

// growOrTrap asks for 200 more pages and traps if it does not get them.
func growOrTrap() code {
	return slices.Concat(op(wasm.OpI32Const, 200), op(wasm.OpMemoryGrow, 0), op(wasm.OpI32Const, 1<<32-1), op(wasm.OpI32Eq),
		op(wasm.OpIf, block), op(wasm.OpUnreachable), op(wasm.OpEnd))
}

// block is the immediate of a block without parameters and results.
const block = 1<<64 - 64

func body(parts ...code) wasm.Expr {
	return wasm.Expr{Code: append(slices.Concat(parts...), op(wasm.OpEnd)...)}
}

func void() []wasm.FuncType { return []wasm.FuncType{{}} }

func types(params ...wasm.ValType) []wasm.FuncType { return []wasm.FuncType{{Params: params}} }

func empty() []wasm.Func { return []wasm.Func{{Body: body()}} }

func start(f uint32) []wasm.Export { return []wasm.Export{{Name: startExport, Index: f}} }

func memory(pages uint64) []wasm.MemoryType {
	return []wasm.MemoryType{{Limits: wasm.Limits{Min: pages}}}
}

// program returns a WASI command whose _start has the given body. Its name section calls that function "work".
func program(parts ...code) []byte {
	i := wasm.I32
	name := append(wasm.AppendU32(wasm.AppendU32([]byte{1}, 7), 1), startFunc, 4) // sub-section 1: one name, of four bytes
	return wasm.Encode(&wasm.Module{
		Types: []wasm.FuncType{
			{Params: []wasm.ValType{i, i, i, i}, Results: []wasm.ValType{i}},
			{Params: []wasm.ValType{i}},
			{},
		},
		Imports: []wasm.Import{
			{Module: wasi.Module, Name: "fd_write", Func: 0},
			{Module: wasi.Module, Name: "fd_read", Func: 0},
			{Module: wasi.Module, Name: "proc_exit", Func: 1},
		},
		Funcs:    []wasm.Func{{Type: 2, Body: body(parts...)}},
		Memories: memory(1),
		Exports:  []wasm.Export{{Name: startExport, Index: startFunc}, {Name: "memory", Kind: wasm.ExternMemory}},
		Customs:  []wasm.Custom{{Name: "name", Data: append(name, "work"...), After: wasm.SectionCode}},
	})
}

// library exports functions of many types and no _start.
func library() []byte {
	i, l, f, d := wasm.I32, wasm.I64, wasm.F32, wasm.F64
	all := []wasm.ValType{i, l, f, d, wasm.FuncRef, wasm.ExternRef}
	var give code
	for at := range all {
		give = append(give, op(wasm.OpLocalGet, uint64(at))...)
	}
	return wasm.Encode(&wasm.Module{
		Types: []wasm.FuncType{
			{Params: []wasm.ValType{i, i}, Results: []wasm.ValType{i}},
			{Params: all, Results: all},
			{},
		},
		Funcs: []wasm.Func{
			{Type: 0, Body: body(op(wasm.OpLocalGet, 0), op(wasm.OpLocalGet, 1), op(wasm.OpI32Add))},
			{Type: 0, Body: body(op(wasm.OpLocalGet, 0), op(wasm.OpLocalGet, 1), op(wasm.OpI32DivS))},
			{Type: 1, Body: body(give)},
			{Type: 2, Body: body(endless())},
		},
		Memories: memory(1),
		Exports: []wasm.Export{
			{Name: "add", Index: 0}, {Name: "div", Index: 1}, {Name: "all", Index: 2}, {Name: "loop", Index: 3},
			{Name: "mem", Kind: wasm.ExternMemory}, {Name: "two\nlines\x1b[31m", Index: 1},
		},
	})
}

// reactor has an initialisation that sets what get returns.
func reactor() []byte {
	i := []wasm.ValType{wasm.I32}
	return wasm.Encode(&wasm.Module{
		Types:   []wasm.FuncType{{}, {Results: i}},
		Globals: []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: body(op(wasm.OpI32Const, 0))}},
		Funcs: []wasm.Func{
			{Type: 0, Body: body(op(wasm.OpI32Const, 7), op(wasm.OpGlobalSet, 0))},
			{Type: 1, Body: body(op(wasm.OpGlobalGet, 0))},
		},
		Exports: []wasm.Export{{Name: initializeExport, Index: 0}, {Name: "get", Index: 1}},
	})
}

func unknownImport() []byte {
	return wasm.Encode(&wasm.Module{
		Types:   void(),
		Imports: []wasm.Import{{Module: "env", Name: "abort"}},
		Exports: start(0),
	})
}

// simd has a function that makes a vector, in bytes, since the encoder does not know the instruction.
func simd() []byte {
	vector := append([]byte{simdPrefix, 12}, make([]byte, 16)...) // v128.const 0
	return wasm.Encode(&wasm.Module{
		Types: void(),
		Funcs: []wasm.Func{{Body: body(vector, op(wasm.OpDrop))}},
	})
}
