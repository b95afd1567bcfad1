package evaluator

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// control holds the control instructions (section 4.4.8). Those of tail calls are of the proposal of that name.
var control = map[string]*Meaning{
	"unreachable":          {run: func(*frame, *Node) exit { panic(wasm.Unreachable) }},
	"nop":                  {run: func(*frame, *Node) exit { return next }},
	"block":                {run: func(f *frame, n *Node) exit { return f.block(n, n.Body) }},
	"loop":                 {run: (*frame).loop},
	"if":                   {run: (*frame).conditional},
	"br":                   {run: func(_ *frame, n *Node) exit { return exit(n.Imm[0]) }},
	"br_if":                {run: (*frame).branchIf},
	"br_table":             {run: (*frame).branchTable},
	"return":               {run: func(*frame, *Node) exit { return returning }},
	"call":                 {run: func(f *frame, n *Node) exit { return f.call(f.in.funcs[n.Imm[0]]) }},
	"call_indirect":        {run: func(f *frame, n *Node) exit { return f.call(f.indirect(n)) }},
	"return_call":          {run: func(f *frame, n *Node) exit { return f.tail(f.in.funcs[n.Imm[0]]) }},
	"return_call_indirect": {run: func(f *frame, n *Node) exit { return f.tail(f.indirect(n)) }},
}

// BlockType returns what a block takes and gives (section 3.2.2).
func BlockType(m *wasm.Module, b wasm.BlockType) wasm.FuncType {
	if b >= 0 {
		return m.Types[b]
	}
	if t, ok := b.Result(); ok {
		return wasm.FuncType{Results: []wasm.ValType{t}}
	}
	return wasm.FuncType{}
}

// block executes the body of a block whose parameters are on the stack. A branch to its label goes on behind it with the results.
func (f *frame) block(n *Node, body []Node) exit {
	t := BlockType(f.in.module, n.Block())
	height := len(f.stack) - len(t.Params)
	e := f.sequence(body)
	switch {
	case e == 0:
		f.unwind(height, len(t.Results))
		return next
	case e > 0:
		return e - 1
	}
	return e
}

// loop executes the body of a loop. A branch to its label begins it again with the parameters.
func (f *frame) loop(n *Node) exit {
	t := BlockType(f.in.module, n.Block())
	height := len(f.stack) - len(t.Params)
	for {
		e := f.sequence(n.Body)
		switch {
		case e == 0:
			f.unwind(height, len(t.Params))
		case e > 0:
			return e - 1
		default:
			return e
		}
	}
}

func (f *frame) conditional(n *Node) exit {
	if f.pop().Bits != 0 {
		return f.block(n, n.Body)
	}
	return f.block(n, n.Else)
}

func (f *frame) branchIf(n *Node) exit {
	if f.pop().Bits != 0 {
		return exit(n.Imm[0])
	}
	return next
}

func (f *frame) branchTable(n *Node) exit {
	i, last := f.pop().Bits, uint64(len(n.Labels)-1)
	return exit(n.Labels[min(i, last)])
}

func (f *frame) call(fn *Func) exit {
	f.stack = append(f.stack, f.invoke(fn, f.popN(len(fn.Type.Params)))...)
	return next
}

func (f *frame) tail(fn *Func) exit {
	f.callee, f.args = fn, f.popN(len(fn.Type.Params))
	return tailCall
}

// indirect finds the function that a call_indirect calls.
func (f *frame) indirect(n *Node) *Func {
	table, want := f.in.tables[n.Imm[1]], f.in.module.Types[n.Imm[0]]
	i := f.pop().Bits
	if i >= uint64(len(table.Elems)) {
		panic(wasm.UndefinedElement)
	}
	if table.Elems[i].IsNull() {
		panic(wasm.UninitializedElement)
	}
	fn := table.Elems[i].Ref.(*Func)
	if !fn.Type.Equal(want) {
		panic(wasm.SignatureMismatch)
	}
	return fn
}
