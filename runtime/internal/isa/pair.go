package isa

import (
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// chains lists which numeric instructions are worth doing together, each of the first with each of those that take its value: of
// each type. Which are follows from what compilers make of array indexes, hashes, bit fields and dot products.
var chains = []struct {
	types, firsts, thens string
	konst                bool // the second operand of the first is a constant
	tail                 bool // the other operand of the second is a constant
}{
	{types: "i32 i64", firsts: "add sub mul and or xor", thens: "add sub and or xor"},
	{types: "i32 i64", firsts: "add sub mul and or xor rotl rotr", thens: "add mul and or xor shl shr_s shr_u rotl rotr", tail: true},
	{types: "i32 i64", firsts: "mul and shl shr_s shr_u rotl rotr", thens: "add sub and or xor", konst: true},
	{types: "i32 i64", firsts: "add mul and shl shr_s shr_u", thens: "add and or xor shl shr_s shr_u", konst: true, tail: true},
	{types: "f32 f64", firsts: "add sub mul", thens: "add sub mul"},
	{types: "f32 f64", firsts: "mul", thens: "add sub", konst: true},
}

// fetches lists which numeric instructions are worth doing together with the load of their second operand, and with an instruction
// that takes their value; or with the load of their first operand, if the second is a constant.
var fetches = []struct {
	types, loads, thens, lasts string
	tail                       bool
}{
	{types: "i32 i64", loads: "load", thens: "add sub and or xor"},
	{types: "i32", loads: "load8_u load16_u", thens: "add and or xor"},
	{types: "f32 f64", loads: "load", thens: "add sub mul"},
	{types: "f32 f64", loads: "load", thens: "mul", lasts: "add sub"},
	{types: "i32", loads: "load load8_u load8_s load16_u", thens: "add mul and shl shr_u", tail: true},
}

// pairs returns the instructions that do the work of two in a row.
func pairs() []Spec {
	var specs []Spec
	for _, c := range chains {
		for first, then := range cross(c.types, c.firsts, c.thens) {
			s := Spec{Name: ConstName(first), How: Pair, Wasm: first, Then: then, Const: c.konst, Tail: c.tail, Shape: pairShape(c.konst, c.tail)}
			if c.konst {
				s.Name += "Const"
			}
			s.Name += ConstName(then)
			if c.tail {
				s.Name += "Const"
			}
			specs = append(specs, s)
			if !c.tail && !Commutes(then) {
				s.Name, s.Second = s.Name+"Second", true
				specs = append(specs, s)
			}
		}
	}
	for _, f := range fetches {
		for load, then := range cross(f.types, f.loads, f.thens) {
			s := Spec{Name: ConstName(load) + ConstName(then), How: Fetch, Wasm: load, Then: then, Plus: true,
				Shape: Shape{D: Write, A: Read, B: Read, Imm: AddDisp}}
			if f.tail {
				s.Name, s.Plus, s.Tail, s.Shape = s.Name+"Const", false, true, Shape{D: Write, A: Read, B: Disp, Imm: Constant}
			}
			if f.lasts == "" {
				specs = append(specs, s)
			}
			typ, _, _ := strings.Cut(load.Info().Name, ".")
			for _, last := range strings.Fields(f.lasts) {
				s := s
				s.Last, s.Shape.Imm = opNamed(typ+"."+last), AddDispSlot
				s.Name += ConstName(s.Last)
				specs = append(specs, s)
				s.Name, s.Second = s.Name+"Second", true
				specs = append(specs, s)
			}
		}
	}
	return specs
}

// pairShape returns the form of a Pair, by which of its operands are constants.
func pairShape(konst, tail bool) Shape {
	switch {
	case konst && tail:
		return Shape{D: Write, A: Read, Imm: TwoConstants}
	case konst || tail:
		return Shape{D: Write, A: Read, B: Read, Imm: Constant}
	}
	return Shape{D: Write, A: Read, B: Read, Imm: SlotRead}
}

// stored lists which numeric instructions are worth doing together with the store of their value.
var stored = []struct {
	types, firsts string
	konst         bool
}{
	{types: "i32 i64", firsts: "add sub and or xor"},
	{types: "i32 i64", firsts: "add and or xor", konst: true},
	{types: "f32 f64", firsts: "add sub mul"},
}

// puts returns the instructions that store what they compute: operands in fields B and D or the immediate word.
func puts() []Spec {
	var specs []Spec
	for _, p := range stored {
		for first, store := range cross(p.types, p.firsts, "store") {
			s := Spec{Name: ConstName(first) + "Store", How: Put, Wasm: first, Store: store, Const: p.konst, Plus: true,
				Shape: Shape{D: Read, A: Read, B: Read, Imm: AddDisp}}
			if p.konst {
				s.Name, s.Shape.D, s.Shape.Imm = ConstName(first)+"ConstStore", Unused, AddDispConst
			}
			specs = append(specs, s)
		}
	}
	return specs
}

// moved lists which loads are worth doing together with which store of what was loaded.
var moved = []struct{ types, load, store string }{
	{"i32 i64 f32 f64", "load", "store"},
	{"i32", "load8_u", "store8"},
	{"i32", "load16_u", "store16"},
}

// moves returns the instructions that store what they load, from field A to field D. Either can trap: the words behind the first
// belong to the store.
func moves() []Spec {
	var specs []Spec
	for _, m := range moved {
		for load, store := range cross(m.types, m.load, m.store) {
			specs = append(specs, Spec{Name: ConstName(load) + ConstName(store), How: Move, Wasm: load, Store: store, Plus: true,
				Shape: Shape{D: Read, A: Read, Imm: AddDispTwice}})
		}
	}
	return specs
}

// probes returns the branches on a comparison of what is loaded, an i32, with a constant, or on its bits.
func probes() []Spec {
	var specs []Spec
	for load, info := range wasm.Ops() {
		if info.Class != wasm.ClassLoad || load.Operands().Results[0] != wasm.I32 {
			continue
		}
		for then, info := range wasm.Ops() {
			if then != wasm.OpI32And && (info.Class != wasm.ClassCompare || then.Operands().Params[0] != wasm.I32) {
				continue
			}
			s := Spec{Name: ConstName(load) + "Br" + ConstName(then), How: Probe, Wasm: load, Then: then, Tail: true,
				Shape: Shape{D: ShortTarget, A: Read, B: Disp, Imm: Constant}}
			specs = append(specs, s)
			if then == wasm.OpI32And {
				s.Name, s.Negated = ConstName(load)+"BrNot"+ConstName(then), true
				specs = append(specs, s)
			}
		}
	}
	return specs
}

// cross yields each of firsts with each of thens, of each type.
func cross(types, firsts, thens string) func(yield func(first, then wasm.Op) bool) {
	return func(yield func(first, then wasm.Op) bool) {
		for _, typ := range strings.Fields(types) {
			for _, first := range strings.Fields(firsts) {
				for _, then := range strings.Fields(thens) {
					if !yield(opNamed(typ+"."+first), opNamed(typ+"."+then)) {
						return
					}
				}
			}
		}
	}
}

func opNamed(name string) wasm.Op {
	for op, info := range wasm.Ops() {
		if info.Name == name {
			return op
		}
	}
	panic("isa: no instruction " + name)
}

// Follow is an instruction that does the work of one and of another that takes its value.
type Follow struct {
	Op           Op
	Then         wasm.Op // the other
	Second, Tail bool    // as in [Spec]
	Branch       bool    // it branches on the value of the other, a comparison
	Negated      bool    // likewise
}

// Follows has, by the first, the instructions that do its work and more.
var Follows = func() [][]Follow {
	follows, byName := make([][]Follow, len(table)), map[string]Op{}
	for i := range table {
		byName[table[i].Name] = Op(i)
	}
	for i := range table {
		s := &table[i]
		of, f := &Of[s.Wasm], Follow{Op: Op(i), Then: s.Then, Second: s.Second, Tail: s.Tail, Branch: s.How == Probe, Negated: s.Negated}
		firsts := []Op{of.Plain}
		if s.Const {
			firsts[0] = of.Const
		}
		switch {
		case s.How == Pair, s.How == Probe:
		case s.How == Put:
			f.Then = s.Store
		case s.How == Move:
			firsts, f.Then = append(firsts, of.Plus), s.Store
		case s.How == Fetch && s.Shape.Imm == AddDispSlot:
			firsts, f.Then = []Op{byName[ConstName(s.Wasm)+ConstName(s.Then)]}, s.Last
		case s.How == Fetch && s.Tail:
		case s.How == Fetch:
			firsts, f.Second = append(firsts, of.Plus), !Commutes(s.Then)
		default:
			continue
		}
		for _, first := range firsts {
			follows[first] = append(follows[first], f)
		}
	}
	return follows
}()

// Commutes reports whether the order of the operands of a numeric instruction does not matter to the last bit. It does for floats:
// which of two NaNs an addition returns depends on it.
func Commutes(op wasm.Op) bool {
	switch op {
	case wasm.OpI32Add, wasm.OpI32Mul, wasm.OpI32And, wasm.OpI32Or, wasm.OpI32Xor,
		wasm.OpI64Add, wasm.OpI64Mul, wasm.OpI64And, wasm.OpI64Or, wasm.OpI64Xor:
		return true
	}
	return false
}
