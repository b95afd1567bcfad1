package scene

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// Built is a module of a scene.
type Built struct {
	asm.Module
	ID    int
	Named bool // all functions have the names that FuncName gives

	// TailsOut says that it makes tail calls of functions that are perhaps not its own.
	TailsOut bool

	who, left uint64 // indexes of the globals of Host
	funcs     []wasm.FuncType
	tables    []wasm.TableType
	globals   []wasm.GlobalType
	memories  int
	bodies    []*body // of the functions that it defines
	constants int     // how many of the globals constant expressions may read: those that are imported
}

// FuncName is the name of a function of a module in whose name section it stands.
func FuncName(id int, index uint32) string { return fmt.Sprintf("m%d.f%d", id, index) }

// ExportName is the name under which a module exports what has an index of a kind, besides the names of slots.
func ExportName(kind wasm.ExternKind, index int) string { return fmt.Sprintf("x%d.%d", kind, index) }

// newBuilt begins a module: what it imports, defines and how it starts. Statements follow.
func newBuilt(t *tape.Tape, id int) *Built {
	b := &Built{ID: id, Named: t.Bool()}
	for _, name := range []string{Who, Left} {
		b.imports(Host, name, Type{Kind: wasm.ExternGlobal, Global: Counter})
	}
	b.left = 1
	for range t.Intn(4) {
		b.slot(t, t.Intn(len(Slots)))
	}
	b.slot(t, t.Intn(Funcs))
	b.slot(t, tape.Pick(t, of(wasm.ExternTable)))
	hasMemory := t.Intn(4)
	if hasMemory%2 == 0 {
		b.slot(t, tape.Pick(t, of(wasm.ExternMemory)))
	}
	b.constants = len(b.globals)
	defined := 1 + t.Intn(3)
	if hasMemory == 1 {
		b.define(t, &Slots[tape.Pick(t, of(wasm.ExternMemory))])
	}
	for range t.Intn(3) {
		b.define(t, &Slots[Funcs+t.Intn(len(Slots)-Funcs)])
	}
	for i := range defined {
		slot := &Slots[t.Intn(Funcs)]
		if i == 0 && t.Intn(3) == 1 {
			slot = &Slots[0]
			b.Start = new(uint32(len(b.funcs)))
		}
		b.function(t, slot)
	}
	b.segments(t)
	return b
}

// slot imports what is in a slot, mostly with the type of the slot.
func (b *Built) slot(t *tape.Tape, i int) {
	s := Slots[i]
	if t.Chance(64) {
		s.Type = twisted(t, i)
	}
	if s.Kind == wasm.ExternMemory && b.memories > 0 {
		return
	}
	name := s.Name
	if t.Chance(6) {
		name = "nothing"
	}
	b.imports(Module, name, s.Type)
}

// twisted returns a type that is not, or not quite, that of a slot.
func twisted(t *tape.Tape, i int) Type {
	s := Slots[i].Type
	switch s.Kind {
	case wasm.ExternFunc:
		switch t.Intn(3) {
		case 0:
			s.Func = wasm.FuncType{Params: s.Func.Params}
		case 1:
			s.Func = wasm.FuncType{Results: s.Func.Results}
		default:
			s = Slots[t.Intn(len(Slots))].Type
		}
	case wasm.ExternTable:
		if s.Table.Limits = loosened(t, s.Table.Limits); t.Chance(96) {
			s.Table.Limits = Slots[i].Table.Limits
			s.Table.Elem = wasm.FuncRef + wasm.ExternRef - s.Table.Elem
		}
	case wasm.ExternMemory:
		s.Memory.Limits = loosened(t, s.Memory.Limits)
	case wasm.ExternGlobal:
		if t.Bool() {
			s.Global.Mutable = !s.Global.Mutable
		} else {
			s.Global.Type = Slots[len(Slots)-1-t.Intn(6)].Global.Type
		}
	}
	return s
}

// loosened returns limits at the edges of given ones.
func loosened(t *tape.Tape, l wasm.Limits) wasm.Limits {
	switch t.Intn(5) {
	case 0:
		l.Min++
	case 1:
		l.Max++
	case 2:
		l.Max, l.HasMax = max(l.Max, l.Min+1)-1, true
	case 3:
		l.Max, l.HasMax = 0, false
	case 4:
		l.Min = max(l.Min, 1) - 1
	}
	if l.HasMax {
		l.Max = max(l.Max, l.Min)
	}
	return l
}

// imports imports something.
func (b *Built) imports(module, name string, s Type) {
	im := wasm.Import{Module: module, Name: name, Kind: s.Kind, Table: s.Table, Memory: s.Memory, Global: s.Global}
	if s.Kind == wasm.ExternFunc {
		im.Func = b.Type(s.Func)
	}
	b.Imports = append(b.Imports, im)
	b.add(s)
}

// add counts something in its index space.
func (b *Built) add(s Type) {
	switch s.Kind {
	case wasm.ExternFunc:
		b.funcs = append(b.funcs, s.Func)
	case wasm.ExternTable:
		b.tables = append(b.tables, s.Table)
	case wasm.ExternMemory:
		b.memories++
	case wasm.ExternGlobal:
		b.globals = append(b.globals, s.Global)
	}
}

// define defines what fits a slot, and exports it for that.
func (b *Built) define(t *tape.Tape, s *Slot) {
	index := 0
	switch s.Kind {
	case wasm.ExternTable:
		index = len(b.tables)
		b.Tables = append(b.Tables, s.Table)
	case wasm.ExternMemory:
		if b.memories > 0 {
			return
		}
		b.Memories = append(b.Memories, s.Memory)
	case wasm.ExternGlobal:
		index = len(b.globals)
		b.Globals = append(b.Globals, wasm.Global{Type: s.Global, Init: b.constant(t, s.Global.Type)})
	}
	b.add(s.Type)
	b.offer(s, index)
}

// offer exports something for a slot, unless something else is.
func (b *Built) offer(s *Slot, index int) {
	for i := range b.Exports {
		if b.Exports[i].Name == s.Name {
			return
		}
	}
	b.Export(s.Name, s.Kind, uint32(index))
}

// constant returns a constant expression: a constant, a global that is imported, or a reference.
func (b *Built) constant(t *tape.Tape, typ wasm.ValType) wasm.Expr {
	x, v := new(asm.Body), t.Byte()
	if v%3 == 1 {
		for i, g := range b.globals[:b.constants] {
			if g.Type == typ && !g.Mutable {
				return x.Op(wasm.OpGlobalGet, uint64(i)).Expr()
			}
		}
	}
	pushConstant(x, typ, v)
	return x.Expr()
}

// pushConstant pushes a number, or null.
func pushConstant(x *asm.Body, typ wasm.ValType, v byte) {
	switch typ {
	case wasm.I32:
		x.I32(int32(int8(v)))
	case wasm.I64:
		x.I64(int64(int8(v)) << (v % 40))
	case wasm.F64:
		x.F64(float64(int8(v)) / 4)
	case wasm.V128:
		x.Op(wasm.OpV128Const, uint64(v)*0x0102030405060708, ^uint64(v))
	default:
		x.Op(wasm.OpRefNull, uint64(typ))
	}
}

// function begins a function for a slot.
func (b *Built) function(t *tape.Tape, s *Slot) {
	index := len(b.funcs)
	b.add(s.Type)
	b.bodies = append(b.bodies, newBody(b, s.Func, t.Byte()))
	b.offer(s, index)
}

// segments adds element and data segments, active ones at edges or beyond.
func (b *Built) segments(t *tape.Tape) {
	for range t.Intn(4) {
		what := t.Byte()
		e := wasm.ElemSegment{Type: wasm.FuncRef}
		for range t.Intn(4) {
			e.Funcs = append(e.Funcs, uint32(t.Intn(len(b.funcs))))
		}
		if at := int(what) / 2 % max(len(b.tables), 1); what%2 == 0 && at < len(b.tables) && b.tables[at].Elem == wasm.FuncRef {
			e.Mode, e.Table, e.Offset = wasm.Active, uint32(at), new(asm.Body).I32(int32(t.Intn(5))).Expr()
			e.Explicit = at > 0
		} else {
			e.Mode = wasm.Passive
		}
		b.Elems = append(b.Elems, e)
	}
	// Everything may be referred to.
	e := wasm.ElemSegment{Mode: wasm.Declarative, Type: wasm.FuncRef}
	for i := range b.funcs {
		e.Funcs = append(e.Funcs, uint32(i))
	}
	b.Elems = append(b.Elems, e)
	for range t.Intn(3) {
		d := wasm.DataSegment{Mode: wasm.Passive, Init: []byte(FuncName(b.ID, uint32(len(b.Datas))))}
		if b.memories > 0 && t.Bool() {
			at := int32(t.Intn(64))
			if at%8 == 7 {
				at += wasm.PageSize - 16
			}
			d.Mode, d.Offset = wasm.Active, new(asm.Body).I32(at).Expr()
		}
		b.Datas = append(b.Datas, d)
	}
	if len(b.Datas) > 0 {
		b.DataCount = new(uint32(len(b.Datas)))
	}
}

// finish ends the functions, exports everything and gives names.
func (b *Built) finish() {
	for _, x := range b.bodies {
		b.Funcs = append(b.Funcs, x.finish())
	}
	for kind, n := range [...]int{wasm.ExternFunc: len(b.funcs), wasm.ExternTable: len(b.tables), wasm.ExternMemory: b.memories, wasm.ExternGlobal: len(b.globals)} {
		for i := range n {
			b.Export(ExportName(wasm.ExternKind(kind), i), wasm.ExternKind(kind), uint32(i))
		}
	}
	if b.Named {
		b.Customs = append(b.Customs, wasm.Custom{Name: "name", Data: b.names(), After: wasm.SectionData})
	}
}

// names returns the content of the name section (appendix A.4.1 of the specification): of the module, of functions and of locals.
func (b *Built) names() []byte {
	text := func(to []byte, s string) []byte { return append(wasm.AppendU32(to, uint32(len(s))), s...) }
	part := func(to []byte, id byte, content []byte) []byte {
		return append(wasm.AppendU32(append(to, id), uint32(len(content))), content...)
	}
	funcs := wasm.AppendU32(nil, uint32(len(b.funcs)))
	for i := range b.funcs {
		funcs = text(wasm.AppendU32(funcs, uint32(i)), FuncName(b.ID, uint32(i)))
	}
	data := part(nil, 0, text(nil, "scene"))
	data = part(data, 1, funcs)
	locals := text(append(wasm.AppendU32(wasm.AppendU32(nil, 1), 0), 1, 0), "x") // local 0 of function 0
	return part(data, 2, locals)
}
