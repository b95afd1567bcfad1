package evaluator

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Meaning is what the specification says of an instruction.
type Meaning struct {
	// Type is what the instruction takes and gives; nil if that depends on more than the instruction's name.
	Type *wasm.FuncType
	// Access is the number of bytes of memory that it reads or writes; 0 if it has no alignment.
	Access int
	// Lanes is the number of lanes that its lane index is one of; 0 if it has none.
	Lanes int

	run func(f *frame, n *Node) exit
}

// meanings holds the meaning of every instruction but else and end, which are no instructions of the abstract syntax.
var meanings [wasm.NumOps]*Meaning

func init() {
	for o, info := range wasm.Ops() {
		meanings[o] = meaningOf(info.Name)
	}
}

// Of returns the meaning of an instruction, or nil for else and end.
func Of(op wasm.Op) *Meaning { return meanings[op] }

// families find the meaning of an instruction whose name has the form "shape.operator", or return nil.
var families = []func(on shape, op operator) *Meaning{constants, integers, floats, conversions, accesses, lanewise, widening, moves, bitwise}

// meaningOf finds a meaning by the name of an instruction.
func meaningOf(name string) *Meaning {
	for _, list := range []map[string]*Meaning{control, parametric, variables, references, tables, memories} {
		if m := list[name]; m != nil {
			return m
		}
	}
	prefix, text, _ := strings.Cut(name, ".")
	on, ok := shapeOf(prefix)
	if !ok {
		return nil
	}
	op := operatorOf(text)
	for _, family := range families {
		if m := family(on, op); m != nil {
			return m
		}
	}
	return nil
}

// shape is what the part of a name before the point says: a number type, v128, or the lanes of a vector (section 2.4.2).
type shape struct {
	float bool
	width int // bits of a number or of a lane
	count int // of lanes; 0 for a number and for v128
}

// shapeOf reads a shape: "i32", "v128" or "f32x4".
func shapeOf(s string) (on shape, ok bool) {
	if s == "v128" {
		return shape{width: 128}, true
	}
	if s == "" || s[0] != 'i' && s[0] != 'f' {
		return on, false
	}
	on.float = s[0] == 'f'
	width, count, _ := strings.Cut(s[1:], "x")
	on.width, _ = strconv.Atoi(width) // 0 if it is no number, which is no shape
	on.count, _ = strconv.Atoi(count)
	return on, on.width > 0 && on.text() == s
}

func (s shape) text() string {
	kind := "i"
	if s.float {
		kind = "f"
	}
	if s.count == 0 {
		return fmt.Sprint(kind, s.width)
	}
	return fmt.Sprint(kind, s.width, "x", s.count)
}

// isNumber, isLanes and isV128 tell the three kinds of shapes.
func (s shape) isNumber() bool { return s.count == 0 && s.width <= 64 }
func (s shape) isLanes() bool  { return s.count > 0 }
func (s shape) isV128() bool   { return s.width == 128 }

// number returns the type of the numbers that a lane is made of and becomes: unpacked(shape) in section 2.3.
func (s shape) number() wasm.ValType {
	switch {
	case s.float && s.width == 32:
		return wasm.F32
	case s.float:
		return wasm.F64
	case s.width == 64:
		return wasm.I64
	}
	return wasm.I32
}

// typ returns the type of values of the shape.
func (s shape) typ() wasm.ValType {
	if s.isNumber() {
		return s.number()
	}
	return wasm.V128
}

// operator is the part of a name behind the point. A shape in it is replaced by "*" in pattern: "trunc_sat_f64_s" has the pattern
// "trunc_sat_*_s" and comes from f64.
type operator struct {
	text    string
	pattern string
	from    shape // width 0 if there is none
}

func operatorOf(text string) operator {
	op := operator{text: text}
	words := strings.Split(text, "_")
	for i, w := range words {
		if s, ok := shapeOf(w); ok {
			words[i], op.from = "*", s
		}
	}
	op.pattern = strings.Join(words, "_")
	return op
}

// typed is the meaning of an instruction that takes values of fixed types and gives one result, or none if result is 0.
func typed(params []wasm.ValType, result wasm.ValType, compute func(f *frame, n *Node, args []Value) Value) *Meaning {
	t := &wasm.FuncType{Params: params}
	if result != 0 {
		t.Results = []wasm.ValType{result}
	}
	return &Meaning{Type: t, run: func(f *frame, n *Node) exit {
		v := compute(f, n, f.popN(len(params)))
		if result != 0 {
			f.push(v)
		}
		return next
	}}
}

// pure is typed for what is computed from the operands alone.
func pure(params []wasm.ValType, result wasm.ValType, compute func(args []Value) Value) *Meaning {
	return typed(params, result, func(_ *frame, _ *Node, args []Value) Value { return compute(args) })
}

// custom is the meaning of an instruction whose type depends on where it stands.
func custom(run func(f *frame, n *Node)) *Meaning {
	return &Meaning{run: func(f *frame, n *Node) exit {
		run(f, n)
		return next
	}}
}

// types lists value types.
func types(ts ...wasm.ValType) []wasm.ValType { return ts }
