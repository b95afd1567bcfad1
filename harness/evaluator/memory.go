package evaluator

import (
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// memories holds the memory instructions but loads and stores (section 4.4.7).
var memories = map[string]*Meaning{
	"memory.size": typed(nil, wasm.I32, func(f *frame, _ *Node, _ []Value) Value { return i32(f.memory().pages()) }),
	"memory.grow": typed(types(wasm.I32), wasm.I32, func(f *frame, _ *Node, args []Value) Value {
		return f.in.growMemory(f.memory(), args[0].Bits)
	}),
	"memory.fill": typed(types(wasm.I32, wasm.I32, wasm.I32), 0, func(f *frame, _ *Node, args []Value) (none Value) {
		bytes := f.memory().span(args[0].Bits, args[2].Bits)
		for i := range bytes {
			bytes[i] = byte(args[1].Bits)
		}
		return
	}),
	"memory.copy": typed(types(wasm.I32, wasm.I32, wasm.I32), 0, func(f *frame, _ *Node, args []Value) (none Value) {
		bytes := append([]byte(nil), f.memory().span(args[1].Bits, args[2].Bits)...) // as they were before, if the ranges overlap
		f.memory().init(bytes, args[0].Bits, 0, args[2].Bits)
		return
	}),
	"memory.init": typed(types(wasm.I32, wasm.I32, wasm.I32), 0, func(f *frame, n *Node, args []Value) (none Value) {
		f.memory().init(f.in.datas[n.Imm[0]], args[0].Bits, args[1].Bits, args[2].Bits)
		return
	}),
	"data.drop": typed(nil, 0, func(f *frame, n *Node, _ []Value) (none Value) {
		f.in.datas[n.Imm[0]] = nil
		return
	}),
}

func (f *frame) memory() *Memory { return f.in.memories[0] }

// span returns n bytes from an address on, or traps. Neither number is above 2^34, so that the sum does not wrap.
func (m *Memory) span(at, n uint64) []byte {
	if at+n > uint64(len(m.Data)) {
		panic(wasm.MemoryOutOfBounds)
	}
	return m.Data[at : at+n]
}

// init copies n bytes of a segment, or traps without a change.
func (m *Memory) init(data []byte, to, from, n uint64) {
	bytes := m.span(to, n)
	if from+n > uint64(len(data)) {
		panic(wasm.MemoryOutOfBounds)
	}
	copy(bytes, data[from:from+n])
}

// growMemory returns the old number of pages, or -1 if the memory would be too large (section 4.5.3).
func (in *Instance) growMemory(m *Memory, n uint64) Value {
	old := m.pages()
	if old+n > in.limits.Pages || old+n > wasm.MaxPages || m.Type.Limits.HasMax && old+n > m.Type.Limits.Max {
		return i32(1<<32 - 1)
	}
	m.Data = append(m.Data, make([]byte, n*wasm.PageSize)...)
	return i32(old)
}

// address returns the effective address of a load or store: the operand plus the offset of the instruction, in 33 bits.
func address(n *Node, operand Value) uint64 { return operand.Bits + n.Imm[1] }

// load reads a little-endian number of a width in bits, at most 64, or traps.
func (f *frame) load(at uint64, width int) (x uint64) {
	for i, b := range f.memory().span(at, uint64(width/8)) {
		x |= uint64(b) << (8 * i)
	}
	return x
}

// store writes a little-endian number of a width in bits, or traps.
func (f *frame) store(at uint64, width int, x uint64) {
	bytes := f.memory().span(at, uint64(width/8))
	for i := range bytes {
		bytes[i] = byte(x >> (8 * i))
	}
}

// accesses finds loads and stores by their names: "load", "load16_s", "store8", and those of vectors "load8x8_u", "load32_splat",
// "load64_zero", "load8_lane" and "store8_lane".
func accesses(on shape, op operator) *Meaning {
	text, loads := strings.CutPrefix(op.text, "load")
	if !loads {
		var stores bool
		if text, stores = strings.CutPrefix(op.text, "store"); !stores {
			return nil
		}
	}
	digits, how, _ := strings.Cut(text, "_")
	first, second, pairs := strings.Cut(digits, "x") // of a load that extends lanes: their width and their number
	width, err := strconv.Atoi(first)
	if err != nil {
		width = on.width
	}
	var m *Meaning
	switch {
	case on.isV128():
		count, _ := strconv.Atoi(second)
		m = vectorAccess(loads, width, how, count)
	case loads:
		t, extend := on.number(), extension(how == "s")
		m = typed(types(wasm.I32), t, func(f *frame, n *Node, args []Value) Value {
			return Num(t, extend(width, on.width, f.load(address(n, args[0]), width)))
		})
	default:
		m = typed(types(wasm.I32, on.number()), 0, func(f *frame, n *Node, args []Value) (none Value) {
			f.store(address(n, args[0]), width, args[1].Bits)
			return
		})
	}
	m.Access = width / 8
	if pairs {
		m.Access = 8
	}
	return m
}

// vectorAccess is the meaning of a load or store of vectors or parts of them.
func vectorAccess(loads bool, width int, how string, count int) *Meaning {
	lane := shape{width: width, count: 128 / width}
	switch {
	case how == "lane" && loads:
		m := typed(types(wasm.I32, wasm.V128), wasm.V128, func(f *frame, n *Node, args []Value) Value {
			x := f.load(address(n, args[0]), width)
			return lane.replace(args[1], int(n.Lane), x)
		})
		m.Lanes = lane.count
		return m
	case how == "lane":
		m := typed(types(wasm.I32, wasm.V128), 0, func(f *frame, n *Node, args []Value) (none Value) {
			f.store(address(n, args[0]), width, lane.lanes(args[1])[n.Lane])
			return
		})
		m.Lanes = lane.count
		return m
	case !loads:
		return typed(types(wasm.I32, wasm.V128), 0, func(f *frame, n *Node, args []Value) (none Value) {
			bytes := args[1].Bytes()
			copy(f.memory().span(address(n, args[0]), 16), bytes[:])
			return
		})
	}
	return typed(types(wasm.I32), wasm.V128, func(f *frame, n *Node, args []Value) Value {
		at := address(n, args[0])
		switch {
		case how == "splat":
			return lane.splat(f.load(at, width))
		case how == "zero":
			return lane.vector([]uint64{f.load(at, width)})
		case count > 0:
			x := f.load(at, 64)
			wide := shape{width: 2 * width, count: count}
			var lanes []uint64
			for i := range count {
				lanes = append(lanes, extension(how == "s")(width, 2*width, x>>(i*width)&mask(width)))
			}
			return wide.vector(lanes)
		}
		return vector([16]byte(f.memory().span(at, 16)))
	})
}
