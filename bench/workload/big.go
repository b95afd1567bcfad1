package workload

import (
	"math/bits"
	"math/rand/v2"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The shape of the generated module: functions of two parameters that compute with bigLocals locals and call only later
// ones. Statements inside of others count.
const (
	bigFuncs      = 10
	bigStatements = 300 // of each function
	bigCalls      = 2   // of each function but the last
	bigLocals     = 6
	bigMask       = 0x3ffc // addresses
)

// bigState is what the statements of one call work on: the locals and the memory.
type bigState struct {
	v   [bigLocals]uint32
	mem []uint32
}

// statement is what a generated statement does, in Go.
type statement func(s *bigState)

// bigFunc is a generated function in Go.
type bigFunc []statement

func (f bigFunc) call(mem []uint32, a, b uint32) (result uint32) {
	s := bigState{mem: mem}
	s.v[0], s.v[1] = a, b
	for _, do := range f {
		do(&s)
	}
	for _, v := range s.v {
		result ^= v
	}
	return result
}

// generator writes the statements of a function twice at once: in the module, and in Go. Its numbers are the same each time.
type generator struct {
	*rand.Rand
	a     *body
	funcs *[bigFuncs]bigFunc
	self  int
	count int // of statements
}

func newGenerator(self int, a *body, funcs *[bigFuncs]bigFunc) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(uint64(self), 20)), a: a, funcs: funcs, self: self}
}

func (g *generator) local() uint64 { return g.Uint64N(bigLocals) }

// function writes the statements of a function.
func (g *generator) function() (f bigFunc) {
	for calls := 0; g.count < bigStatements; {
		switch {
		case g.self < bigFuncs-1 && calls < bigCalls && g.count >= bigStatements/bigCalls*calls:
			f = append(f, g.call())
			calls++
		case g.IntN(4) == 0:
			f = append(f, g.branch())
		default:
			f = append(f, g.simple())
		}
	}
	for v := range uint64(bigLocals) {
		g.a.Get(v)
	}
	for range bigLocals - 1 {
		g.a.Op(wasm.OpI32Xor)
	}
	return f
}

// simple writes arithmetic, a load or a store.
func (g *generator) simple() statement {
	g.count++
	switch g.IntN(8) {
	case 0:
		return g.load()
	case 1:
		return g.store()
	}
	return g.arithmetic()
}

// operators are what arithmetic is made of.
var operators = []struct {
	op wasm.Op
	f  func(a, b uint32) uint32
}{
	{wasm.OpI32Add, func(a, b uint32) uint32 { return a + b }},
	{wasm.OpI32Sub, func(a, b uint32) uint32 { return a - b }},
	{wasm.OpI32Xor, func(a, b uint32) uint32 { return a ^ b }},
	{wasm.OpI32Rotl, func(a, b uint32) uint32 { return bits.RotateLeft32(a, int(b&31)) }},
	{wasm.OpI32Rotr, func(a, b uint32) uint32 { return bits.RotateLeft32(a, -int(b&31)) }},
}

// arithmetic writes d = d op y, d = d op c, or d = d*c + y with an odd c, none of which loses what was in d: numbers stay random.
func (g *generator) arithmetic() statement {
	d, y, c := g.local(), g.Uint64N(bigLocals-1), g.Uint32()>>g.IntN(32)
	if y >= d {
		y++ // another local
	}
	o := operators[g.IntN(len(operators))]
	switch g.IntN(5) {
	case 0:
		c |= 1
		g.a.Get(d).I32(int32(c)).Op(wasm.OpI32Mul).Get(y).Op(wasm.OpI32Add).Set(d)
		return func(s *bigState) { s.v[d] = s.v[d]*c + s.v[y] }
	case 1, 2:
		g.a.Get(d).I32(int32(c)).Op(o.op).Set(d)
		return func(s *bigState) { s.v[d] = o.f(s.v[d], c) }
	}
	g.a.Get(d).Get(y).Op(o.op).Set(d)
	return func(s *bigState) { s.v[d] = o.f(s.v[d], s.v[y]) }
}

// load writes d = d ^ memory[x & mask].
func (g *generator) load() statement {
	d, x := g.local(), g.local()
	g.a.Get(d).Get(x).I32(bigMask).Op(wasm.OpI32And).Op(wasm.OpI32Load, 2, 0).Op(wasm.OpI32Xor).Set(d)
	return func(s *bigState) { s.v[d] ^= s.mem[s.v[x]&bigMask/4] }
}

// store writes memory[x & mask] = y.
func (g *generator) store() statement {
	x, y := g.local(), g.local()
	g.a.Get(x).I32(bigMask).Op(wasm.OpI32And).Get(y).Op(wasm.OpI32Store, 2, 0)
	return func(s *bigState) { s.mem[s.v[x]&bigMask/4] = s.v[y] }
}

// branch writes an if that depends on one bit of a local, or on the order of two, with an else or without.
func (g *generator) branch() statement {
	g.count++
	x, y, bit := g.local(), g.local(), uint32(1)<<g.IntN(32)
	test := func(s *bigState) bool { return s.v[x]&bit != 0 }
	if g.IntN(2) == 0 || x == y {
		g.a.Get(x).I32(int32(bit)).Op(wasm.OpI32And)
	} else {
		g.a.Get(x).Get(y).Op(wasm.OpI32LtU)
		test = func(s *bigState) bool { return s.v[x] < s.v[y] }
	}
	g.a.Block(wasm.OpIf)
	yes := g.arm()
	var no []statement
	if g.IntN(2) == 0 {
		g.a.Op(wasm.OpElse)
		no = g.arm()
	}
	g.a.End()
	return func(s *bigState) {
		arm := no
		if test(s) {
			arm = yes
		}
		for _, do := range arm {
			do(s)
		}
	}
}

func (g *generator) arm() (list []statement) {
	for range 1 + g.IntN(3) {
		list = append(list, g.simple())
	}
	return list
}

// call writes d = f(x, y) with a later function.
func (g *generator) call() statement {
	g.count++
	d, x, y, f := g.local(), g.local(), g.local(), g.self+1+g.IntN(bigFuncs-1-g.self)
	g.a.Get(x).Get(y).Op(wasm.OpCall, uint64(f)).Set(d)
	return func(s *bigState) { s.v[d] = g.funcs[f].call(s.mem, s.v[x], s.v[y]) }
}

// generate returns the module, whose function calls the first generated function n times, and the functions in Go.
func generate() (m *module, funcs *[bigFuncs]bigFunc) {
	m, funcs = new(module).pages(1), new([bigFuncs]bigFunc)
	for i := range funcs {
		m.function("", "ii:i", "iiii", func(a *body) { funcs[i] = newGenerator(i, a, funcs).function() })
	}
	const n, acc = 0, 1
	m.run("i", func(a *body) {
		a.I32(0).I32(0).I32(bigMask + 4).Op(wasm.OpMemoryFill)
		a.countdown(n, func() { a.Get(acc).Get(n).Op(wasm.OpCall, 0).Set(acc) })
		a.Get(acc)
	})
	return m, funcs
}

// largeFuncs is the number of functions that the large module has beside those of the big one. Nobody calls them.
const largeFuncs = 500

// largeModule is the big module with many more functions of the same kind: what a large program is to an engine that starts it.
func largeModule() []byte {
	m, _ := generate()
	for i := range largeFuncs {
		m.function("", "ii:i", "iiii", func(a *body) {
			g := newGenerator(bigFuncs-1, a, nil) // as the last one, which calls nobody
			g.Rand = rand.New(rand.NewPCG(uint64(i), 21))
			g.function()
		})
	}
	return m.Encode()
}

func bigModule() []byte {
	m, _ := generate()
	return m.Encode()
}

func big(n uint32) (acc uint32) {
	_, funcs := generate()
	mem := make([]uint32, bigMask/4+1)
	for ; n > 0; n-- {
		acc = funcs[0].call(mem, acc, n)
	}
	return acc
}
