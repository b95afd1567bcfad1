package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// A probe is one instruction with operands of chosen classes, each as likely as the others, where ordinary statements mostly compute
// with values that are as good as random. The operands come in different ways, because what an engine does with one depends on where
// it is from, and the result goes to memory, to a local or to a sink.

// maxProbeFuncs bounds the functions of single probes.
const maxProbeFuncs = 12

// source is where an operand comes from.
type source uint8

const (
	fromConst    source = iota
	fromLocal           // set before the probe
	fromMemory          // stored before the probe, loaded as its operand
	fromCall            // kept in a local across a call
	fromComputed        // computed by another instruction
	numSources   = iota
)

// operand is an operand of a probe.
type operand struct {
	typ   wasm.ValType
	value value
	from  source
	local uint64
	at    address
}

// accessOps are the instructions that load and store all of a type.
var accessOps = func() (all struct{ load, store map[wasm.ValType]wasm.Op }) {
	all.load, all.store = map[wasm.ValType]wasm.Op{}, map[wasm.ValType]wasm.Op{}
	for o, info := range wasm.Ops() {
		switch sig := o.Operands(); {
		case info.Class == wasm.ClassLoad && uint64(info.Access) == sizeOf(sig.Results[0]):
			all.load[sig.Results[0]] = o
		case info.Class == wasm.ClassStore && uint64(info.Access) == sizeOf(sig.Params[1]):
			all.store[sig.Params[1]] = o
		}
	}
	return all
}()

// sizeOf returns the bytes of a number or vector in memory.
func sizeOf(t wasm.ValType) uint64 {
	switch t {
	case wasm.I32, wasm.F32:
		return 4
	case wasm.V128:
		return 16
	}
	return 8
}

// isProbed tells the instructions that probes are made of: those of operands that the opcode table types. Bulk operations take
// any operands only where they may trap.
func isProbed(o wasm.Op) bool {
	info := o.Info()
	return info.Class != wasm.ClassCustom && len(o.Operands().Params) > 0
}

// probeStatement appends up to three probes.
func (b *body) probeStatement() {
	for range 1 + b.t.Byte()%3 {
		if o, ok := b.g.probed(); ok {
			b.probe(o)
		}
		if !b.t.More() || len(b.code) > maxBodyBytes {
			return
		}
	}
}

// probed reads the instruction of a probe by the priorities, which say what ordinary statements miss.
func (g *generator) probed() (wasm.Op, bool) {
	if len(g.probes) == 0 {
		return 0, false
	}
	return g.probes[g.t.Weighted(g.priorities)], true
}

// probe appends a probe. One that may trap ends what it stands in, so it gets an exported function of its own, if traps are
// wanted, or none of the operands that trap.
func (b *body) probe(o wasm.Op) {
	g := b.g
	if len(o.Info().Traps) > 0 && g.traps && len(g.probeFuncs) < maxProbeFuncs {
		e := newBody(g, 0, wasm.FuncType{})
		e.apply(o, true)
		e.op(wasm.OpEnd)
		g.probeFuncs = append(g.probeFuncs, e.function())
		return
	}
	if o.Info().Class == wasm.ClassBulk {
		b.bulkStatement()
		return
	}
	b.apply(o, false)
}

// apply appends the instruction of a probe with its operands, and what becomes of its result.
func (b *body) apply(o wasm.Op, traps bool) {
	info, sig := o.Info(), o.Operands()
	params, access := sig.Params, address{}
	if info.Access > 0 {
		access, params = b.g.place(uint64(info.Access), traps), params[1:]
	}
	operands := make([]operand, len(params))
	for i, t := range params {
		operands[i] = b.prepare(t)
	}
	if info.Access > 0 {
		b.pushAddress(access)
	}
	for i := range operands {
		b.push(&operands[i])
	}
	if len(info.Traps) > 0 && info.Class.IsNumeric() && !traps {
		b.guard(o)
	}
	switch {
	case info.Access > 0:
		b.access(o, access.align, access.offset)
	case info.Class == wasm.ClassBulk:
		b.bulkAnywhere(o)
	case info.Class == wasm.ClassVector:
		b.vectorOp(o)
	default:
		b.op(o)
	}
	if len(sig.Results) == 0 {
		return
	}
	if !b.g.opts.RawNaN && o.OpenNaN() {
		b.canonicalise(sig.Results[0])
	}
	b.consume(sig.Results[0])
}

// prepare reads an operand and appends what must come before the probe.
func (b *body) prepare(t wasm.ValType) operand { return b.prepareValue(t, b.g.classValue(t)) }

// prepareValue is prepare for a value that is known.
func (b *body) prepareValue(t wasm.ValType, v value) operand {
	x := operand{typ: t, value: v, from: source(b.t.Byte() % byte(numSources))}
	switch x.from {
	case fromLocal:
		x.local = b.local(t)
		b.constant(t, x.value)
		b.op(wasm.OpLocalSet, x.local)
	case fromCall:
		x.local = b.newLocal(t)
		b.constant(t, x.value)
		b.op(wasm.OpLocalSet, x.local)
		b.clobber()
	case fromMemory:
		x.at = b.g.place(sizeOf(t), false)
		b.pushAddress(x.at)
		b.constant(t, x.value)
		b.op(accessOps.store[t], x.at.align, x.at.offset)
	}
	return x
}

// clobber appends something across which compilers have to save what is in registers: a call, or one that the runtime makes.
func (b *body) clobber() {
	if list := b.g.hosts(); len(list) > 0 && b.t.Bool() {
		i := b.t.Intn(len(list))
		for _, t := range list[i].sig.Params {
			b.code = appendZero(b.code, t)
		}
		b.op(wasm.OpCall, uint64(i))
		b.foldAll(list[i].sig.Results)
		return
	}
	b.i32(0)
	b.op(wasm.OpMemoryGrow, 0)
	b.op(wasm.OpDrop)
}

// push appends an operand that prepare has read.
func (b *body) push(x *operand) {
	switch x.from {
	case fromLocal, fromCall:
		b.op(wasm.OpLocalGet, x.local)
	case fromMemory:
		b.pushAddress(x.at)
		b.op(accessOps.load[x.typ], x.at.align, x.at.offset)
	case fromComputed:
		b.computed(x.typ, x.value)
	default:
		b.constant(x.typ, x.value)
	}
}

// constant appends a constant.
func (b *body) constant(t wasm.ValType, v value) { b.op(constOps[t], v.low, v.high) }

// computed appends instructions that give a value: it changes all bits and changes them back, or is chosen.
func (b *body) computed(t wasm.ValType, v value) {
	ones := value{1<<64 - 1, 1<<64 - 1}
	not, xor := value{^v.low, ^v.high}, wasm.OpV128Xor
	switch t {
	case wasm.I32:
		ones.low, not.low, xor = 1<<32-1, not.low&(1<<32-1), wasm.OpI32Xor
	case wasm.I64:
		xor = wasm.OpI64Xor
	case wasm.F32:
		b.op(wasm.OpI32Const, v.low)
		b.op(wasm.OpF32ReinterpretI32)
		return
	case wasm.F64:
		b.op(wasm.OpI64Const, v.low)
		b.op(wasm.OpF64ReinterpretI64)
		return
	}
	b.constant(t, not)
	b.constant(t, ones)
	b.op(xor)
}

// consume takes a result from the stack: into memory, mostly at an edge, where engines do not keep more of it than they should; into
// a local; or into a sink.
func (b *body) consume(t wasm.ValType) {
	switch k := b.t.Byte(); {
	case k < 100:
		b.fold(t)
	case k < 150:
		b.op(wasm.OpLocalSet, b.local(t))
	default:
		at := b.g.place(sizeOf(t), false)
		b.op(wasm.OpLocalSet, b.scratch[t])
		b.pushAddress(at)
		b.op(wasm.OpLocalGet, b.scratch[t])
		b.op(accessOps.store[t], at.align, at.offset)
	}
}

// bulkAnywhere appends a bulk operation whose operands are there already and may be anything.
func (b *body) bulkAnywhere(o wasm.Op) {
	var imms [2]uint64
	elem := tape.Pick(b.t, []wasm.ValType{wasm.FuncRef, wasm.ExternRef})
	for i, kind := range o.Info().Imms {
		imms[i], _ = b.region(kind, i, &elem)
	}
	b.op(o, imms[:len(o.Info().Imms)]...)
}
