package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// typeOf returns what an instruction that is not of control takes and returns. Where that cannot be told, because an index is outside of
// its space, it is something.
func (p *flaws) typeOf(in *wasm.Instr) (v wasm.FuncType) {
	if in.Op.Info().Class != wasm.ClassCustom {
		return in.Op.Operands()
	}
	x := in.Imm[0]
	switch in.Op {
	case wasm.OpCall:
		if x < uint64(len(p.spaces.Funcs)) {
			v = p.funcType(uint64(p.spaces.Funcs[x]))
		}
	case wasm.OpCallIndirect:
		called := p.funcType(x)
		v = wasm.FuncType{Params: append(called.Params[:len(called.Params):len(called.Params)], wasm.I32), Results: called.Results}
	case wasm.OpDrop:
		v.Params = []wasm.ValType{p.anyType()}
	case wasm.OpSelect, wasm.OpSelectT:
		of := p.anyType()
		if in.Op == wasm.OpSelectT {
			of = in.Types[0]
		}
		v.Params, v.Results = []wasm.ValType{of, of, wasm.I32}, []wasm.ValType{of}
	case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
		v = accessor(in.Op, typeAt(p, p.locals(), x, func(l wasm.ValType) wasm.ValType { return l }))
	case wasm.OpGlobalGet, wasm.OpGlobalSet:
		v = accessor(in.Op, typeAt(p, p.spaces.Globals, x, func(g wasm.GlobalType) wasm.ValType { return g.Type }))
	case wasm.OpTableGet, wasm.OpTableSet, wasm.OpTableSize, wasm.OpTableGrow, wasm.OpTableFill:
		v = tableAccess(in.Op, typeAt(p, p.spaces.Tables, x, func(t wasm.TableType) wasm.ValType { return t.Elem }))
	case wasm.OpRefNull:
		v.Results = []wasm.ValType{wasm.ValType(x)}
	case wasm.OpRefIsNull:
		v.Params, v.Results = []wasm.ValType{p.anyType()}, []wasm.ValType{wasm.I32}
	case wasm.OpRefFunc:
		v.Results = []wasm.ValType{wasm.FuncRef}
	case wasm.OpMemorySize:
		v.Results = []wasm.ValType{wasm.I32}
	case wasm.OpMemoryGrow:
		v.Params, v.Results = []wasm.ValType{wasm.I32}, []wasm.ValType{wasm.I32}
	}
	return v
}

func (p *flaws) anyType() wasm.ValType { return tape.Pick(p.t, damagedTypes) }

// typeAt returns the type of an element of a list, or any if there is no such element.
func typeAt[T any](p *flaws, list []T, x uint64, of func(T) wasm.ValType) wasm.ValType {
	if x < uint64(len(list)) {
		return of(list[x])
	}
	return p.anyType()
}

// funcType returns a type of the module, or an empty one if there is no such type.
func (p *flaws) funcType(x uint64) (v wasm.FuncType) {
	if x < uint64(len(p.m.Types)) {
		v = p.m.Types[x]
	}
	return v
}

// accessor returns the type of an instruction for a local or a global.
func accessor(op wasm.Op, of wasm.ValType) (v wasm.FuncType) {
	if op != wasm.OpLocalGet && op != wasm.OpGlobalGet {
		v.Params = []wasm.ValType{of}
	}
	if op != wasm.OpLocalSet && op != wasm.OpGlobalSet {
		v.Results = []wasm.ValType{of}
	}
	return v
}

// tableAccess returns the type of an instruction for a table.
func tableAccess(op wasm.Op, of wasm.ValType) wasm.FuncType {
	index := []wasm.ValType{wasm.I32}
	switch op {
	case wasm.OpTableGet:
		return wasm.FuncType{Params: index, Results: []wasm.ValType{of}}
	case wasm.OpTableSet:
		return wasm.FuncType{Params: []wasm.ValType{wasm.I32, of}}
	case wasm.OpTableSize:
		return wasm.FuncType{Results: index}
	case wasm.OpTableGrow:
		return wasm.FuncType{Params: []wasm.ValType{of, wasm.I32}, Results: index}
	}
	return wasm.FuncType{Params: []wasm.ValType{wasm.I32, of, wasm.I32}}
}
