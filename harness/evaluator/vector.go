package evaluator

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// lanes returns the lanes of a vector, the first in the lowest bits (section 4.3.1).
func (s shape) lanes(v Value) []uint64 {
	bytes := v.Bytes()
	lanes := make([]uint64, s.count)
	for i := range lanes {
		for k := range s.width / 8 {
			lanes[i] |= uint64(bytes[i*s.width/8+k]) << (8 * k)
		}
	}
	return lanes
}

// vector returns the vector with the given lanes; those that are missing are zero.
func (s shape) vector(lanes []uint64) Value {
	var bytes [16]byte
	for i, x := range lanes {
		for k := range s.width / 8 {
			bytes[i*s.width/8+k] = byte(x >> (8 * k))
		}
	}
	return vector(bytes)
}

// splat returns the vector all lanes of which are x.
func (s shape) splat(x uint64) Value {
	lanes := make([]uint64, s.count)
	for i := range lanes {
		lanes[i] = x
	}
	return s.vector(lanes)
}

// replace returns v with another lane i.
func (s shape) replace(v Value, i int, x uint64) Value {
	lanes := s.lanes(v)
	lanes[i] = x
	return s.vector(lanes)
}

// each returns the vector whose lanes f makes of those of vectors with the same shape.
func (s shape) each(f func(lanes []uint64) uint64, vs ...Value) Value {
	var in [][]uint64
	for _, v := range vs {
		in = append(in, s.lanes(v))
	}
	out, at := make([]uint64, s.count), make([]uint64, len(vs))
	for i := range out {
		for k := range in {
			at[k] = in[k][i]
		}
		out[i] = f(at)
	}
	return s.vector(out)
}

// truthMask returns all ones or all zeros.
func truthMask(n int, b bool) uint64 {
	if b {
		return mask(n)
	}
	return 0
}

// lanewise finds the meanings of the operators that apply an operator on numbers to every lane (section 4.4.3): those with one operand,
// with two, shifts and comparisons.
func lanewise(on shape, op operator) *Meaning {
	if !on.isLanes() {
		return nil
	}
	unary, binary, compare := intUnary[op.text], intBinary[op.text], intCompare[op.text]
	if on.float {
		unary, binary, compare = unaryFloat(op.text), binaryFloat(op.text), compareFloat(op.text)
	}
	n, v128 := on.width, wasm.V128
	switch {
	case unary != nil:
		return pure(types(v128), v128, func(v []Value) Value {
			return on.each(func(x []uint64) uint64 { return unary(n, x[0]) }, v[0])
		})
	case binary != nil:
		return pure(types(v128, v128), v128, func(v []Value) Value {
			return on.each(func(x []uint64) uint64 { return binary(n, x[0], x[1]) }, v[0], v[1])
		})
	case compare != nil:
		return pure(types(v128, v128), v128, func(v []Value) Value {
			return on.each(func(x []uint64) uint64 { return truthMask(n, compare(n, x[0], x[1])) }, v[0], v[1])
		})
	case intShift[op.text] != nil:
		return pure(types(v128, wasm.I32), v128, func(v []Value) Value {
			return on.each(func(x []uint64) uint64 { return intShift[op.text](n, x[0], v[1].Bits) }, v[0])
		})
	}
	return nil
}

// moves finds the meanings of the operators that move lanes or make numbers of them (section 4.4.3).
func moves(on shape, op operator) *Meaning {
	if !on.isLanes() {
		return nil
	}
	number, v128 := on.number(), wasm.V128
	switch op.text {
	case "splat":
		return pure(types(number), v128, func(v []Value) Value { return on.splat(v[0].Bits & mask(on.width)) })
	case "extract_lane", "extract_lane_u", "extract_lane_s":
		extend := extension(op.text == "extract_lane_s")
		return withLanes(on.count, typed(types(v128), number, func(_ *frame, n *Node, v []Value) Value {
			return Num(number, extend(on.width, max(32, on.width), on.lanes(v[0])[n.Lane]))
		}))
	case "replace_lane":
		return withLanes(on.count, typed(types(v128, number), v128, func(_ *frame, n *Node, v []Value) Value {
			return on.replace(v[0], int(n.Lane), v[1].Bits&mask(on.width))
		}))
	case "all_true":
		return pure(types(v128), wasm.I32, func(v []Value) Value {
			all := true
			for _, x := range on.lanes(v[0]) {
				all = all && x != 0
			}
			return truth(all)
		})
	case "bitmask":
		return pure(types(v128), wasm.I32, func(v []Value) Value {
			bits := uint64(0)
			for i, x := range on.lanes(v[0]) {
				bits |= uint64(bit(x, on.width-1)) << i
			}
			return i32(bits)
		})
	case "swizzle":
		return pure(types(v128, v128), v128, func(v []Value) Value { return swizzle(on.lanes(v[0]), on.lanes(v[1])) })
	case "shuffle":
		return withLanes(2*on.count, typed(types(v128, v128), v128, func(_ *frame, n *Node, v []Value) Value {
			indexes := on.lanes(Value{Type: v128, Bits: n.Imm[0], High: n.Imm[1]})
			return swizzle(append(on.lanes(v[0]), on.lanes(v[1])...), indexes)
		}))
	}
	return nil
}

func withLanes(count int, m *Meaning) *Meaning {
	m.Lanes = count
	return m
}

// swizzle picks bytes; an index beyond them picks a zero.
func swizzle(bytes, indexes []uint64) Value {
	var out [16]byte
	for i, k := range indexes {
		if k < uint64(len(bytes)) {
			out[i] = byte(bytes[k])
		}
	}
	return vector(out)
}

// bitwise finds the meanings of the operators on vectors as a whole (section 4.4.3).
func bitwise(on shape, op operator) *Meaning {
	operators := map[string]struct {
		operands int
		f        func(a, b, c byte) byte
	}{
		"not":       {1, func(a, _, _ byte) byte { return ^a }},
		"and":       {2, func(a, b, _ byte) byte { return a & b }},
		"andnot":    {2, func(a, b, _ byte) byte { return a &^ b }},
		"or":        {2, func(a, b, _ byte) byte { return a | b }},
		"xor":       {2, func(a, b, _ byte) byte { return a ^ b }},
		"bitselect": {3, func(a, b, c byte) byte { return a&c | b&^c }},
	}
	if !on.isV128() {
		return nil
	}
	if op.text == "any_true" {
		return pure(types(wasm.V128), wasm.I32, func(v []Value) Value { return truth(v[0].Bytes() != [16]byte{}) })
	}
	row, ok := operators[op.text]
	if !ok {
		return nil
	}
	return pure(types(wasm.V128, wasm.V128, wasm.V128)[:row.operands], wasm.V128, func(v []Value) Value {
		var in [3][16]byte
		for i := range v {
			in[i] = v[i].Bytes()
		}
		var out [16]byte
		for i := range out {
			out[i] = row.f(in[0][i], in[1][i], in[2][i])
		}
		return vector(out)
	})
}
