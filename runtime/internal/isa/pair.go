package isa

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// chains lists which numeric instructions are worth doing together, the second with the value of the first. Those that are marked
// have the second operand of the first as a constant.
var chains = []struct {
	first, then wasm.Op
	konst       bool
}{
	{wasm.OpF64Mul, wasm.OpF64Add, false}, {wasm.OpF64Mul, wasm.OpF64Sub, false},
	{wasm.OpF32Mul, wasm.OpF32Add, false}, {wasm.OpF32Mul, wasm.OpF32Sub, false},
	{wasm.OpF64Mul, wasm.OpF64Add, true}, {wasm.OpF64Mul, wasm.OpF64Mul, false},
	{wasm.OpI32Mul, wasm.OpI32Add, false}, {wasm.OpI64Mul, wasm.OpI64Add, false}, {wasm.OpI32Mul, wasm.OpI32Add, true},
	{wasm.OpI32Shl, wasm.OpI32Add, true}, {wasm.OpI64Shl, wasm.OpI64Add, true},
	{wasm.OpI32ShrU, wasm.OpI32Xor, true}, {wasm.OpI64ShrU, wasm.OpI64Xor, true},
	{wasm.OpI32Shl, wasm.OpI32Xor, true}, {wasm.OpI64Shl, wasm.OpI64Xor, true},
	{wasm.OpI32Shl, wasm.OpI32Or, true}, {wasm.OpI64Shl, wasm.OpI64Or, true},
}

// fetches lists which numeric instructions are worth doing together with the load of their second operand.
var fetches = []struct{ load, then wasm.Op }{
	{wasm.OpF64Load, wasm.OpF64Add}, {wasm.OpF64Load, wasm.OpF64Sub}, {wasm.OpF64Load, wasm.OpF64Mul},
	{wasm.OpF32Load, wasm.OpF32Add}, {wasm.OpF32Load, wasm.OpF32Sub}, {wasm.OpF32Load, wasm.OpF32Mul},
	{wasm.OpI32Load, wasm.OpI32Add}, {wasm.OpI64Load, wasm.OpI64Add}, {wasm.OpI32Load, wasm.OpI32Xor}, {wasm.OpI64Load, wasm.OpI64Xor},
}

// pairs returns the instructions that do the work of two in a row.
func pairs() []Spec {
	var specs []Spec
	for _, c := range chains {
		s := Spec{Name: ConstName(c.first), How: Pair, Wasm: c.first, Then: c.then, Const: c.konst,
			Shape: Shape{D: Write, A: Read, B: Read, Imm: SlotRead}}
		if c.konst {
			s.Name, s.Shape.Imm = s.Name+"Const", Constant
		}
		s.Name += ConstName(c.then)
		specs = append(specs, s)
		if !Commutes(c.then) {
			s.Name, s.Second = s.Name+"Second", true
			specs = append(specs, s)
		}
	}
	for _, f := range fetches {
		specs = append(specs, Spec{Name: ConstName(f.load) + ConstName(f.then), How: Fetch, Wasm: f.load, Then: f.then, Plus: true,
			Shape: Shape{D: Write, A: Read, B: Read, Imm: AddDisp}})
	}
	return specs
}

// Follow is an instruction that does the work of one and of another that takes its value.
type Follow struct {
	Op            Op
	Then          wasm.Op
	Const, Second bool // as in [Spec]
}

// Follows has, by the first, the instructions that do the work of two.
var Follows = func() (follows [wasm.NumOps][]Follow) {
	for i := range table {
		if s := &table[i]; s.How == Pair || s.How == Fetch {
			follows[s.Wasm] = append(follows[s.Wasm], Follow{Op(i), s.Then, s.Const, s.Second || s.How == Fetch && !Commutes(s.Then)})
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
