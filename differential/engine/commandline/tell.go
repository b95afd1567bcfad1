package commandline

import (
	"errors"
	"hash/fnv"
	"math"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// The tags of records, in the order in which they come.
const (
	tagBegin        = 'S' // _start was reached: the module was compiled, linked and its segments fit
	tagInstantiated = 'I' // the start function, if there is one, has returned
	tagCall         = 'B' // the call with this index begins
	tagHost         = 'H' // the host function with this index is called; its arguments follow
	tagArg          = 'A'
	tagResult       = 'V' // of the call
	tagReturn       = 'E' // the call has returned
	tagGlobal       = 'G' // the next exported global
	tagTable        = 'T' // the size of the next exported table
	tagElems        = 'N' // 64 of its elements, a bit for each that is no null
	tagMemory       = 'M' // the size of the next exported memory in bytes
	tagOffset       = 'O' // what follows stands at this address
	tagWord         = 'W' // eight bytes of the memory; those that do not come are zero
	tagRest         = 'R' // the memory from the byte scratch on
	tagEnd          = 'Z'
)

var errNoRoom = errors.New("the guest's memory may be empty, and there is no other place to write from")

// telling is a module under construction that does what a job asks for and tells it.
type telling struct {
	asm.Module
	plan     *engine.Plan
	sink     *sink
	imported uint64 // the sink's import
	emit     uint64 // the function that writes a record
	start    *asm.Body
	locals   []wasm.ValType // of start
}

// tell returns a module that is a command: its only export beside the memory, _start, makes the calls of the plan and writes every result,
// every call of a host function, and the final state of what the original exports. Host functions are part of it.
func tell(p *engine.Plan, s *sink, maxPages uint64) ([]byte, error) {
	t := &telling{plan: p, sink: s, start: new(asm.Body)}
	t.Module.Module = *p.Module
	m := &t.Module.Module
	m.Types, m.Customs = slices.Clone(m.Types), nil
	if err := t.memory(maxPages); err != nil {
		return nil, err
	}
	// The sink's import comes first, then the functions of the original, then those in place of its imports.
	hosts := uint32(m.ImportedFuncs())
	defined := uint32(len(m.Funcs))
	to := func(f uint32) uint32 {
		if f < hosts {
			return 1 + defined + f
		}
		return f - hosts + 1
	}
	imports, exports, begin := m.Imports, m.Exports, m.Start
	m.Imports, m.Exports, m.Start = nil, nil, nil
	engine.Renumber(m, to)
	t.imported = uint64(t.Import(s.module, s.name, s.sig))
	t.emit = uint64(1 + defined + hosts) // comes after the host functions, which call it
	for i := range imports {
		t.host(i, &imports[i])
	}
	t.Func("", "iI:", s.locals, s.emit(t.imported))
	t.say(tagBegin, func(b *asm.Body) { b.I64(0) })
	if begin != nil {
		t.start.Op(wasm.OpCall, uint64(to(*begin)))
	}
	t.say(tagInstantiated, func(b *asm.Body) { b.I64(0) })
	for i := range p.Calls {
		if err := t.call(i, &p.Calls[i], exports, to); err != nil {
			return nil, err
		}
	}
	t.state(exports)
	t.say(tagEnd, func(b *asm.Body) { b.I64(0) })
	t.define("_start", wasm.FuncType{}, t.locals, t.start)
	t.Export("memory", wasm.ExternMemory, 0)
	return t.Encode(), nil
}

// memory makes sure that there is a page of memory, and lowers the maxima to what jobs allow.
func (t *telling) memory(maxPages uint64) error {
	m := &t.Module.Module
	m.Memories, m.Tables = slices.Clone(m.Memories), slices.Clone(m.Tables)
	if len(m.Memories) == 0 {
		m.Memories = []wasm.MemoryType{{Limits: wasm.Limits{Min: 1, Max: 1, HasMax: true}}}
	}
	if m.Memories[0].Limits.Min == 0 {
		return errNoRoom
	}
	lower := func(l *wasm.Limits, bound uint64) {
		if !l.HasMax || l.Max > bound {
			l.HasMax, l.Max = true, bound
		}
	}
	for i := range m.Memories {
		lower(&m.Memories[i].Limits, maxPages)
	}
	for i := range m.Tables {
		lower(&m.Tables[i].Limits, engine.MaxTableElems)
	}
	return nil
}

// define appends a function with locals of any types.
func (t *telling) define(export string, ft wasm.FuncType, locals []wasm.ValType, body *asm.Body) uint32 {
	f := wasm.Func{Type: t.Type(ft), Body: body.Expr()}
	for _, l := range locals {
		f.Locals = append(f.Locals, wasm.Locals{Count: 1, Type: l})
	}
	t.Funcs = append(t.Funcs, f)
	index := uint32(t.ImportedFuncs() + len(t.Funcs) - 1)
	if export != "" {
		t.Export(export, wasm.ExternFunc, index)
	}
	return index
}

// say adds to _start what writes a record.
func (t *telling) say(tag byte, value func(*asm.Body)) {
	t.sayIn(t.start, tag, value)
}

func (t *telling) sayIn(b *asm.Body, tag byte, value func(*asm.Body)) {
	b.I32(int32(tag))
	value(b)
	b.Op(wasm.OpCall, t.emit)
}

// bits turns the value on the stack into an i64, as [engine.Value] has it.
func bits(b *asm.Body, t wasm.ValType) {
	switch t {
	case wasm.I32:
		b.Op(wasm.OpI64ExtendI32U)
	case wasm.F32:
		b.Ops(wasm.OpI32ReinterpretF32, wasm.OpI64ExtendI32U)
	case wasm.F64:
		b.Op(wasm.OpI64ReinterpretF64)
	case wasm.FuncRef, wasm.ExternRef:
		b.Ops(wasm.OpRefIsNull, wasm.OpI32Eqz, wasm.OpI64ExtendI32U)
	}
}

// call makes one call of the plan and tells its results.
func (t *telling) call(i int, c *engine.Call, exports []wasm.Export, to func(uint32) uint32) error {
	at := slices.IndexFunc(exports, func(e wasm.Export) bool { return e.Kind == wasm.ExternFunc && e.Name == c.Export })
	if at < 0 {
		_, err := t.plan.FuncType(c.Export)
		return err
	}
	ft := t.plan.Types[exports[at].Index]
	t.say(tagCall, func(b *asm.Body) { b.I64(int64(i)) })
	args := c.Args
	for _, pt := range ft.Params {
		if pt.IsVector() { // two arguments
			t.start.Op(wasm.OpV128Const, args[0].Bits, args[1].Bits)
			args = args[2:]
			continue
		}
		if err := t.push(args[0]); err != nil {
			return err
		}
		args = args[1:]
	}
	t.start.Op(wasm.OpCall, uint64(to(exports[at].Index)))
	first := len(t.locals)
	t.locals = append(t.locals, ft.Results...)
	for k := len(ft.Results) - 1; k >= 0; k-- {
		t.start.Set(uint64(first + k))
	}
	for k, rt := range ft.Results {
		t.result(uint64(first+k), rt)
	}
	t.say(tagReturn, func(b *asm.Body) { b.I64(int64(i)) })
	return nil
}

// push pushes an argument.
func (t *telling) push(a engine.Value) error {
	switch a.Type {
	case wasm.I32:
		t.start.I32(int32(a.Bits))
	case wasm.I64:
		t.start.I64(int64(a.Bits))
	case wasm.F32:
		t.start.F32(math.Float32frombits(uint32(a.Bits)))
	case wasm.F64:
		t.start.F64(math.Float64frombits(a.Bits))
	default:
		if a.Bits != 0 {
			return errors.New("a module has no external references but null")
		}
		t.start.Op(wasm.OpRefNull, uint64(a.Type))
	}
	return nil
}

// result tells a result that is in a local, of a vector both halves.
func (t *telling) result(local uint64, rt wasm.ValType) {
	if rt.IsVector() {
		for half := range uint64(2) {
			t.say(tagResult, func(b *asm.Body) { b.Get(local).Op(wasm.OpI64x2ExtractLane, half) })
		}
		return
	}
	t.say(tagResult, func(b *asm.Body) {
		b.Get(local)
		bits(b, rt)
	})
}

// state tells what is exported, in the order of the exports.
func (t *telling) state(exports []wasm.Export) {
	globals := t.GlobalTypes()
	for _, e := range exports {
		switch {
		case e.Kind == wasm.ExternGlobal && !globals[e.Index].Type.IsVector():
			t.say(tagGlobal, func(b *asm.Body) {
				b.Op(wasm.OpGlobalGet, uint64(e.Index))
				bits(b, globals[e.Index].Type)
			})
		case e.Kind == wasm.ExternTable:
			t.start.Op(wasm.OpCall, uint64(t.table(e.Index)))
		case e.Kind == wasm.ExternMemory:
			t.start.Op(wasm.OpCall, uint64(t.dump(e.Index)))
		}
	}
}

// table defines a function that tells a table: its size, and its elements in words of 64 bits.
func (t *telling) table(index uint32) uint32 {
	const at, word = 0, 1
	b := new(asm.Body)
	t.sayIn(b, tagTable, func(b *asm.Body) { b.Op(wasm.OpTableSize, uint64(index)).Op(wasm.OpI64ExtendI32U) })
	b.Block(wasm.OpBlock).Block(wasm.OpLoop)
	b.Get(at).Op(wasm.OpTableSize, uint64(index)).Op(wasm.OpI32GeU).Op(wasm.OpBrIf, 1)
	b.Get(word).Get(at).Op(wasm.OpTableGet, uint64(index))
	bits(b, wasm.FuncRef)
	b.Get(at).Op(wasm.OpI64ExtendI32U).Ops(wasm.OpI64Shl, wasm.OpI64Or).Set(word)
	b.Get(at).I32(1).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, at)
	b.I32(63).Op(wasm.OpI32And).Op(wasm.OpI32Eqz) // 64 of them are complete
	b.Get(at).Op(wasm.OpTableSize, uint64(index)).Op(wasm.OpI32Eq).Op(wasm.OpI32Or).Block(wasm.OpIf)
	t.sayIn(b, tagElems, func(b *asm.Body) { b.Get(word) })
	b.I64(0).Set(word).End().Op(wasm.OpBr, 0).End().End()
	return t.define("", wasm.FuncType{}, []wasm.ValType{wasm.I32, wasm.I64}, b)
}

// dump defines a function that tells a memory. The first bytes come as words, because a sink may borrow them for the rest.
func (t *telling) dump(index uint32) uint32 {
	b := new(asm.Body).Op(wasm.OpMemorySize, uint64(index)).I32(16).Op(wasm.OpI32Shl).Set(0)
	t.sayIn(b, tagMemory, func(b *asm.Body) { b.Get(0).Op(wasm.OpI64ExtendI32U) })
	for at := int32(0); at < scratch; at += 8 {
		t.sayIn(b, tagOffset, func(b *asm.Body) { b.I64(int64(at)) })
		t.sayIn(b, tagWord, func(b *asm.Body) { b.I32(at).Op(wasm.OpI64Load, 0, 0) })
	}
	t.sayIn(b, tagRest, func(b *asm.Body) { b.I64(0) })
	t.sink.rest(b, t.imported, t.emit)
	return t.define("", wasm.FuncType{}, []wasm.ValType{wasm.I32, wasm.I64, wasm.I64}, b)
}

// host defines the function that stands for an import: it tells the call and does what [engine.HostResult] does.
func (t *telling) host(i int, imp *wasm.Import) {
	ft := t.Types[imp.Func]
	b := new(asm.Body)
	t.sayIn(b, tagHost, func(b *asm.Body) { b.I64(int64(i)) })
	for k, pt := range ft.Params {
		t.sayIn(b, tagArg, func(b *asm.Body) {
			b.Get(uint64(k))
			bits(b, pt)
		})
	}
	hash, word := uint64(len(ft.Params)), uint64(len(ft.Params))+1
	h := fnv.New64a()
	h.Write([]byte(imp.Module))
	h.Write([]byte{0xff})
	h.Write([]byte(imp.Name))
	b.I64(int64(h.Sum64())).Set(hash)
	for k, pt := range ft.Params {
		b.Get(uint64(k))
		bits(b, pt)
		canonical(b, uint64(k), pt)
		b.Set(word)
		for shift := int64(0); shift < 64; shift += 8 {
			b.Get(hash).Get(word).I64(shift).Op(wasm.OpI64ShrU).I64(0xff).Ops(wasm.OpI64And, wasm.OpI64Xor)
			b.I64(0x100000001b3).Op(wasm.OpI64Mul).Set(hash)
		}
	}
	for k, rt := range ft.Results {
		hostValue(b, rt, hash, word, int64(k))
	}
	t.define("", ft, []wasm.ValType{wasm.I64, wasm.I64}, b)
}

// canonical replaces the bits on the stack of a parameter that is a NaN.
func canonical(b *asm.Body, param uint64, t wasm.ValType) {
	switch t {
	case wasm.F32:
		b.I64(0x7fc00000).Get(param).Get(param).Ops(wasm.OpF32Eq, wasm.OpSelect)
	case wasm.F64:
		b.I64(0x7ff8<<48).Get(param).Get(param).Ops(wasm.OpF64Eq, wasm.OpSelect)
	}
}

// hostValue leaves the k-th result of a host function on the stack.
func hostValue(b *asm.Body, t wasm.ValType, hash, word uint64, k int64) {
	if t.IsRef() {
		b.Op(wasm.OpRefNull, uint64(t))
		return
	}
	xorShift := func(n int64) {
		b.Op(wasm.OpLocalTee, word).Get(word).I64(n).Ops(wasm.OpI64ShrU, wasm.OpI64Xor)
	}
	b.Get(hash).I64(k).Op(wasm.OpI64Add)
	xorShift(31)
	b.I64(-0x61c8864680b583eb).Op(wasm.OpI64Mul)
	xorShift(29)
	b.I64(-0x2917014799a6026d).Op(wasm.OpI64Mul)
	xorShift(32)
	b.Set(word)
	b.Get(word).I64(1).Op(wasm.OpI64ShrU)
	switch t {
	case wasm.I32, wasm.I64:
		// Half of them are small.
		b.I64(0xff).I64(-1).Get(word).I64(1).Ops(wasm.OpI64And, wasm.OpI64Eqz, wasm.OpSelect, wasm.OpI64And)
		if t == wasm.I32 {
			b.Op(wasm.OpI32WrapI64)
		}
	case wasm.F32:
		b.Ops(wasm.OpI32WrapI64, wasm.OpI32Extend16S, wasm.OpF32ConvertI32S).F32(8).Op(wasm.OpF32Div)
	case wasm.F64:
		b.Ops(wasm.OpI32WrapI64, wasm.OpF64ConvertI32S).F64(8).Op(wasm.OpF64Div)
	}
}
