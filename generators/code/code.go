// Package code makes modules of bytes that are read as WebAssembly instructions: what does not fit is mended, byte by byte, so that
// the module is valid. It is the fast and plain neighbour of package module: it uses every instruction of the opcode table, those of
// SIMD included, and makes no effort to make code that ends or does not trap.
package code

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Every function has the type (i32, i64, f32, f64, v128) -> (i32), and further locals of all types.
var (
	params = []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128}
	locals = append(slices.Clone(params), append(params, wasm.FuncRef, wasm.ExternRef)...)
	result = []wasm.ValType{wasm.I32}
)

// globals has the type of each global; they are mutable, and take what is left on the operand stack.
var globals = locals[len(params):]

const (
	maxFuncs = 4
	tables   = 2 // of funcref
	segments = 2 // of data, and of elements
)

// Module returns the module that data stands for. Every byte string gives a valid module, and the same bytes the same one; a byte
// that begins no instruction is left out, but for [Separator].
func Module(data []byte) *wasm.Module {
	m := surroundings()
	for {
		b := body{index: len(m.Funcs), blocks: []block{{op: wasm.OpBlock, results: result}}}
		data = b.read(data)
		f := wasm.Func{Body: wasm.Expr{Code: b.code}}
		for _, t := range globals {
			f.Locals = append(f.Locals, wasm.Locals{Count: 1, Type: t})
		}
		m.Funcs = append(m.Funcs, f)
		if len(data) == 0 || len(m.Funcs) == maxFuncs {
			return m
		}
	}
}

// Separator is the byte that ends a function, where an instruction could begin. Functions call themselves and those before them.
const Separator = 0x06

// surroundings returns a module with everything that instructions may name, but the functions: they are at least one.
func surroundings() *wasm.Module {
	count := uint32(segments)
	m := &wasm.Module{Types: []wasm.FuncType{{Params: params, Results: result}}, DataCount: &count,
		Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1, Max: 2, HasMax: true}}}}
	for _, t := range globals {
		m.Globals = append(m.Globals, wasm.Global{Type: wasm.GlobalType{Type: t, Mutable: true}, Init: constant(t)})
	}
	for range tables {
		m.Tables = append(m.Tables, wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 4, Max: 8, HasMax: true}})
	}
	m.Elems = []wasm.ElemSegment{{Type: wasm.FuncRef, Offset: constant(wasm.I32), Funcs: []uint32{0}}, {Mode: wasm.Passive, Type: wasm.FuncRef, Funcs: []uint32{0, 0}}}
	m.Datas = []wasm.DataSegment{{Offset: constant(wasm.I32), Init: []byte("\x00\x00\xc0\x7f\x01\x80\xff\xff")}, {Mode: wasm.Passive, Init: []byte("passive")}}
	return m
}

// constant returns the constant expression for zero or null.
func constant(t wasm.ValType) wasm.Expr {
	var code []byte
	for _, in := range []wasm.Instr{zero(t), {Op: wasm.OpEnd}} {
		code = wasm.AppendInstr(code, &in)
	}
	return wasm.Expr{Code: code}
}

func zero(t wasm.ValType) wasm.Instr {
	switch t {
	case wasm.I32:
		return wasm.NewInstr(wasm.OpI32Const)
	case wasm.I64:
		return wasm.NewInstr(wasm.OpI64Const)
	case wasm.F32:
		return wasm.NewInstr(wasm.OpF32Const)
	case wasm.F64:
		return wasm.NewInstr(wasm.OpF64Const)
	case wasm.V128:
		return wasm.NewInstr(wasm.OpV128Const)
	}
	return wasm.NewInstr(wasm.OpRefNull, uint64(t))
}
