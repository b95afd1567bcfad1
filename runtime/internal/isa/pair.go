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

// fetches lists which numeric instructions are worth doing together with the load of their second operand, the load of each type,
// and with an instruction that takes their value.
var fetches = []struct{ types, thens, lasts string }{
	{"i32 i64", "add sub and or xor", ""},
	{"f32 f64", "add sub mul", ""},
	{"f32 f64", "mul", "add sub"},
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
		for load, then := range cross(f.types, "load", f.thens) {
			s := Spec{Name: ConstName(load) + ConstName(then), How: Fetch, Wasm: load, Then: then, Plus: true,
				Shape: Shape{D: Write, A: Read, B: Read, Imm: AddDisp}}
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
}

// Follows has, by the first, the instructions that do its work and more.
var Follows = func() [][]Follow {
	follows, byName := make([][]Follow, len(table)), map[string]Op{}
	for i := range table {
		byName[table[i].Name] = Op(i)
	}
	for i := range table {
		s := &table[i]
		of, f := &Of[s.Wasm], Follow{Op: Op(i), Then: s.Then, Second: s.Second, Tail: s.Tail}
		firsts := []Op{of.Plain}
		if s.Const {
			firsts[0] = of.Const
		}
		switch {
		case s.How == Pair:
		case s.How == Put:
			f.Then = s.Store
		case s.How == Fetch && s.Shape.Imm == AddDispSlot:
			firsts, f.Then = []Op{byName[ConstName(s.Wasm)+ConstName(s.Then)]}, s.Last
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
