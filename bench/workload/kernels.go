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
	return module(0, "ii", func(a *body) {
		a.count(i, n, a.one, func() {
			a.Get(x)
			a.I32(lcgMul)
			a.Op(wasm.OpI32Mul)
			a.I32(lcgAdd)
			a.Op(wasm.OpI32Add)
			a.Get(i)
			a.Op(wasm.OpI32Xor)
			a.Set(x)
		})
		a.Get(x)
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
	return module(0, "", func(a *body) {
		a.Get(n)
		a.I32(2)
		a.Op(wasm.OpI32LtU)
		a.BlockOf(wasm.OpIf, wasm.ResultBlock(wasm.I32))
		a.Get(n)
		a.Op(wasm.OpElse)
		for _, back := range []int32{1, 2} {
			a.Get(n)
			a.I32(back)
			a.Op(wasm.OpI32Sub)
			a.Op(wasm.OpCall, 0)
		}
		a.Op(wasm.OpI32Add).End()
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
	return module(sieveMax/wasm.PageSize, "iii", func(a *body) {
		a.I32(0)
		a.I32(0)
		a.Get(n)
		a.Op(wasm.OpMemoryFill) // a call must not see what the one before wrote
		a.I32(2)
		a.Set(i)
		a.count(i, n, a.one, func() {
			a.Get(i)
			a.Op(wasm.OpI32Load8U, 0, 0)
			a.Op(wasm.OpI32Eqz)
			a.Block(wasm.OpIf)
			a.Get(primes)
			a.I32(1)
			a.Op(wasm.OpI32Add)
			a.Set(primes)
			a.Get(i)
			a.Get(i)
			a.Op(wasm.OpI32Add)
			a.Set(j)
			a.count(j, n, func() { a.Get(i) }, func() {
				a.Get(j)
				a.I32(1)
				a.Op(wasm.OpI32Store8, 0, 0)
			})
			a.End()
		})
		a.Get(primes)
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
