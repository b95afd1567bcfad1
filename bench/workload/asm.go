package workload

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// body is the body of a function under construction.
type body struct{ asm.Body }

// count runs turn while the local i, from its present value on, is below the local limit (unsigned), and adds what step
// pushes to it after each turn.
func (a *body) count(i, limit uint64, step func(), turn func()) {
	a.Block(wasm.OpBlock)
	a.Block(wasm.OpLoop)
	a.Get(i)
	a.Get(limit)
	a.Op(wasm.OpI32GeU)
	a.Op(wasm.OpBrIf, 1)
	turn()
	a.Get(i)
	step()
	a.Op(wasm.OpI32Add)
	a.Set(i)
	a.Op(wasm.OpBr, 0)
	a.End().End()
}

// one is the step of an ordinary loop.
func (a *body) one() { a.I32(1) }

// export is the name of the function that a kernel exports.
const export = "run"

// module returns a module with a memory of so many pages (none if 0) and one exported function (i32) -> (i32) with further
// locals, given by their letters in wasm.SigTypes, whose body is what build appends.
func module(pages uint64, locals string, build func(a *body)) []byte {
	var m asm.Module
	a := new(body)
	build(a)
	m.Func(export, "i:i", locals, &a.Body)
	if pages > 0 {
		m.Memory(pages, pages)
	}
	return m.Encode()
}
