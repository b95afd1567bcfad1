package matrix

import (
	"encoding/binary"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// The memory of a module: what accesses at its edges touch, at the beginning and at the end, and between them tables of operands and
// the slots of results.
const (
	pages    = 6
	memory   = pages * wasm.PageSize
	lowest   = 1024
	highest  = memory - 1024
	slotSize = 16 // of operands and results of any type
)

// builder is a module under construction.
type builder struct {
	asm.Module
	opts    Options
	own     []uint64 // values that the input has
	turn    int      // chooses among operands and forms
	next    uint32   // the first byte of memory that is free
	nop     uint32   // a function that does nothing
	same    map[wasm.ValType]uint32
	resumed []resumed
}

// resumed is a function that goes on, when it is called again, behind the operands that made it trap.
type resumed struct {
	index  uint32
	global uint32 // counts the pairs of operands that were tried
	calls  int    // that are enough to come to the end
}

// column is a list of operands in memory, a slot each.
type column struct {
	t      wasm.ValType
	values []value
	at     uint32
}

// column puts operands into memory; of a type that is 0 there are none, and one round without any.
func (b *builder) column(t wasm.ValType, values []value) *column {
	if t == 0 {
		return &column{values: make([]value, 1), at: b.next}
	}
	c := &column{t: t, values: values, at: b.next}
	var init []byte
	for _, v := range values {
		init = binary.LittleEndian.AppendUint64(init, v.low)
		init = binary.LittleEndian.AppendUint64(init, v.high)
	}
	b.data(c.at, init)
	b.next += uint32(len(init))
	return c
}

// data adds an active data segment.
func (b *builder) data(at uint32, init []byte) {
	b.Datas = append(b.Datas, wasm.DataSegment{Offset: new(asm.Body).I32(int32(at)).Expr(), Init: init})
}

// global defines a mutable global of type i32 and returns its index.
func (b *builder) global(init uint32) uint32 {
	b.Globals = append(b.Globals, wasm.Global{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: new(asm.Body).I32(int32(init)).Expr()})
	return uint32(len(b.Globals) - 1)
}

// export exports a function once more, under a name of its own.
func (b *builder) export(index uint32) {
	b.Export(fmt.Sprintf("f%d", len(b.Exports)), wasm.ExternFunc, index)
}

// What each type has: its letter in signatures, its constant instruction, and the load and store of all its bytes.
var letters, consts, loads, stores = func() (map[wasm.ValType]byte, map[wasm.ValType]wasm.Op, map[wasm.ValType]wasm.Op, map[wasm.ValType]wasm.Op) {
	l, c, in, out := map[wasm.ValType]byte{}, map[wasm.ValType]wasm.Op{}, map[wasm.ValType]wasm.Op{}, map[wasm.ValType]wasm.Op{}
	for letter, t := range wasm.SigTypes {
		l[t] = letter
	}
	for op, info := range wasm.Ops() {
		switch sig := op.Operands(); {
		case info.Class == wasm.ClassConst:
			c[sig.Results[0]] = op
		case info.Class == wasm.ClassLoad && int(info.Access) == bytesOf(sig.Results[0]):
			in[sig.Results[0]] = op
		case info.Class == wasm.ClassStore && int(info.Access) == bytesOf(sig.Params[1]):
			out[sig.Params[1]] = op
		}
	}
	return l, c, in, out
}()

func bytesOf(t wasm.ValType) int {
	switch t {
	case wasm.V128:
		return 16
	case wasm.I64, wasm.F64:
		return 8
	}
	return 4
}

// The locals of functions of a grid.
const (
	localAt      = iota // address of the first operand
	localSlot           // of the result
	localCount          // i32
	localSum            // i64
	localSaved          // the first operand
	localX              // the first operand, which forms may overwrite
	localY              // the second operand
	localResult         // of the instruction
	localDigest         // of the form
	localsBefore = localSaved
)

// grid is a function, or several, that applies something to each pair of two lists of operands.
type grid struct {
	xs, ys *column
	result wasm.ValType // what emit leaves
	inner  wasm.ValType // of localResult
	traps  bool         // for some operands, perhaps
	emit   func(c *code)
}

// code is what a form writes: the round for one second operand.
type code struct {
	*asm.Body
	b   *builder
	s   *subject
	imm []uint64 // immediates of the instruction
	y   value    // the second operand
	yAt uint32   // its address
	grid
	swapped bool // the second operand comes first
}

// grid adds the functions of g, if there is room for their results. Their outer loop takes the first operands from memory, and the
// second ones follow each other in the code. Functions that may trap count in a global, and are exported as often as
// they may trap and once more.
func (b *builder) grid(c code) {
	rows, each := uint32(len(c.xs.values)), uint32(len(c.ys.values))
	if b.next+rows*each*slotSize > highest {
		return
	}
	out := b.next
	b.next += rows * each * slotSize
	names := string([]byte{'i', 'i', 'i', 'I'})
	for _, t := range []wasm.ValType{c.xs.t, c.xs.t, c.ys.t, c.inner, c.result} {
		if t == 0 {
			t = wasm.I32
		}
		names += string(letters[t])
	}
	c.Body = new(asm.Body)
	if !c.traps {
		c.I32(int32(c.xs.at)).Set(localAt).Block(wasm.OpLoop)
		c.row(out)
		for k := range each {
			c.round(k, rows)
		}
		c.Get(localAt).I32(slotSize).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, localAt).I32(int32(c.xs.at+rows*slotSize)).Op(wasm.OpI32Ne).Op(wasm.OpBrIf, 0).End()
		b.export(b.Func("", ":", names, c.Body))
		return
	}
	global := uint64(b.global(0))
	for k := range each {
		c.Block(wasm.OpBlock).Block(wasm.OpLoop).Op(wasm.OpGlobalGet, global).I32(int32((k+1)*rows)).Op(wasm.OpI32GeU).Op(wasm.OpBrIf, 1)
		c.Op(wasm.OpGlobalGet, global).I32(4).Op(wasm.OpI32Shl).I32(int32(c.xs.at) - int32(k*rows*slotSize)).Op(wasm.OpI32Add).Set(localAt)
		c.Op(wasm.OpGlobalGet, global).I32(1).Op(wasm.OpI32Add).Op(wasm.OpGlobalSet, global)
		c.row(out)
		c.round(k, rows)
		c.Op(wasm.OpBr, 0).End().End()
	}
	r := resumed{b.Func("", ":", names, c.Body), uint32(global), int(max(rows, each)) + 3}
	if c.s == nil || c.s.info.Access > 0 {
		r.calls = int(rows*each) + 1
	}
	b.resumed = append(b.resumed, r)
	for range r.calls {
		b.export(r.index)
	}
}

// row writes what a row begins with: where its results go, and the first operand.
func (c *code) row(out uint32) {
	c.Get(localAt).I32(int32(out)-int32(c.xs.at)).Op(wasm.OpI32Add).Op(wasm.OpGlobalGet, 0).Op(wasm.OpI32Add).Set(localSlot)
	if c.xs.t != 0 {
		c.Get(localAt).Op(loads[c.xs.t], 0, 0).Set(localSaved)
	}
}

// round writes the code for one second operand, and puts its result into a slot.
func (c *code) round(k, rows uint32) {
	c.y, c.yAt = c.ys.values[k], c.ys.at+k*slotSize
	if c.xs.t != 0 {
		c.Get(localSaved).Set(localX)
	}
	if c.ys.t != 0 {
		c.konst(c.ys.t, c.y).Set(localY)
	}
	c.Get(localSlot)
	c.emit(c)
	c.Op(stores[c.result], 0, uint64(k*rows*slotSize))
}

// konst pushes a constant.
func (c *code) konst(t wasm.ValType, v value) *asm.Body {
	if t == wasm.V128 {
		return c.Op(consts[t], v.low, v.high)
	}
	return c.Op(consts[t], v.low)
}

// again calls everything that may trap again, from the beginning, when the memory has grown by a page.
func (b *builder) again() {
	body := new(asm.Body).I32(1).Op(wasm.OpMemoryGrow).Op(wasm.OpDrop)
	for _, r := range b.resumed {
		body.I32(0).Op(wasm.OpGlobalSet, uint64(r.global))
	}
	b.export(b.Func("", ":", "", body.I32(8).Op(wasm.OpGlobalSet, 0)))
	for _, r := range b.resumed {
		for range r.calls {
			b.export(r.index)
		}
	}
}
