package workload

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// kernels are small computations, each dominated by one kind of instruction.
func kernels() []Workload {
	return []Workload{
		{
			Name: "loop", Suite: "Kernel", Doc: "a linear congruential generator: arithmetic and one branch",
			Module: loopModule, Export: export, Arg: 1_000_000, Small: 1000, Reference: loop,
		},
		{
			Name: "fib", Suite: "Kernel", Doc: "Fibonacci numbers by recursion: calls",
			Module: fibModule, Export: export, Arg: 24, Small: 10, Reference: fib,
		},
		{
			Name: "sieve", Suite: "Kernel", Doc: "primes by Eratosthenes' sieve: byte loads and stores",
			Module: sieveModule, Export: export, Arg: sieveMax, Small: 1000, Reference: sieve,
		},
		{
			Name: "matmul", Suite: "Kernel", Doc: "product of two matrices of f64: address arithmetic and floats",
			Module: matmulModule, Export: export, Arg: matmulMax, Small: 6, Reference: matmul,
		},
		{
			Name: "copy", Suite: "Kernel", Doc: "copying memory by 64-bit words, then a checksum: wide loads and stores",
			Module: copyModule, Export: export, Arg: copyMax, Small: 512, Reference: copyWords,
		},
	}
}

// The factors of the linear congruential generator of Numerical Recipes.
const (
	lcgMul = 1664525
	lcgAdd = 1013904223
)

func loopModule() []byte {
	const n, i, x = 0, 1, 2
	return module(0, []wasm.ValType{wasm.I32, wasm.I32}, func(a *asm) {
		a.count(i, n, a.one, func() {
			a.get(x)
			a.i32(lcgMul)
			a.op(wasm.OpI32Mul)
			a.i32(lcgAdd)
			a.op(wasm.OpI32Add)
			a.get(i)
			a.op(wasm.OpI32Xor)
			a.set(x)
		})
		a.get(x)
	})
}

func loop(n uint32) (x uint32) {
	for i := range n {
		x = (x*lcgMul + lcgAdd) ^ i
	}
	return x
}

func fibModule() []byte {
	const n = 0
	return module(0, nil, func(a *asm) {
		a.get(n)
		a.i32(2)
		a.op(wasm.OpI32LtU)
		a.op(wasm.OpIf, uint64(wasm.ResultBlock(wasm.I32)))
		a.get(n)
		a.op(wasm.OpElse)
		for _, back := range []int32{1, 2} {
			a.get(n)
			a.i32(back)
			a.op(wasm.OpI32Sub)
			a.op(wasm.OpCall, 0)
		}
		a.ops(wasm.OpI32Add, wasm.OpEnd)
	})
}

func fib(n uint32) uint32 {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// sieveMax is the largest argument of the sieve: its memory holds a byte for each number below.
const sieveMax = 2 * wasm.PageSize

func sieveModule() []byte {
	const n, i, j, primes = 0, 1, 2, 3
	return module(sieveMax/wasm.PageSize, []wasm.ValType{wasm.I32, wasm.I32, wasm.I32}, func(a *asm) {
		a.i32(0)
		a.i32(0)
		a.get(n)
		a.op(wasm.OpMemoryFill) // a call must not see what the one before wrote
		a.i32(2)
		a.set(i)
		a.count(i, n, a.one, func() {
			a.get(i)
			a.op(wasm.OpI32Load8U, 0, 0)
			a.op(wasm.OpI32Eqz)
			a.op(wasm.OpIf, emptyBlock)
			a.get(primes)
			a.i32(1)
			a.op(wasm.OpI32Add)
			a.set(primes)
			a.get(i)
			a.get(i)
			a.op(wasm.OpI32Add)
			a.set(j)
			a.count(j, n, func() { a.get(i) }, func() {
				a.get(j)
				a.i32(1)
				a.op(wasm.OpI32Store8, 0, 0)
			})
			a.op(wasm.OpEnd)
		})
		a.get(primes)
	})
}

func sieve(n uint32) (primes uint32) {
	composite := make([]bool, n)
	for i := uint32(2); i < n; i++ {
		if composite[i] {
			continue
		}
		primes++
		for j := i + i; j < n; j += i {
			composite[j] = true
		}
	}
	return primes
}
