package workload

import (
	"math"
	"math/bits"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// A nest is a computation in a small language of loops over arrays, of which both the module and the reference in Go are made: each of its
// parts writes instructions, and does the same when it is run. Conditions are integers, as in WebAssembly.
type nest struct {
	ints, floats uint64 // variables; the first integer is the argument
	size         uint32 // of the memory, in bytes
	arrays       int
	arg          variable
	body         []part
	result       integer
}

// number is an expression.
type number[T int32 | float64] struct {
	emit func(*body)
	eval func(*state) T
}

type (
	integer = number[int32]
	float   = number[float64]
)

// part is a statement.
type part struct {
	emit func(*body)
	run  func(*state)
}

// state is what a nest works on when it is run in Go. Arrays share one memory, as they do in the module.
type state struct {
	ints   []int32
	floats []float64
	words  []uint64 // of the memory
	nints  uint64   // the number of integer variables, which come first among the module's locals
}

// nestOf returns what build describes: parts and a result.
func nestOf(build func(n *nest) (body []part, result integer)) *nest {
	n := &nest{size: 64}
	n.arg = n.integer()
	n.body, n.result = build(n)
	return n
}

// module returns the nest as a module.
func (n *nest) module() []byte {
	m := new(module).pages(uint64(n.size)/wasm.PageSize + 1)
	letters := ""
	for range n.ints - 1 {
		letters += "i"
	}
	for range n.floats {
		letters += "F"
	}
	m.run(letters, func(a *body) {
		for _, p := range n.body {
			p.emit(a)
		}
		n.result.emit(a)
	})
	return m.Encode()
}

// eval runs the nest in Go.
func (n *nest) eval(arg uint32) uint32 {
	s := &state{ints: make([]int32, n.ints), floats: make([]float64, n.floats), words: make([]uint64, n.size/8+1), nints: n.ints}
	s.ints[0] = int32(arg)
	for _, p := range n.body {
		p.run(s)
	}
	return uint32(n.result.eval(s))
}

// variable is a local integer.
type variable struct {
	integer
	index uint64
}

func (n *nest) integer() variable {
	at := n.ints
	n.ints++
	return variable{integer{func(a *body) { a.Get(at) }, func(s *state) int32 { return s.ints[at] }}, at}
}

func (v variable) set(x integer) part {
	return part{func(a *body) { x.emit(a); a.Set(v.index) }, func(s *state) { s.ints[v.index] = x.eval(s) }}
}

// floatVariable is a local float. Their locals come behind those of the integers, whose number is known once all are made.
type floatVariable struct {
	float
	n  *nest
	at uint64
}

func (n *nest) float() floatVariable {
	at := n.floats
	n.floats++
	return floatVariable{float{func(a *body) { a.Get(n.ints + at) }, func(s *state) float64 { return s.floats[at] }}, n, at}
}

func (v floatVariable) set(x float) part {
	return part{func(a *body) { x.emit(a); a.Set(v.n.ints + v.at) }, func(s *state) { s.floats[v.at] = x.eval(s) }}
}

// array is floats or integers in memory, eight bytes apart.
type array struct{ base uint32 }

func (n *nest) array(size int) array {
	// Arrays whose distance is a power of two would fall on the same lines of the cache.
	n.size += uint32(n.arrays) * 64
	a := array{n.size}
	n.arrays++
	n.size += 8 * uint32(size)
	return a
}

func (r array) address(a *body, i integer) {
	i.emit(a)
	a.I32(3).Op(wasm.OpI32Shl)
}

func (r array) word(s *state, i integer) *uint64 { return &s.words[r.base/8+uint32(i.eval(s))] }

func (r array) at(i integer) float {
	return float{func(a *body) { r.address(a, i); a.Op(wasm.OpF64Load, 3, uint64(r.base)) },
		func(s *state) float64 { return math.Float64frombits(*r.word(s, i)) }}
}

func (r array) put(i integer, x float) part {
	return part{func(a *body) { r.address(a, i); x.emit(a); a.Op(wasm.OpF64Store, 3, uint64(r.base)) },
		func(s *state) { v := x.eval(s); *r.word(s, i) = math.Float64bits(v) }}
}

func (r array) intAt(i integer) integer {
	return integer{func(a *body) { r.address(a, i); a.Op(wasm.OpI32Load, 2, uint64(r.base)) },
		func(s *state) int32 { return int32(*r.word(s, i)) }}
}

func (r array) putInt(i, x integer) part {
	return part{func(a *body) { r.address(a, i); x.emit(a); a.Op(wasm.OpI32Store, 2, uint64(r.base)) },
		func(s *state) { v := x.eval(s); *r.word(s, i) = uint64(uint32(v)) }}
}

// k is a constant integer, and fc a float.
func k(v int32) integer {
	return integer{func(a *body) { a.I32(v) }, func(*state) int32 { return v }}
}

func fc(v float64) float { return float{func(a *body) { a.F64(v) }, func(*state) float64 { return v }} }

func binary2[T, R int32 | float64](op wasm.Op, x, y number[T], f func(x, y T) R) number[R] {
	return number[R]{func(a *body) { x.emit(a); y.emit(a); a.Op(op) }, func(s *state) R { return f(x.eval(s), y.eval(s)) }}
}

func unary[T, R int32 | float64](op wasm.Op, x number[T], f func(x T) R) number[R] {
	return number[R]{func(a *body) { x.emit(a); a.Op(op) }, func(s *state) R { return f(x.eval(s)) }}
}

func truth(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

func add(x, y integer) integer {
	return binary2(wasm.OpI32Add, x, y, func(x, y int32) int32 { return x + y })
}
func sub(x, y integer) integer {
	return binary2(wasm.OpI32Sub, x, y, func(x, y int32) int32 { return x - y })
}
func mul(x, y integer) integer {
	return binary2(wasm.OpI32Mul, x, y, func(x, y int32) int32 { return x * y })
}
func rem(x, y integer) integer {
	return binary2(wasm.OpI32RemU, x, y, func(x, y int32) int32 { return int32(uint32(x) % uint32(y)) })
}
func div(x, y integer) integer {
	return binary2(wasm.OpI32DivU, x, y, func(x, y int32) int32 { return int32(uint32(x) / uint32(y)) })
}
func xor(x, y integer) integer {
	return binary2(wasm.OpI32Xor, x, y, func(x, y int32) int32 { return x ^ y })
}
func and(x, y integer) integer {
	return binary2(wasm.OpI32And, x, y, func(x, y int32) int32 { return x & y })
}
func rotl(x, y integer) integer {
	return binary2(wasm.OpI32Rotl, x, y, func(x, y int32) int32 { return int32(bits.RotateLeft32(uint32(x), int(y&31))) })
}
func lt(x, y integer) integer {
	return binary2(wasm.OpI32LtS, x, y, func(x, y int32) int32 { return truth(x < y) })
}
func eq(x, y integer) integer {
	return binary2(wasm.OpI32Eq, x, y, func(x, y int32) int32 { return truth(x == y) })
}

func plus(x, y float) float {
	return binary2(wasm.OpF64Add, x, y, func(x, y float64) float64 { return x + y })
}
func minus(x, y float) float {
	return binary2(wasm.OpF64Sub, x, y, func(x, y float64) float64 { return x - y })
}
func times(x, y float) float {
	return binary2(wasm.OpF64Mul, x, y, func(x, y float64) float64 { return x * y })
}
func over(x, y float) float {
	return binary2(wasm.OpF64Div, x, y, func(x, y float64) float64 { return x / y })
}
func least(x, y float) float {
	return binary2(wasm.OpF64Min, x, y, func(x, y float64) float64 { return min(x, y) })
}
func less(x, y float) integer {
	return binary2(wasm.OpF64Lt, x, y, func(x, y float64) int32 { return truth(x < y) })
}
func root(x float) float { return unary(wasm.OpF64Sqrt, x, math.Sqrt) }
func floatOf(x integer) float {
	return unary(wasm.OpF64ConvertI32S, x, func(x int32) float64 { return float64(x) })
}

// bitsOf returns the two halves of a float's bits together.
func bitsOf(x float) integer {
	return integer{func(a *body) {
		x.emit(a)
		a.Ops(wasm.OpI64ReinterpretF64, wasm.OpI32WrapI64)
		x.emit(a)
		a.Op(wasm.OpI64ReinterpretF64).I64(32).Ops(wasm.OpI64ShrU, wasm.OpI32WrapI64, wasm.OpI32Xor)
	}, func(s *state) int32 { b := math.Float64bits(x.eval(s)); return int32(b) ^ int32(b>>32) }}
}

// each runs parts for v from one number up to another.
func each(v variable, from, to integer, parts ...part) part {
	return seq(v.set(from), while(lt(v.integer, to), append(parts, v.set(add(v.integer, k(1))))...))
}

// seq runs parts one after the other.
func seq(parts ...part) part {
	return part{func(a *body) {
		for _, p := range parts {
			p.emit(a)
		}
	}, func(s *state) {
		for _, p := range parts {
			p.run(s)
		}
	}}
}

// while runs parts as long as a condition holds. As compilers write it, the condition is tested before the loop and at its end.
func while(cond integer, parts ...part) part {
	all := seq(parts...)
	return part{func(a *body) {
		a.unless(func() { cond.emit(a); a.Op(wasm.OpI32Eqz) }, func() { a.loop(func() { all.emit(a); cond.emit(a) }) })
	}, func(s *state) {
		for cond.eval(s) != 0 {
			all.run(s)
		}
	}}
}

// when runs parts if a condition holds.
func when(cond integer, parts ...part) part {
	all := seq(parts...)
	return part{func(a *body) {
		cond.emit(a)
		a.Block(wasm.OpIf)
		all.emit(a)
		a.End()
	}, func(s *state) {
		if cond.eval(s) != 0 {
			all.run(s)
		}
	}}
}

// digest mixes the first size floats of an array into h.
func (r array) digest(n *nest, h variable, size integer) part {
	i := n.integer()
	return each(i, k(0), size, h.set(xor(rotl(h.integer, k(5)), bitsOf(r.at(i.integer)))))
}
