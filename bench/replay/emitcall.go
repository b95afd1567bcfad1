package replay

import (
	"encoding/binary"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// call writes a call and the check of how it ended.
func (e *emitter) call(b *asm.Body, c *call, number int) {
	_ = c.each(func(p *wasi.Param, slot int) error { // nothing fails
		for i, t := range p.Kind.Core {
			e.argument(b, c, p, slot, i, t)
		}
		return nil
	})
	b.Op(wasm.OpCall, e.imports[c.row.Name])
	if !c.checked() {
		b.Op(wasm.OpDrop)
		return
	}
	if c.errno != 0 {
		b.Op(wasm.OpI32Eqz) // that it fails is checked, and not with which errno: engines differ in that
	} else if c.row.Moves() {
		for slot, n := range c.results { // one; engines may move a part, but not nothing where there is something
			b.I32(resultAt(slot)).Op(wasm.OpI32Load, 2, 0).Op(wasm.OpI32Eqz).I32(flag(n == 0)).Op(wasm.OpI32Ne).Op(wasm.OpI32Or)
		}
	}
	b.Block(wasm.OpIf).I32(int32(number+1)).Op(wasm.OpCall, e.note).End()
}

// checked reports whether it matters to the calls that follow how this one ends: it moves bytes or opens something. Of others engines differ
// in whether they are possible, such as fd_sync of a directory; what they do to files is seen in those.
func (c *call) checked() bool {
	return c.row.Moves() || slices.ContainsFunc(c.row.Params, func(p wasi.Param) bool { return p.Kind == wasi.FDOut })
}

func flag(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

// resultAt is where the number goes whose address is in a slot.
func resultAt(slot int) int32 { return resultsAt + int32(8*slot) }

// argument pushes the i-th core argument of a parameter.
func (e *emitter) argument(b *asm.Body, c *call, p *wasi.Param, slot, i int, t wasm.ValType) {
	v, k := c.args[slot+i], p.Kind
	switch {
	case t == wasm.I64:
		b.I64(int64(v))
	case (k.IsFD() || k == wasi.NewFD) && uint32(v) < maxFD:
		b.I32(0).Op(wasm.OpI32Load, 2, tableAt+4*uint64(uint32(v)))
	case i == 1: // a number of bytes or buffers
		b.I32(int32(v))
	case k == wasi.FDOut && c.errno == 0 && c.results[slot] < maxFD:
		b.I32(tableAt + 4*int32(c.results[slot]))
	case stores(k) || k == wasi.FDOut:
		b.I32(resultAt(slot))
	case c.buffers[slot] != nil:
		b.I32(int32(e.array(c.buffers[slot])))
	case c.inputs[slot] != nil:
		b.I32(int32(e.put(c.inputs[slot])))
	case k.Writes():
		b.I32(scratchAt)
	default:
		b.I32(int32(v))
	}
}

// array returns the place of an array of buffers. Those that are filled lie behind each other where calls may write.
func (e *emitter) array(list []buffer) uint32 {
	var array []byte
	free := uint32(scratchAt)
	for _, b := range list {
		at := free
		if b.data != nil {
			at = e.put(b.data)
		} else {
			free += b.size
		}
		array = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(array, at), b.size)
	}
	return e.put(array)
}
