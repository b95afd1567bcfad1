package workload

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// asm appends the instructions of a function's body.
type asm struct{ code []byte }

// op appends an instruction with its immediates.
func (a *asm) op(o wasm.Op, imm ...uint64) {
	in := wasm.Instr{Op: o}
	copy(in.Imm[:], imm)
	a.code = wasm.AppendInstr(a.code, &in)
}

// ops appends instructions without immediates.
func (a *asm) ops(list ...wasm.Op) {
	for _, o := range list {
		a.op(o)
	}
}

// get, set and i32 push a local, pop into one, and push a constant.
func (a *asm) get(local uint64) { a.op(wasm.OpLocalGet, local) }
func (a *asm) set(local uint64) { a.op(wasm.OpLocalSet, local) }
func (a *asm) i32(v int32)      { a.op(wasm.OpI32Const, uint64(uint32(v))) }
func (a *asm) f64(v float64)    { a.op(wasm.OpF64Const, math.Float64bits(v)) }

// count runs body while the local i, from its present value on, is below the local limit (unsigned), and adds step to
// it after each turn.
func (a *asm) count(i, limit uint64, step func(), body func()) {
	a.op(wasm.OpBlock, emptyBlock)
	a.op(wasm.OpLoop, emptyBlock)
	a.get(i)
	a.get(limit)
	a.op(wasm.OpI32GeU)
	a.op(wasm.OpBrIf, 1)
	body()
	a.get(i)
	step()
	a.op(wasm.OpI32Add)
	a.set(i)
	a.op(wasm.OpBr, 0)
	a.ops(wasm.OpEnd, wasm.OpEnd)
}

// one is the step of an ordinary loop.
func (a *asm) one() { a.i32(1) }

// export is the name of the function that a kernel exports.
const export = "run"

// module returns a module with a memory of so many pages (none if 0) and one exported function (i32) -> (i32) with further
// locals, whose body is what build appends.
func module(pages uint64, locals []wasm.ValType, build func(a *asm)) []byte {
	a := new(asm)
	build(a)
	a.op(wasm.OpEnd)
	f := wasm.Func{Body: wasm.Expr{Code: a.code}}
	for _, t := range locals {
		f.Locals = append(f.Locals, wasm.Locals{Count: 1, Type: t})
	}
	m := &wasm.Module{
		Types:   []wasm.FuncType{{Params: []wasm.ValType{wasm.I32}, Results: []wasm.ValType{wasm.I32}}},
		Funcs:   []wasm.Func{f},
		Exports: []wasm.Export{{Name: export, Kind: wasm.ExternFunc}},
	}
	if pages > 0 {
		m.Memories = []wasm.MemoryType{{Limits: wasm.Limits{Min: pages}}}
	}
	return wasm.Encode(m)
}
