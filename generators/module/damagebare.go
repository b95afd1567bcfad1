package module

import (
	"strconv"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// bare replaces a module by one without code of its own: a few imports, and constant expressions and a start that use them. What is wrong with
// such a module is the rule of one of these, since nothing else can be.
func bare(m *wasm.Module, t *tape.Tape) {
	number := []wasm.ValType{tape.Pick(t, damagedTypes)}
	*m = wasm.Module{Types: []wasm.FuncType{{}, {Results: number}, {Params: number}},
		Tables: []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 2}}}, Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1}}}}
	funcs := 0
	for i := range 1 + t.Intn(4) {
		im := wasm.Import{Module: "damage", Name: strconv.Itoa(i), Kind: wasm.ExternGlobal}
		if t.Intn(3) == 0 {
			im.Kind, im.Func = wasm.ExternFunc, uint32(t.Intn(len(m.Types)))
			funcs++
		} else {
			im.Global = wasm.GlobalType{Type: tape.Pick(t, damagedTypes), Mutable: t.Bool()}
		}
		m.Imports = append(m.Imports, im)
	}
	if funcs > 0 && t.Bool() {
		start := edge(t, funcs)
		m.Start = &start
	}
	for range 1 + t.Intn(2) {
		g := wasm.GlobalType{Type: tape.Pick(t, damagedTypes), Mutable: t.Bool()}
		for _, im := range m.Imports { // mostly one that can be read
			if im.Kind == wasm.ExternGlobal && t.Bool() {
				g.Type = im.Global.Type
			}
		}
		m.Globals = append(m.Globals, wasm.Global{Type: g, Init: constantOf(m, g.Type, t)})
	}
	if t.Bool() {
		m.Elems = []wasm.ElemSegment{{Mode: wasm.Active, Type: wasm.FuncRef, UseExprs: true, Offset: constantOf(m, wasm.I32, t),
			Exprs: []wasm.Expr{constantOf(m, wasm.FuncRef, t)}}}
	}
	if t.Bool() {
		m.Datas = []wasm.DataSegment{{Mode: wasm.Active, Offset: constantOf(m, wasm.I32, t), Init: []byte("data")}}
	}
}

// constantOf makes a constant expression of a type, or one that breaks one rule.
func constantOf(m *wasm.Module, of wasm.ValType, t *tape.Tape) wasm.Expr {
	p := newFlaws(m, &wasm.Func{}, 0, t)
	var readable []uint64
	for i, g := range p.spaces.Globals {
		if g.Type == of {
			readable = append(readable, uint64(i))
		}
	}
	switch choice := t.Intn(8); {
	case choice < 3 && len(readable) > 0:
		p.emit(wasm.OpGlobalGet, tape.Pick(t, readable))
	case choice == 3:
		p.emit(wasm.OpGlobalGet, p.edge(len(p.spaces.Globals)))
	case choice == 4 && of == wasm.FuncRef:
		p.emit(wasm.OpRefFunc, p.edge(len(p.spaces.Funcs)))
	case choice == 4 && of == wasm.I32, choice == 4 && of == wasm.I64:
		p.push(of, of)
		p.emit(map[wasm.ValType]wasm.Op{wasm.I32: wasm.OpI32Mul, wasm.I64: wasm.OpI64Sub}[of])
	case choice == 5:
		p.push(p.anyType())
	default:
		p.push(of)
	}
	var e wasm.Expr
	encodeDamaged(&e, append(p.code, wasm.NewInstr(wasm.OpEnd)), t)
	return e
}
