// Package asm writes modules by hand, instruction by instruction: probes, benchmark kernels and the guests of tests.
//
//	var m asm.Module
//	m.Func("add", "ii:i", "", new(asm.Body).Get(0).Get(1).Op(wasm.OpI32Add))
//	bytes := m.Encode()
//
// Nothing is checked: what comes out is valid if what was written is.
package asm

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Body is the body of a function, or a constant expression, without its final end.
type Body struct{ code []byte }

// Op appends an instruction with its immediates, in the order of its row in the opcode table.
func (b *Body) Op(op wasm.Op, imm ...uint64) *Body {
	in := wasm.NewInstr(op, imm...)
	b.code = wasm.AppendInstr(b.code, &in)
	return b
}

// Ops appends instructions that have no immediates.
func (b *Body) Ops(ops ...wasm.Op) *Body {
	for _, op := range ops {
		b.Op(op)
	}
	return b
}

// Get appends local.get.
func (b *Body) Get(local uint64) *Body { return b.Op(wasm.OpLocalGet, local) }

// Set appends local.set.
func (b *Body) Set(local uint64) *Body { return b.Op(wasm.OpLocalSet, local) }

// I32 appends i32.const.
func (b *Body) I32(v int32) *Body { return b.Op(wasm.OpI32Const, uint64(uint32(v))) }

// I64 appends i64.const.
func (b *Body) I64(v int64) *Body { return b.Op(wasm.OpI64Const, uint64(v)) }

// F32 appends f32.const.
func (b *Body) F32(v float32) *Body { return b.Op(wasm.OpF32Const, uint64(math.Float32bits(v))) }

// F64 appends f64.const.
func (b *Body) F64(v float64) *Body { return b.Op(wasm.OpF64Const, math.Float64bits(v)) }

// Block appends a block, loop or if that takes and returns nothing.
func (b *Body) Block(op wasm.Op) *Body { return b.BlockOf(op, wasm.EmptyBlock) }

// BlockOf appends a block, loop or if of a type.
func (b *Body) BlockOf(op wasm.Op, t wasm.BlockType) *Body { return b.Op(op, uint64(t)) }

// BrTable appends br_table; the default is the last label.
func (b *Body) BrTable(labels ...uint32) *Body {
	b.code = wasm.AppendInstr(b.code, &wasm.Instr{Op: wasm.OpBrTable, Labels: labels})
	return b
}

// SelectOf appends the select that names the type of its operands.
func (b *Body) SelectOf(t wasm.ValType) *Body {
	b.code = wasm.AppendInstr(b.code, &wasm.Instr{Op: wasm.OpSelectT, Types: []wasm.ValType{t}})
	return b
}

// End appends the end of a block.
func (b *Body) End() *Body { return b.Op(wasm.OpEnd) }

// Expr returns what was written as an expression, the final end appended.
func (b *Body) Expr() wasm.Expr {
	in := wasm.Instr{Op: wasm.OpEnd}
	return wasm.Expr{Code: wasm.AppendInstr(b.code[:len(b.code):len(b.code)], &in)}
}

// Module is a module under construction. Fields that have no method here are set directly.
type Module struct{ wasm.Module }

// Sig returns the function type that a text like "iI:f" stands for, with the letters of wasm.SigTypes.
func Sig(sig string) wasm.FuncType {
	var t wasm.FuncType
	into := &t.Params
	for i := range len(sig) {
		if sig[i] == ':' {
			into = &t.Results
			continue
		}
		*into = append(*into, wasm.SigTypes[sig[i]])
	}
	return t
}

// Type returns the index of a function type, which is added if it is new.
func (m *Module) Type(t wasm.FuncType) uint32 {
	for i := range m.Types {
		if m.Types[i].Equal(t) {
			return uint32(i)
		}
	}
	m.Types = append(m.Types, t)
	return uint32(len(m.Types) - 1)
}

// Import imports a function and returns its index. All imports must come before the functions.
func (m *Module) Import(module, name, sig string) uint32 {
	m.Imports = append(m.Imports, wasm.Import{Module: module, Name: name, Kind: wasm.ExternFunc, Func: m.Type(Sig(sig))})
	return uint32(m.ImportedFuncs() - 1)
}

// Func defines a function with further locals of the types that the letters in locals stand for, exports it unless export is
// empty, and returns its index.
func (m *Module) Func(export, sig, locals string, body *Body) uint32 {
	f := wasm.Func{Type: m.Type(Sig(sig)), Body: body.Expr()}
	for i := range len(locals) {
		f.Locals = append(f.Locals, wasm.Locals{Count: 1, Type: wasm.SigTypes[locals[i]]})
	}
	m.Funcs = append(m.Funcs, f)
	index := uint32(m.ImportedFuncs() + len(m.Funcs) - 1)
	if export != "" {
		m.Export(export, wasm.ExternFunc, index)
	}
	return index
}

// Export exports something.
func (m *Module) Export(name string, kind wasm.ExternKind, index uint32) {
	m.Exports = append(m.Exports, wasm.Export{Name: name, Kind: kind, Index: index})
}

// Memory defines a memory of so many pages, which may grow up to max, and exports it as "memory".
func (m *Module) Memory(pages, max uint64) {
	m.Memories = append(m.Memories, wasm.MemoryType{Limits: wasm.Limits{Min: pages, Max: max, HasMax: true}})
	m.Export("memory", wasm.ExternMemory, uint32(m.ImportedMemories()+len(m.Memories)-1))
}

// Encode returns the module in the binary format.
func (m *Module) Encode() []byte { return wasm.Encode(&m.Module) }
