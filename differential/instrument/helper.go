package instrument

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// emitter collects instructions.
type emitter struct{ code []byte }

func (e *emitter) op(o wasm.Op, imms ...uint64) *emitter {
	in := wasm.NewInstr(o, imms...)
	e.code = wasm.AppendInstr(e.code, &in)
	return e
}

// ops appends instructions without immediates.
func (e *emitter) ops(ops ...wasm.Op) *emitter {
	for _, o := range ops {
		e.op(o)
	}
	return e
}

// The parameters of the hash: h = (rotl(h, turn) xor word) times factor. The factor is odd, so that nothing is lost, and the digits of
// the golden ratio, so that a change of one bit changes many.
const (
	turn   = 5
	factor = 0x9e3779b97f4a7c15
)

// role says what a helper does with its arguments.
type role byte

const (
	counts  role = 'e' // an event
	chooses role = 'b' // an event whose operand is a condition: it counts as 1 or 0
	folds   role = 'v' // values that go into the hash and are no event
	records role = 'r' // a record
	stores  role = 's' // fills a slot
	samples role = 'm' // keeps the hash; the site is the number of the sample
	fixes   role = 'n' // returns its operand with NaNs as the canonical one; it has no site
)

// helper returns the index of the function that takes operands of the given types and a site, and plays a role. It is added when it is
// asked for the first time: a call is much smaller than what it does, and to compile a module takes longer than to run it.
func (r *rewriter) helper(what role, types []wasm.ValType) uint32 {
	key := string(what) + string(types)
	if index, ok := r.helpers[key]; ok {
		return index
	}
	index := uint32(r.in.ImportedFuncs() + len(r.in.Funcs) + len(r.added))
	r.helpers[key] = index
	r.added = append(r.added, wasm.Func{})
	t := wasm.FuncType{Params: append(append([]wasm.ValType(nil), types...), wasm.I32)}
	if what == fixes {
		t = wasm.FuncType{Params: types, Results: types}
	}
	h := &helper{r: r, types: types, site: uint64(len(types)), truth: what == chooses}
	switch what {
	case counts, chooses:
		h.event()
	case folds:
		h.fold()
	case records:
		h.dense()
	case stores:
		h.fill()
	case fixes:
		h.fixed(types[0], h.get(0))
	case samples:
		h.choose(r.o.Samples.Slots, func(k int) { h.op(wasm.OpGlobalGet, uint64(r.hash)).op(wasm.OpGlobalSet, uint64(int(r.sampled)+k)) })
	}
	h.op(wasm.OpEnd)
	r.added[index-uint32(r.in.ImportedFuncs()+len(r.in.Funcs))] = wasm.Func{Type: r.typeIndex(t), Body: wasm.Expr{Code: h.code}}
	return index
}

// helper is the body of one of the added functions. Its last parameter is the site.
type helper struct {
	emitter
	r     *rewriter
	types []wasm.ValType
	site  uint64
	truth bool // the operand is a condition
}

func (h *helper) event() {
	h.tellPin()
	h.stopFrom()
	h.dense()
	h.op(wasm.OpGlobalGet, uint64(h.r.count)).op(wasm.OpI64Const, 1).op(wasm.OpI64Add).op(wasm.OpGlobalSet, uint64(h.r.count))
	h.sparse()
	h.fold()
	h.sample()
	h.stopFrom()
}

// sample keeps the hash if the event that was just counted is one of those whose hash is kept.
func (h *helper) sample() {
	s := h.r.o.Samples
	if s == nil {
		return
	}
	count := func() *emitter { return h.op(wasm.OpGlobalGet, uint64(h.r.count)) }
	count().op(wasm.OpGlobalGet, uint64(h.r.next)).op(wasm.OpI64GeU)
	h.ifThen(func() {
		count().op(wasm.OpI64Const, s.From).op(wasm.OpI64Sub).op(wasm.OpI64Const, s.Every).ops(wasm.OpI64DivU, wasm.OpI32WrapI64)
		h.op(wasm.OpCall, uint64(h.r.helper(samples, nil)))
		count().op(wasm.OpI64Const, s.Every).op(wasm.OpI64Add).op(wasm.OpGlobalSet, uint64(h.r.next))
	})
}

// stopFrom traps if as many events as those before the stop, and the stop, were counted.
func (h *helper) stopFrom() {
	if h.r.o.Stops {
		h.op(wasm.OpGlobalGet, uint64(h.r.count)).op(wasm.OpGlobalGet, uint64(h.r.stop)).op(wasm.OpI64GeU)
		h.ifThen(func() { h.op(wasm.OpUnreachable) })
	}
}

func (h *helper) ifThen(then func()) {
	empty := wasm.EmptyBlock
	h.op(wasm.OpIf, uint64(empty))
	then()
	h.op(wasm.OpEnd)
}

// fold folds the site and the operands into the hash.
func (h *helper) fold() {
	mix := func() { h.op(wasm.OpI64Xor).op(wasm.OpI64Const, factor).op(wasm.OpI64Mul) }
	rotate := func() { h.op(wasm.OpI64Const, turn).op(wasm.OpI64Rotl) }
	h.op(wasm.OpGlobalGet, uint64(h.r.hash))
	rotate()
	h.op(wasm.OpLocalGet, h.site).op(wasm.OpI64ExtendI32U)
	mix()
	for i, t := range h.types {
		for w := range width(t) {
			rotate()
			h.word(i, w)
			mix()
		}
	}
	h.op(wasm.OpGlobalSet, uint64(h.r.hash))
}

// get returns what pushes a parameter.
func (h *helper) get(i int) func() *emitter {
	return func() *emitter { return h.op(wasm.OpLocalGet, uint64(i)) }
}

// word pushes a word of an operand.
func (h *helper) word(i, w int) {
	t, push := h.types[i], h.get(i)
	switch {
	case h.truth:
		push = func() *emitter { return h.get(i)().ops(wasm.OpI32Eqz, wasm.OpI32Eqz) }
	case h.r.o.NaNs == Folded && holdsFloats(t):
		push = func() *emitter { return h.fixed(t, h.get(i)) }
	}
	h.emitter.word(t, w, push)
}

// sparse keeps an event that was just counted.
func (h *helper) sparse() {
	rec := h.r.o.Record
	if rec == nil || rec.Dense {
		return
	}
	index := func() *emitter {
		return h.op(wasm.OpGlobalGet, uint64(h.r.count)).op(wasm.OpI64Const, rec.From).op(wasm.OpI64Sub)
	}
	index().op(wasm.OpI64Const, uint64(rec.Slots)).op(wasm.OpI64LtU)
	h.ifThen(func() { h.keep(func() { index().op(wasm.OpI32WrapI64) }) })
}

// dense keeps a record if all of the events before were counted.
func (h *helper) dense() {
	rec := h.r.o.Record
	if rec == nil || !rec.Dense {
		return
	}
	kept := func() *emitter { return h.op(wasm.OpGlobalGet, uint64(h.r.kept)) }
	h.op(wasm.OpGlobalGet, uint64(h.r.count)).op(wasm.OpI64Const, rec.From).op(wasm.OpI64Eq)
	h.ifThen(func() {
		if rec.Until > 0 {
			kept().op(wasm.OpI64Const, rec.Until).op(wasm.OpI64GeU)
			h.ifThen(func() { h.op(wasm.OpUnreachable) })
		}
		h.keep(func() { kept().op(wasm.OpI64Const, uint64(rec.Skip)).ops(wasm.OpI64Sub, wasm.OpI32WrapI64) })
		kept().op(wasm.OpI64Const, 1).op(wasm.OpI64Add).op(wasm.OpGlobalSet, uint64(h.r.kept))
	})
}

// keep fills the slot whose number slot pushes.
func (h *helper) keep(slot func()) {
	h.op(wasm.OpLocalGet, h.site).op(wasm.OpI64ExtendI32U)
	left := words(h.types)
	pad := maxWords - left
	for i, t := range h.types {
		for w := range min(width(t), left) {
			h.word(i, w)
			left--
		}
	}
	for range pad {
		h.op(wasm.OpI64Const, 0)
	}
	slot()
	h.op(wasm.OpCall, uint64(h.r.helper(stores, slotTypes)))
}

// slotTypes are the types of what a slot holds.
var slotTypes = []wasm.ValType{wasm.I64, wasm.I64, wasm.I64, wasm.I64, wasm.I64, wasm.I64, wasm.I64}

// fill is the body of the helper that fills the slot given by the last parameter with the other ones; numbers beyond the last are
// ignored.
func (h *helper) fill() {
	h.choose(h.r.o.Record.Slots, func(k int) {
		for w := range slotWords {
			h.op(wasm.OpLocalGet, uint64(w)).op(wasm.OpGlobalSet, uint64(int(h.r.slots)+k*slotWords+w))
		}
	})
}

// choose does one of n things, by the last parameter, or nothing if that is larger.
func (h *helper) choose(n int, do func(k int)) {
	empty := wasm.EmptyBlock
	var labels []uint32
	for k := range n + 1 {
		h.op(wasm.OpBlock, uint64(empty))
		labels = append(labels, uint32(k))
	}
	h.op(wasm.OpLocalGet, h.site)
	h.code = wasm.AppendInstr(h.code, &wasm.Instr{Op: wasm.OpBrTable, Labels: labels})
	for k := range n {
		h.op(wasm.OpEnd)
		do(k)
		h.op(wasm.OpReturn)
	}
	h.op(wasm.OpEnd)
}
