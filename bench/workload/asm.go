package workload

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// body is the body of a function under construction. Its loops have the form that compilers give them: a test before the first
// turn, and one at the bottom of each turn that branches back.
type body struct{ asm.Body }

// loop runs turn, which leaves a condition on the stack, until that is zero.
func (a *body) loop(turn func()) {
	a.Block(wasm.OpLoop)
	turn()
	a.Op(wasm.OpBrIf, 0).End()
}

// unless runs then if what cond pushes is zero.
func (a *body) unless(cond, then func()) {
	a.Block(wasm.OpBlock)
	cond()
	a.Op(wasm.OpBrIf, 0)
	then()
	a.End()
}

// add adds to a local what step pushes, and leaves the sum on the stack too.
func (a *body) add(local uint64, step func()) {
	a.Get(local)
	step()
	a.Op(wasm.OpI32Add)
	a.Op(wasm.OpLocalTee, local)
}

// addTo adds a constant to a local.
func (a *body) addTo(local uint64, n int32) { a.Get(local).I32(n).Op(wasm.OpI32Add).Set(local) }

// count runs turn while the local i, from its present value on, is below the local limit (unsigned), and adds what step
// pushes to it after each turn.
func (a *body) count(i, limit uint64, step func(), turn func()) {
	a.unless(func() { a.Get(i).Get(limit).Op(wasm.OpI32GeU) }, func() {
		a.loop(func() {
			turn()
			a.add(i, step)
			a.Get(limit).Op(wasm.OpI32LtU)
		})
	})
}

// one is the step of an ordinary loop.
func (a *body) one() { a.I32(1) }

// countdown runs turn as often as the local n says, which is zero afterwards.
func (a *body) countdown(n uint64, turn func()) {
	a.unless(func() { a.Get(n).Op(wasm.OpI32Eqz) }, func() {
		a.loop(func() {
			turn()
			a.add(n, func() { a.I32(-1) })
		})
	})
}

// times runs turn a constant number of times, counted in a local.
func (a *body) times(local uint64, n int32, turn func()) {
	a.I32(n).Set(local)
	a.loop(func() {
		turn()
		a.add(local, func() { a.I32(-1) })
	})
}

// module is a module under construction.
type module struct{ asm.Module }

// run defines the exported function (i32) -> (i32) with further locals, given by their letters in wasm.SigTypes.
func (m *module) run(locals string, build func(a *body)) *module {
	m.function(Export, "i:i", locals, build)
	return m
}

// start defines the function that runs at the start, with two locals of type i32.
func (m *module) start(build func(a *body)) {
	index := uint32(m.function("", ":", "ii", build))
	m.Start = &index
}

// function defines a function and returns its index.
func (m *module) function(export, sig, locals string, build func(a *body)) uint64 {
	a := new(body)
	build(a)
	return uint64(m.Func(export, sig, locals, &a.Body))
}

// pages defines a memory of a fixed size.
func (m *module) pages(n uint64) *module {
	m.Memory(n, n)
	return m
}

// data puts bytes into the memory.
func (m *module) data(offset int32, bytes []byte) *module {
	m.Datas = append(m.Datas, wasm.DataSegment{Offset: new(asm.Body).I32(offset).Expr(), Init: bytes})
	return m
}

// table defines a table that holds functions.
func (m *module) table(funcs []uint32) {
	n := uint64(len(funcs))
	m.Tables = append(m.Tables, wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: n, Max: n, HasMax: true}})
	m.Elems = append(m.Elems, wasm.ElemSegment{Offset: new(asm.Body).I32(0).Expr(), Type: wasm.FuncRef, Funcs: funcs})
}
