package evaluator

import (
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// widening finds the meanings of the operators between vectors of different shapes (section 4.4.3). In the pattern of a conversion, "low",
// "high" and "zero" say which lanes take part; the rest is the name of the conversion of one lane.
func widening(on shape, op operator) *Meaning {
	if !on.isLanes() || !op.from.isLanes() {
		return nil
	}
	v128 := wasm.V128
	family, rest, _ := strings.Cut(op.pattern, "_")
	isSigned := strings.HasSuffix(op.pattern, "_s")
	switch {
	case family == "extmul":
		return pure(types(v128, v128), v128, func(v []Value) Value { return on.extmul(op.from, isSigned, rest[0] == 'h', v[0], v[1]) })
	case family == "extadd":
		return pure(types(v128), v128, func(v []Value) Value { return on.pairs(op.from, isSigned, v[0], op.from.splat(1)) })
	case family == "dot":
		return pure(types(v128, v128), v128, func(v []Value) Value { return on.pairs(op.from, isSigned, v[0], v[1]) })
	case family == "narrow":
		return pure(types(v128, v128), v128, func(v []Value) Value { return on.narrow(op.from, isSigned, v[0], v[1]) })
	}
	name := strings.NewReplacer("_low", "", "_high", "", "_zero", "").Replace(op.pattern)
	f := convert[name]
	if f == nil {
		return nil
	}
	high := strings.Contains(op.pattern, "_high")
	return pure(types(v128), v128, func(v []Value) Value {
		from := op.from.lanes(v[0])
		if n := on.count; len(from) > n && high {
			from = from[n:]
		} else if len(from) > n {
			from = from[:n]
		}
		lanes := make([]uint64, len(from)) // fewer than there are if the rest is to be zero
		for i, x := range from {
			lanes[i] = f(on, op.from, x)
		}
		return on.vector(lanes)
	})
}

// extended returns the lanes of a vector of another shape, extended to the width of on.
func (s shape) extended(from shape, isSigned bool, v Value) []uint64 {
	lanes := from.lanes(v)
	for i, x := range lanes {
		lanes[i] = extension(isSigned)(from.width, s.width, x)
	}
	return lanes
}

// extmul multiplies the extended lanes of one half of two vectors.
func (s shape) extmul(from shape, isSigned, high bool, a, b Value) Value {
	x, y := s.extended(from, isSigned, a), s.extended(from, isSigned, b)
	if high {
		x, y = x[s.count:], y[s.count:]
	}
	lanes := make([]uint64, s.count)
	for i := range lanes {
		lanes[i] = intBinary["mul"](s.width, x[i], y[i])
	}
	return s.vector(lanes)
}

// pairs multiplies the extended lanes of two vectors and adds two neighbours each.
func (s shape) pairs(from shape, isSigned bool, a, b Value) Value {
	x, y := s.extended(from, isSigned, a), s.extended(from, isSigned, b)
	lanes := make([]uint64, s.count)
	for i := range lanes {
		lanes[i] = (x[2*i]*y[2*i] + x[2*i+1]*y[2*i+1]) & mask(s.width)
	}
	return s.vector(lanes)
}

// narrow saturates the lanes of two vectors, which are signed, to a half of their width.
func (s shape) narrow(from shape, isSigned bool, a, b Value) Value {
	saturate := saturateU
	if isSigned {
		saturate = saturateS
	}
	lanes := append(from.lanes(a), from.lanes(b)...)
	for i, x := range lanes {
		lanes[i] = saturate(s.width, signed(from.width, x))
	}
	return s.vector(lanes)
}
