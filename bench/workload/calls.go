package workload

import (
	"math/bits"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func fibModule() []byte {
	const n = 0
	return new(module).run("", func(a *body) {
		a.Get(n).I32(2).Op(wasm.OpI32LtU)
		a.BlockOf(wasm.OpIf, wasm.ResultBlock(wasm.I32)).Get(n).Op(wasm.OpElse)
		for _, back := range []int32{1, 2} {
			a.Get(n).I32(back).Op(wasm.OpI32Sub).Op(wasm.OpCall, 0)
		}
		a.Op(wasm.OpI32Add).End()
	}).Encode()
}

func fib(n uint32) uint32 {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// targets are the functions of the indirect kernel: each takes an accumulator (local 0) and a number (local 1).
var targets = []struct {
	build func(a *body)
	f     func(acc, i uint32) uint32
}{
	{func(a *body) { a.Get(0).Get(1).Op(wasm.OpI32Add) },
		func(acc, i uint32) uint32 { return acc + i }},
	{func(a *body) { a.Get(0).Get(1).Op(wasm.OpI32Xor) },
		func(acc, i uint32) uint32 { return acc ^ i }},
	{func(a *body) { a.Get(0).I32(31).Op(wasm.OpI32Mul).Get(1).Op(wasm.OpI32Add) },
		func(acc, i uint32) uint32 { return acc*31 + i }},
	{func(a *body) { a.Get(0).Get(1).Op(wasm.OpI32Rotl) },
		func(acc, i uint32) uint32 { return bits.RotateLeft32(acc, int(i&31)) }},
	{func(a *body) { a.Get(0).Get(1).Op(wasm.OpI32Sub).I32(1).Op(wasm.OpI32Add) },
		func(acc, i uint32) uint32 { return acc - i + 1 }},
	{func(a *body) { a.Get(0).Get(0).I32(7).Op(wasm.OpI32ShrU).Op(wasm.OpI32Xor) },
		func(acc, _ uint32) uint32 { return acc ^ acc>>7 }},
	{func(a *body) { a.Get(1).Get(0).I32(3).Op(wasm.OpI32Shl).Op(wasm.OpI32Sub) },
		func(acc, i uint32) uint32 { return i - acc<<3 }},
	{func(a *body) { a.Get(0).Get(1).Op(wasm.OpI32Rotr).I32(5).Op(wasm.OpI32Sub) },
		func(acc, i uint32) uint32 { return bits.RotateLeft32(acc, -int(i&31)) - 5 }},
}

func indirectModule() []byte {
	m := new(module)
	var funcs []uint32
	for _, t := range targets {
		funcs = append(funcs, uint32(m.function("", "ii:i", "", t.build)))
	}
	m.table(funcs)
	const n, acc = 0, 1
	return m.run("i", func(a *body) {
		a.countdown(n, func() {
			a.Get(acc).Get(n)
			a.Get(n).I32(int32(len(targets) - 1)).Op(wasm.OpI32And)
			a.Op(wasm.OpCallIndirect, 0, 0).Set(acc) // type 0 is that of the targets
		})
		a.Get(acc)
	}).Encode()
}

func indirect(n uint32) (acc uint32) {
	for ; n > 0; n-- {
		acc = targets[n%uint32(len(targets))].f(acc, n)
	}
	return acc
}

// The instructions of the machine that the brtable kernel interprets. It has an accumulator and a counter.
const (
	opAdd   = iota // accumulator += counter
	opMix          // accumulator ^= accumulator >> 3
	opScale        // accumulator = accumulator*5 + 1
	opTurn         // rotate the accumulator by seven bits
	opDown         // counter--
	opAgain        // start the program again if the counter is not zero
	opHalt
	numOps
)

// program is what the machine runs.
var program = []byte{opAdd, opScale, opMix, opAdd, opTurn, opScale, opMix, opDown, opAgain, opHalt}

// brtableModule interprets the program: each instruction is fetched, br_table leads to what it does, and that branches back to the
// fetch.
func brtableModule() []byte {
	const counter, acc, pc = 0, 1, 2
	does := [numOps]func(a *body){
		opAdd:   func(a *body) { a.Get(acc).Get(counter).Op(wasm.OpI32Add).Set(acc) },
		opMix:   func(a *body) { a.Get(acc).Get(acc).I32(3).Ops(wasm.OpI32ShrU, wasm.OpI32Xor).Set(acc) },
		opScale: func(a *body) { a.Get(acc).I32(5).Op(wasm.OpI32Mul).I32(1).Op(wasm.OpI32Add).Set(acc) },
		opTurn:  func(a *body) { a.Get(acc).I32(7).Op(wasm.OpI32Rotl).Set(acc) },
		opDown:  func(a *body) { a.addTo(counter, -1) },
		opAgain: func(a *body) { a.I32(0).Get(pc).Get(counter).Op(wasm.OpSelect).Set(pc) },
		opHalt:  func(a *body) { a.Get(acc).Op(wasm.OpReturn) },
	}
	return new(module).pages(1).data(0, program).run("ii", func(a *body) {
		a.Get(counter).Op(wasm.OpI32Eqz).Block(wasm.OpIf).I32(0).Op(wasm.OpReturn).End()
		a.Block(wasm.OpLoop)
		var labels []uint32
		for op := range does {
			a.Block(wasm.OpBlock)
			labels = append(labels, uint32(op))
		}
		a.Get(pc).Op(wasm.OpI32Load8U, 0, 0)
		a.addTo(pc, 1)
		a.BrTable(labels...)
		for op, do := range does {
			a.End()
			do(a)
			a.Op(wasm.OpBr, uint64(len(does)-1-op)) // to the loop
		}
		a.End().Op(wasm.OpUnreachable)
	}).Encode()
}

func brtable(counter uint32) (acc uint32) {
	if counter == 0 {
		return 0
	}
	for pc := 0; ; pc++ {
		switch program[pc] {
		case opAdd:
			acc += counter
		case opMix:
			acc ^= acc >> 3
		case opScale:
			acc = acc*5 + 1
		case opTurn:
			acc = bits.RotateLeft32(acc, 7)
		case opDown:
			counter--
		case opAgain:
			if counter != 0 {
				pc = -1
			}
		case opHalt:
			return acc
		}
	}
}

func hostcallModule() []byte {
	const n, acc = 0, 1
	m := new(module)
	host := uint64(m.Import(timing.HostModule, timing.HostName, "ii:i"))
	return m.run("i", func(a *body) {
		a.countdown(n, func() { a.Get(acc).Get(n).Op(wasm.OpCall, host).Set(acc) })
		a.Get(acc)
	}).Encode()
}

func hostcall(n uint32) (acc uint32) {
	for ; n > 0; n-- {
		acc = timing.HostFunc(acc, n)
	}
	return acc
}

// tinyModule keeps its argument in memory and adds one to it.
func tinyModule() []byte {
	const n, address = 0, 16
	return new(module).pages(1).run("", func(a *body) {
		a.I32(address).Get(n).Op(wasm.OpI32Store, 2, 0)
		a.I32(address).Op(wasm.OpI32Load, 2, 0).I32(1).Op(wasm.OpI32Add)
	}).Encode()
}

func tiny(n uint32) uint32 { return n + 1 }
