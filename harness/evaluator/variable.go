package evaluator

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// parametric holds the parametric instructions (section 4.4.4). The select with a type does what the one without does.
var parametric = map[string]*Meaning{
	"drop": custom(func(f *frame, _ *Node) { f.pop() }),
	"select": custom(func(f *frame, _ *Node) {
		c, b, a := f.pop(), f.pop(), f.pop()
		if c.Bits != 0 {
			f.push(a)
		} else {
			f.push(b)
		}
	}),
}

// variables holds the variable instructions (section 4.4.5).
var variables = map[string]*Meaning{
	"local.get":  custom(func(f *frame, n *Node) { f.push(f.locals[n.Imm[0]]) }),
	"local.set":  custom(func(f *frame, n *Node) { f.locals[n.Imm[0]] = f.pop() }),
	"local.tee":  custom(func(f *frame, n *Node) { f.locals[n.Imm[0]] = f.stack[len(f.stack)-1] }),
	"global.get": custom(func(f *frame, n *Node) { f.push(f.in.globals[n.Imm[0]].Value) }),
	"global.set": custom(func(f *frame, n *Node) { f.in.globals[n.Imm[0]].Value = f.pop() }),
}

// references holds the reference instructions (section 4.4.2).
var references = map[string]*Meaning{
	"ref.null":    custom(func(f *frame, n *Node) { f.push(Default(wasm.ValType(n.Imm[0]))) }),
	"ref.is_null": custom(func(f *frame, _ *Node) { f.push(truth(f.pop().IsNull())) }),
	"ref.func":    custom(func(f *frame, n *Node) { f.push(Value{Type: wasm.FuncRef, Ref: f.in.funcs[n.Imm[0]]}) }),
}
