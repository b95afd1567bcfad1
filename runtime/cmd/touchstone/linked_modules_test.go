package main

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// sharer exports one thing of each kind: a memory with 5 at address 0, a global of 30, a table whose element 0 is a function that
// returns 700, and a function that returns what is at address 0.
func sharer() []byte {
	var m asm.Module
	m.Memory(1, 1)
	m.Globals = []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: new(asm.Body).I32(30).Expr()}}
	m.Tables = []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}}}
	m.Export("global", wasm.ExternGlobal, 0)
	m.Export("table", wasm.ExternTable, 0)
	m.Func("load", ":i", "", new(asm.Body).I32(0).Op(wasm.OpI32Load, 2, 0))
	hidden := m.Func("", ":i", "", new(asm.Body).I32(700))
	m.Elems = []wasm.ElemSegment{{Mode: wasm.Active, Type: wasm.FuncRef, Offset: new(asm.Body).I32(0).Expr(), Funcs: []uint32{hidden}}}
	m.Datas = []wasm.DataSegment{{Mode: wasm.Active, Offset: new(asm.Body).I32(0).Expr(), Init: []byte{5}}}
	return m.Encode()
}

// user imports all that sharer exports, doubles what is at address 0, and returns the sum of all: 740.
func user() []byte {
	var m asm.Module
	load := m.Import("share", "load", ":i")
	m.Imports = append(m.Imports,
		wasm.Import{Module: "share", Name: "memory", Kind: wasm.ExternMemory, Memory: wasm.MemoryType{Limits: wasm.Limits{Min: 1}}},
		wasm.Import{Module: "share", Name: "table", Kind: wasm.ExternTable, Table: wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}}},
		wasm.Import{Module: "share", Name: "global", Kind: wasm.ExternGlobal, Global: wasm.GlobalType{Type: wasm.I32, Mutable: true}})
	t := m.Type(asm.Sig(":i"))
	m.Func("sum", ":i", "", new(asm.Body).
		I32(0).I32(0).Op(wasm.OpI32Load, 2, 0).I32(2).Op(wasm.OpI32Mul).Op(wasm.OpI32Store, 2, 0).
		Op(wasm.OpCall, uint64(load)).Op(wasm.OpGlobalGet, 0).Op(wasm.OpI32Add).
		I32(0).Op(wasm.OpCallIndirect, uint64(t), 0).Op(wasm.OpI32Add))
	return m.Encode()
}

// teller exports a function that writes "own" from its own memory, through its own WASI.
func teller() []byte {
	var m asm.Module
	fdWrite := m.Import(wasi.Module, "fd_write", "iiii:i")
	m.Memory(1, 1)
	m.Datas = []wasm.DataSegment{{Mode: wasm.Active, Offset: new(asm.Body).I32(0).Expr(), Init: []byte{8, 0, 0, 0, 4, 0, 0, 0, 'o', 'w', 'n', '\n'}}}
	m.Func("tell", ":i", "", new(asm.Body).I32(1).I32(0).I32(1).I32(100).Op(wasm.OpCall, uint64(fdWrite)))
	return m.Encode()
}

// listener calls tell. Its memory has other bytes.
func listener() []byte {
	var m asm.Module
	tell := m.Import("teller", "tell", ":i")
	m.Memory(1, 1)
	m.Datas = []wasm.DataSegment{{Mode: wasm.Active, Offset: new(asm.Body).I32(0).Expr(), Init: []byte("the bytes of another module")}}
	m.Func("tell", ":i", "", new(asm.Body).Op(wasm.OpCall, uint64(tell)))
	return m.Encode()
}

// failing is a reactor whose initialisation traps.
func failing() []byte {
	var m asm.Module
	m.Func(initializeExport, "", "", new(asm.Body).Op(wasm.OpUnreachable))
	return m.Encode()
}

func init() {
	for name, make := range map[string]func() []byte{"sharer": sharer, "user": user, "teller": teller, "listener": listener, "failing": failing} {
		testModules[name] = make
	}
}
