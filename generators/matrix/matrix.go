// Package matrix makes modules that apply one instruction to all pairs of boundary operands, in many forms: from locals, constants and
// memory, before branches, into other instructions, across calls and loops, in ways in which each might be compiled otherwise. A value
// that one instruction computes wrongly for one operand in one form is met within one module.
//
// What there is to try follows from the opcode table: types, immediates, lanes, accesses. Only for control, tables and segments, whose
// instructions are about more than numbers, there are modules written one by one.
package matrix

import (
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// Options says what modules are for.
type Options struct {
	NoNaN bool // no operand is a NaN: what two of them give is left open by the specification
}

// topic is what a module is about: an instruction, or a scenario.
type topic struct {
	op       wasm.Op
	scenario func(b *builder)
}

// topics lists what there is, in the order of the opcode table, scenarios last.
var topics = func() (list []topic) {
	for op := range wasm.Ops() {
		if onNumbers(op) {
			list = append(list, topic{op: op})
		}
	}
	for _, s := range scenarios {
		list = append(list, topic{scenario: s})
	}
	return list
}()

// Topics returns how many modules there are that differ in more than operands.
func Topics() int { return len(topics) }

// Scenarios returns how many of the topics, the last ones, are scenarios about control, tables and segments.
func Scenarios() int { return len(scenarios) }

// Topic returns the shortest bytes of a module.
func Topic(i int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(i)) }

// Floats reports whether the module of data computes floats, so that ordinary and deterministic code of it differ.
func Floats(data []byte) bool {
	t, _, _ := read(data)
	if t.scenario != nil {
		return false
	}
	sig := t.op.Operands()
	return t.op.OpenLanes() > 0 || len(sig.Results) > 0 && sig.Results[0].IsFloat()
}

// read splits the bytes: the topic, a number that chooses among operands and forms, and further operands of 8 bytes each.
func read(data []byte) (t topic, turn int, own []uint64) {
	var b [3]byte
	copy(b[:], data)
	for rest := data[min(3, len(data)):]; len(rest) > 0 && len(own) < 3; {
		var x [8]byte
		rest = rest[copy(x[:], rest):]
		own = append(own, binary.LittleEndian.Uint64(x[:]))
	}
	return topics[int(binary.LittleEndian.Uint16(b[:]))%len(topics)], int(b[2]), own
}

// Module returns the module of some bytes: all forms of one instruction, or a scenario. Every byte string gives a valid module that
// ends; its functions are to be called in the order of their exports. Without imports, it exports its memory and tables.
func Module(data []byte, opts Options) *wasm.Module {
	t, turn, own := read(data)
	b := &builder{opts: opts, own: own, turn: turn, next: lowest, same: map[wasm.ValType]uint32{}}
	b.Memory(pages, pages+2)
	b.data(0, pattern[:])
	b.data(memory-uint32(len(pattern)), pattern[:])
	b.global(0)
	b.nop = b.Func("", ":", "", new(asm.Body).Op(wasm.OpNop))
	for _, t := range []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128} {
		l := string(letters[t])
		b.same[t] = b.Func("", l+":"+l, l, new(asm.Body).Get(0).Set(1).Get(1))
	}
	if t.scenario != nil {
		t.scenario(b)
	} else {
		b.forms(b.subject(t.op))
	}
	if t.op.Info().Access > 0 && len(b.resumed) > 0 {
		b.again()
	}
	count := uint32(len(b.Datas))
	b.DataCount = &count
	return &b.Module.Module
}

// pattern is in memory where accesses at its edges go.
var pattern = func() (p [64]byte) {
	for i := range p {
		p[i] = byte(0x81 + 37*i)
	}
	return p
}()
