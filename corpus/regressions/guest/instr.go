package guest

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// opsByName finds instructions by their names in the text format; of the two selects, the one without types.
var opsByName = func() map[string]wasm.Op {
	names := map[string]wasm.Op{}
	for op, info := range wasm.Ops() {
		if _, ok := names[info.Name]; !ok {
			names[info.Name] = op
		}
	}
	return names
}()

// instr reads one instruction, one hostcall with its arguments, or *name.
func (b *builder) instr(body *asm.Body) {
	w := b.take()
	if row := hostcalls[w.text]; row != nil {
		b.hostcall(body, row)
		return
	}
	if name, ok := strings.CutPrefix(w.text, "*"); ok {
		b.load(body, name)
		return
	}
	op, ok := opsByName[w.text]
	switch {
	case !ok || w.quoted:
		b.fail("%q is no instruction", w.text)
		return
	case op == wasm.OpSelect && b.is("("):
		op = wasm.OpSelectT
	case op == wasm.OpBrTable:
		body.BrTable(b.labels()...)
		return
	}
	var imms []uint64
	for _, kind := range op.Info().Imms {
		imms = append(imms, b.immediate(op, kind)...)
	}
	if op == wasm.OpSelectT {
		body.SelectOf(wasm.ValType(imms[0]))
		return
	}
	body.Op(op, imms...)
}

func (b *builder) labels() (labels []uint32) {
	b.want("(")
	b.each(")", func() { labels = append(labels, uint32(b.number())) })
	if len(labels) == 0 {
		b.fail("br_table needs a default label")
		return []uint32{0}
	}
	return labels
}

// immediate reads an immediate as [wasm.NewInstr] takes it. Indexes that are not there are 0, as is an offset; an alignment is
// the natural one.
func (b *builder) immediate(op wasm.Op, kind wasm.Imm) []uint64 {
	switch kind {
	case wasm.ImmFunc:
		return []uint64{uint64(b.funcIndex(b.take().text))}
	case wasm.ImmType:
		return []uint64{uint64(b.m.Type(b.sig()))}
	case wasm.ImmBlock:
		return []uint64{uint64(b.blockType())}
	case wasm.ImmMemarg:
		return b.memarg(op)
	case wasm.ImmI32:
		return []uint64{uint64(uint32(b.sum(b.take().text)))}
	case wasm.ImmI64, wasm.ImmLane:
		return []uint64{b.number()}
	case wasm.ImmF32:
		return []uint64{uint64(math.Float32bits(float32(b.float())))}
	case wasm.ImmF64:
		return []uint64{math.Float64bits(b.float())}
	case wasm.ImmRefType:
		return []uint64{uint64(b.valType())}
	case wasm.ImmTypes:
		b.want("(")
		t := b.valType()
		b.want(")")
		return []uint64{uint64(t)}
	case wasm.ImmV128:
		return []uint64{b.number(), b.number()}
	case wasm.ImmLanes:
		var halves [2]uint64
		for i := range 16 {
			halves[i/8] |= b.number() << (i % 8 * 8)
		}
		return halves[:]
	}
	if b.isNumber() {
		return []uint64{b.number()}
	}
	return []uint64{0}
}

// blockType reads the type of a block: a function type in letters, one result, or nothing.
func (b *builder) blockType() wasm.BlockType {
	w := b.peek()
	if strings.Contains(w.text, ":") {
		return wasm.BlockType(b.m.Type(b.sig()))
	}
	if t, ok := valTypes[w.text]; ok {
		b.take()
		return wasm.ResultBlock(t)
	}
	return wasm.EmptyBlock
}

// memarg reads "align=N", the exponent of a power of two, and "offset=N", or any of them, or none.
func (b *builder) memarg(op wasm.Op) []uint64 {
	imms := []uint64{uint64(bits.Len8(op.Info().Access) - 1), 0}
	for i, name := range []string{"align=", "offset="} {
		if text, ok := strings.CutPrefix(b.peek().text, name); ok {
			b.take()
			if imms[i], ok = number(text); !ok {
				b.fail("%q is no number", text)
			}
		}
	}
	return imms
}

// float reads a floating-point number, "nan" and "-inf" among them.
func (b *builder) float() float64 {
	w := b.take()
	v, err := strconv.ParseFloat(w.text, 64)
	if err != nil {
		b.fail("%q stands where a floating-point number is expected", w.text)
	}
	return v
}
