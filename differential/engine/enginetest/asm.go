package enginetest

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// module is a module under construction.
type module struct{ wasm.Module }

type types = []wasm.ValType

func (m *module) typeOf(params, results types) uint32 {
	m.Types = append(m.Types, wasm.FuncType{Params: params, Results: results})
	return uint32(len(m.Types) - 1)
}

// importFunc imports a function; all imports come before the first function.
func (m *module) importFunc(from, name string, params, results types) uint64 {
	m.Imports = append(m.Imports, wasm.Import{Module: from, Name: name, Kind: wasm.ExternFunc, Func: m.typeOf(params, results)})
	return uint64(len(m.Imports) - 1)
}

// function adds a function, exported unless name is empty, and returns its index.
func (m *module) function(name string, params, results types, body ...code) uint64 {
	index := uint32(m.ImportedFuncs() + len(m.Funcs))
	m.Funcs = append(m.Funcs, wasm.Func{Type: m.typeOf(params, results), Body: expr(body...)})
	if name != "" {
		m.export(name, wasm.ExternFunc, index)
	}
	return uint64(index)
}

func (m *module) export(name string, kind wasm.ExternKind, index uint32) {
	m.Exports = append(m.Exports, wasm.Export{Name: name, Kind: kind, Index: index})
}

func (m *module) memory(name string, limits wasm.Limits) {
	if m.Memories = append(m.Memories, wasm.MemoryType{Limits: limits}); name != "" {
		m.export(name, wasm.ExternMemory, uint32(len(m.Memories)-1))
	}
}

func (m *module) table(name string, elem wasm.ValType, limits wasm.Limits) {
	if m.Tables = append(m.Tables, wasm.TableType{Elem: elem, Limits: limits}); name != "" {
		m.export(name, wasm.ExternTable, uint32(len(m.Tables)-1))
	}
}

func (m *module) global(name string, t wasm.ValType, init code) {
	m.Globals = append(m.Globals, wasm.Global{Type: wasm.GlobalType{Type: t, Mutable: true}, Init: expr(init)})
	m.export(name, wasm.ExternGlobal, uint32(len(m.Globals)-1))
}

func (m *module) data(offset int32, bytes string) {
	m.Datas = append(m.Datas, wasm.DataSegment{Offset: expr(i32(offset)), Init: []byte(bytes)})
}

func (m *module) elements(offset int32, funcs ...uint32) {
	m.Elems = append(m.Elems, wasm.ElemSegment{Offset: expr(i32(offset)), Type: wasm.FuncRef, Funcs: funcs})
}

func (m *module) bytes() []byte { return wasm.Encode(&m.Module) }

// code is a piece of a function's body.
type code []byte

func op(o wasm.Op, imm ...uint64) code {
	in := wasm.Instr{Op: o}
	copy(in.Imm[:], imm)
	return wasm.AppendInstr(nil, &in)
}

func i32(v int32) code    { return op(wasm.OpI32Const, uint64(uint32(v))) }
func i64(v uint64) code   { return op(wasm.OpI64Const, v) }
func f32(v float32) code  { return f32Bits(math.Float32bits(v)) }
func f64(v float64) code  { return f64Bits(math.Float64bits(v)) }
func local(i uint64) code { return op(wasm.OpLocalGet, i) }
func f32Bits(b uint32) code {
	return op(wasm.OpF32Const, uint64(b))
}
func f64Bits(b uint64) code { return op(wasm.OpF64Const, b) }

// seq is the concatenation of pieces.
func seq(pieces ...code) code {
	var all code
	for _, p := range pieces {
		all = append(all, p...)
	}
	return all
}

// forever is a loop without end.
func forever() code {
	return seq(op(wasm.OpLoop, blockImm(wasm.EmptyBlock)), op(wasm.OpBr, 0), op(wasm.OpEnd))
}

func blockImm(b wasm.BlockType) uint64 { return uint64(b) }

func expr(body ...code) wasm.Expr {
	return wasm.Expr{Code: append(seq(body...), op(wasm.OpEnd)...)}
}

// limits returns limits without a maximum if there is no second number.
func limits(minimum uint64, maximum ...uint64) wasm.Limits {
	l := wasm.Limits{Min: minimum}
	if len(maximum) > 0 {
		l.HasMax, l.Max = true, maximum[0]
	}
	return l
}
