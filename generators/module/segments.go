package module

import (
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// planElems lays out table 0 for indirect calls, declares every function for ref.func, and adds segments for the code
// to use.
func (g *generator) planElems() {
	slots := g.planCalls()
	g.elems = []segment[wasm.ElemSegment]{
		{seg: wasm.ElemSegment{Mode: wasm.Active, Table: tableCalls, Explicit: g.t.Bool(), Offset: g.i32Expr(0), Type: wasm.FuncRef, Funcs: slots}},
		{seg: wasm.ElemSegment{Mode: wasm.Declarative, Type: wasm.FuncRef, Funcs: g.bodyIndices()}},
	}
	for range 1 + g.t.Intn(4) {
		g.elems = append(g.elems, g.planElem())
	}
}

// planCalls assigns the entries of table 0 to signatures and returns its contents.
func (g *generator) planCalls() (slots []uint32) {
	g.calls = map[string]uint32{}
	callees := g.callees()
	for _, c := range callees {
		key := c.sig.Key()
		if _, ok := g.calls[key]; ok {
			continue
		}
		g.calls[key] = uint32(len(slots))
		var same []uint32
		for _, d := range callees {
			if d.sig.Key() == key {
				same = append(same, d.index)
			}
		}
		for i := range callSlots {
			slots = append(slots, same[i%len(same)])
		}
	}
	limits := &g.tables[tableCalls].Limits
	limits.Min = max(limits.Min, uint64(len(slots)))
	limits.Max = max(limits.Max, limits.Min)
	return slots
}

func (g *generator) bodyIndices() []uint32 {
	list := make([]uint32, len(g.bodies))
	for i, b := range g.bodies {
		list[i] = b.index
	}
	return list
}

// planElem reads one element segment.
func (g *generator) planElem() segment[wasm.ElemSegment] {
	s := segment[wasm.ElemSegment]{seg: wasm.ElemSegment{Mode: wasm.Passive, Type: wasm.FuncRef}}
	table := uint32(tableFuncs)
	if g.t.Chance(64) && g.opts.ExternSegments {
		table, s.seg.Type, s.seg.UseExprs = tableExtern, wasm.ExternRef, true
	}
	n := 1 + g.t.Intn(9)
	s.size, s.drop = uint64(n), g.t.Bool()
	if g.t.Chance(80) {
		s.seg.Mode, s.seg.Table, s.seg.Explicit = wasm.Active, table, true
		s.seg.Offset = g.i32Expr(uint32(g.t.Intn(int(g.tables[table].Limits.Min) - n)))
	}
	s.seg.UseExprs = s.seg.UseExprs || g.t.Bool()
	for range n {
		switch f := tape.Pick(g.t, g.bodies).index; {
		case !s.seg.UseExprs:
			s.seg.Funcs = append(s.seg.Funcs, f)
		case s.seg.Type == wasm.FuncRef && g.t.Bool():
			s.seg.Exprs = append(s.seg.Exprs, constExpr(appendOp(nil, wasm.OpRefFunc, uint64(f))))
		default:
			s.seg.Exprs = append(s.seg.Exprs, constExpr(appendZero(nil, s.seg.Type)))
		}
	}
	// The store drops active segments at instantiation: relying on one traps.
	if s.seg.Mode == wasm.Active || s.drop {
		s.size = 0
	}
	return s
}

// patternBytes is the size of what memories begin with: numbers and vectors worth trying, since most that a module loads elsewhere is
// zero, and many defects of instructions do not show on zeros.
const patternBytes = 512

// patterns returns what memories begin with: a value of each kind after the other, chosen by a seed.
func patterns(seed uint16) []byte {
	values := classValues()
	init := make([]byte, 0, patternBytes)
	x := uint32(seed)*2 + 1
	for len(init) < patternBytes {
		for _, t := range []wasm.ValType{wasm.V128, wasm.F64, wasm.I64, wasm.F32, wasm.I32} {
			x = x*1664525 + 1013904223
			class := values[t][x>>8%uint32(len(values[t]))]
			v := class[x>>20%uint32(len(class))]
			var b [16]byte
			binary.LittleEndian.PutUint64(b[:8], v.low)
			binary.LittleEndian.PutUint64(b[8:], v.high)
			init = append(init, b[:sizeOf(t)]...)
		}
	}
	return init[:patternBytes]
}

// planDatas reads the data segments. The first puts patterns to where most accesses are.
func (g *generator) planDatas() {
	init := patterns(g.t.Uint16())
	g.datas = append(g.datas, segment[wasm.DataSegment]{seg: wasm.DataSegment{Mode: wasm.Active, Offset: g.i32Expr(0), Init: init}})
	for i := range 1 + g.t.Intn(4) {
		init := g.t.Bytes(g.t.Intn(20))
		if g.t.Bool() {
			init = g.appendPatterns(init, 1+g.t.Intn(6))
		}
		s := segment[wasm.DataSegment]{seg: wasm.DataSegment{Mode: wasm.Passive, Init: init}, size: uint64(len(init)), drop: g.t.Bool()}
		if g.t.Bool() && i > 0 {
			s.seg.Mode = wasm.Active
			room := uint32(g.memory.Limits.Min*wasm.PageSize) - uint32(len(init))
			at := min(uint32(g.t.Uint16()), room)
			if g.t.Chance(64) {
				at = room
			}
			s.seg.Offset = g.i32Expr(at)
			s.seg.Explicit = g.t.Bool()
		}
		if s.seg.Mode == wasm.Active || s.drop {
			s.size = 0
		}
		g.datas = append(g.datas, s)
	}
}

// appendPatterns appends n interesting values to the contents of a data segment.
func (g *generator) appendPatterns(dst []byte, n int) []byte {
	for range n {
		t := tape.Pick(g.t, []wasm.ValType{wasm.F64, wasm.F32, wasm.I64, wasm.I32})
		bits := interesting(g.t, t)
		width := 8
		if t == wasm.I32 || t == wasm.F32 {
			width = 4
		}
		for i := range width {
			dst = append(dst, byte(bits>>(8*i)))
		}
	}
	return dst
}
