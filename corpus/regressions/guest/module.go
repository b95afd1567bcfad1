package guest

import (
	"maps"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// Options is what the same text can become different modules by.
type Options struct {
	// FirstDir is the descriptor of the first preopened directory; 0 means the usual 3.
	FirstDir int
	// Replace holds pairs of texts: the first is replaced by the second in everything that is quoted.
	Replace []string
}

// Guest is what a text describes.
type Guest struct {
	Module []byte
	Steps  []string // the exported functions in order; none for the form of bytes
	WASI   bool     // it imports hostcalls
}

// Build makes the module that text describes. Errors name the line.
func Build(text string, opts Options) (*Guest, error) {
	list, err := split(text)
	if err != nil {
		return nil, err
	}
	replace := strings.NewReplacer(opts.Replace...)
	for i := range list {
		if list[i].quoted {
			list[i].text = replace.Replace(list[i].text)
		}
	}
	r := reader{words: list}
	if r.skip("binary") {
		g := &Guest{Module: r.bytes("")}
		return g, r.err
	}
	b := builder{reader: r, opts: opts, funcs: map[string]uint32{}, places: map[string]place{}, next: firstPlace}
	b.index()
	for b.more() {
		b.item()
	}
	if b.err != nil {
		return nil, b.err
	}
	b.finish()
	return &Guest{Module: b.m.Encode(), Steps: b.steps, WASI: b.wasi}, nil
}

// builder reads the form that describes a module.
type builder struct {
	reader
	opts   Options
	m      asm.Module
	funcs  map[string]uint32 // by name, host functions included
	steps  []string
	wasi   bool
	places map[string]place
	next   uint64 // address of the next place in memory
}

var hostcalls = func() map[string]*wasi.Hostcall {
	rows := map[string]*wasi.Hostcall{}
	for row := range wasi.Hostcalls() {
		rows[row.Name] = row
	}
	return rows
}()

// index gives all functions their indexes, so that they can be used before they stand in the text. A hostcall is imported where it is
// first used.
func (b *builder) index() {
	var defined []string
	for i, w := range b.words {
		row := hostcalls[w.text]
		switch {
		case w.quoted:
		case row != nil:
			if _, ok := b.funcs[w.text]; !ok {
				b.wasi = true
				b.importFunc(wasi.Module, w.text, row.Type())
			}
		case w.text == "import" && i+3 < len(b.words):
			b.importFunc(b.words[i+1].text, b.words[i+2].text, asm.Sig(b.words[i+3].text))
		case (w.text == "func" || w.text == "step") && i+1 < len(b.words):
			defined = append(defined, b.words[i+1].text)
		}
	}
	for i, name := range defined {
		if _, ok := b.funcs[name]; ok {
			b.pos = 0
			b.fail("there are two functions %q", name)
		}
		b.funcs[name] = uint32(len(b.m.Imports) + i)
	}
}

func (b *builder) importFunc(module, name string, t wasm.FuncType) {
	b.funcs[name] = uint32(len(b.m.Imports))
	b.m.Imports = append(b.m.Imports, wasm.Import{Module: module, Name: name, Kind: wasm.ExternFunc, Func: b.m.Type(t)})
}

// item reads one item of the module.
func (b *builder) item() {
	switch w := b.take(); w.text {
	case "memory":
		b.m.Memories = append(b.m.Memories, wasm.MemoryType{Limits: b.limits()})
	case "table":
		b.m.Tables = append(b.m.Tables, wasm.TableType{Limits: b.limits(), Elem: b.valType()})
	case "global":
		t := b.valType()
		b.m.Globals = append(b.m.Globals, wasm.Global{Type: wasm.GlobalType{Type: t, Mutable: true}, Init: constant(t, b.number())})
	case "data":
		d := wasm.DataSegment{}
		if d.Mode, d.Offset = b.segment(); b.peek().quoted {
			d.Init = []byte(b.text())
		}
		b.m.Datas = append(b.m.Datas, d)
	case "elem":
		b.elem()
	case "custom":
		b.m.Customs = append(b.m.Customs, wasm.Custom{Name: b.text(), Data: []byte(b.text())})
	case "import":
		b.take()
		b.take()
		b.take() // index has read them
	case "func":
		b.function("", b.take().text)
	case "step":
		name := b.take().text
		b.steps = append(b.steps, name)
		if t := b.peek().text; hostcalls[t] != nil || b.isNumber() {
			b.define(name, name, wasm.FuncType{Results: []wasm.ValType{wasm.I32}}, []wasm.ValType{wasm.I32, wasm.I32}, b.hostcalls())
		} else {
			b.function(name, name)
		}
	case "start":
		index := b.funcIndex(b.take().text)
		b.m.Start = &index
	default:
		b.fail("%q is no item of a module", w.text)
	}
}

func (b *builder) limits() wasm.Limits {
	l := wasm.Limits{Min: b.number()}
	if b.isNumber() {
		l.Max, l.HasMax = b.number(), true
	}
	return l
}

// segment reads where an active segment begins, or "passive".
func (b *builder) segment() (wasm.SegmentMode, wasm.Expr) {
	if b.skip("passive") {
		return wasm.Passive, wasm.Expr{}
	}
	return wasm.Active, constant(wasm.I32, b.number())
}

func (b *builder) elem() {
	e := wasm.ElemSegment{Type: wasm.FuncRef, UseExprs: true}
	if t, ok := valTypes[b.peek().text]; ok {
		b.take()
		e.Type, e.Explicit = t, true
	}
	e.Mode, e.Offset = b.segment()
	b.want("(")
	b.each(")", func() {
		x := new(asm.Body)
		if b.skip("null") {
			x.Op(wasm.OpRefNull, uint64(e.Type))
		} else {
			x.Op(wasm.OpRefFunc, uint64(b.funcIndex(b.take().text)))
		}
		e.Exprs = append(e.Exprs, x.Expr())
	})
	b.m.Elems = append(b.m.Elems, e)
}

// constant returns a constant expression: of a reference type, null.
func constant(t wasm.ValType, bits uint64) wasm.Expr {
	x := new(asm.Body)
	switch t {
	case wasm.I32:
		x.Op(wasm.OpI32Const, uint64(uint32(bits)))
	case wasm.I64:
		x.Op(wasm.OpI64Const, bits)
	case wasm.F32:
		x.Op(wasm.OpF32Const, bits)
	case wasm.F64:
		x.Op(wasm.OpF64Const, bits)
	default:
		x.Op(wasm.OpRefNull, uint64(t))
	}
	return x.Expr()
}

var valTypes = func() map[string]wasm.ValType {
	types := map[string]wasm.ValType{}
	for _, t := range letters {
		types[t.String()] = t
	}
	return types
}()

// letters are those of wasm.SigTypes, and two for references.
var letters = func() map[byte]wasm.ValType {
	types := map[byte]wasm.ValType{'r': wasm.FuncRef, 'x': wasm.ExternRef}
	maps.Copy(types, wasm.SigTypes)
	return types
}()

func (b *builder) valType() wasm.ValType {
	w := b.take()
	t, ok := valTypes[w.text]
	if !ok {
		b.fail("%q is no type of a value", w.text)
	}
	return t
}

func (b *builder) funcIndex(name string) uint32 {
	i, ok := b.funcs[name]
	if !ok {
		b.fail("there is no function %q", name)
	}
	return i
}

// function reads a type, locals and a body.
func (b *builder) function(export, name string) {
	t := b.sig()
	var locals []wasm.ValType
	if b.skip("locals") {
		locals = b.types(b.take().text)
	}
	b.want("{")
	body := new(asm.Body)
	b.each("}", func() { b.instr(body) })
	b.define(export, name, t, locals, body)
}

// define adds a function.
func (b *builder) define(export, name string, t wasm.FuncType, locals []wasm.ValType, body *asm.Body) {
	if b.err != nil {
		return
	}
	f := wasm.Func{Type: b.m.Type(t), Body: body.Expr()}
	for _, l := range locals {
		f.Locals = append(f.Locals, wasm.Locals{Count: 1, Type: l})
	}
	b.m.Funcs = append(b.m.Funcs, f)
	if export != "" {
		b.m.Export(export, wasm.ExternFunc, b.funcs[name])
	}
}

// sig reads a function type in letters.
func (b *builder) sig() wasm.FuncType {
	params, results, ok := strings.Cut(b.take().text, ":")
	if !ok {
		b.fail("a function's type has a colon")
	}
	return wasm.FuncType{Params: b.types(params), Results: b.types(results)}
}

func (b *builder) types(text string) (types []wasm.ValType) {
	for i := range len(text) {
		t, ok := letters[text[i]]
		if !ok {
			b.fail("%q stands for no type", text[i])
		}
		types = append(types, t)
	}
	return types
}

// finish adds what follows from the rest: a memory for the places, its export, and the declaration that passive data needs.
func (b *builder) finish() {
	if b.wasi || len(b.places) > 0 {
		pages := (b.next + wasm.PageSize - 1) / wasm.PageSize
		if len(b.m.Memories) == 0 {
			b.m.Memories = append(b.m.Memories, wasm.MemoryType{Limits: wasm.Limits{Min: pages}})
		}
		b.m.Export("memory", wasm.ExternMemory, 0)
	}
	n := uint32(len(b.m.Datas))
	if n > 0 {
		b.m.DataCount = &n
	}
}
