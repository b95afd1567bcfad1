package workload

import "github.com/touchstone-wasm/touchstone/differential/engine/timing"

// kernels are small computations, each dominated by one kind of instruction. They are assembled here, as a compiler would write
// them.
func kernels() Suite {
	return Suite{Name: "kernels", Doc: "small computations, each dominated by one kind of instruction", Baseline: "wasmtime", Workloads: []Workload{
		{Name: "fib", Doc: "Fibonacci numbers by recursion: calls",
			Module: fibModule, Arg: 25, Small: 10, Reference: fib, Scalar: true},
		{Name: "sieve", Doc: "primes by Eratosthenes' sieve: strided byte stores",
			Module: sieveModule, Arg: sieveMax, Small: 1000, Reference: sieve, Scalar: true},
		{Name: "collatz", Doc: "lengths of Collatz sequences: 64-bit arithmetic and select",
			Module: collatzModule, Arg: 3000, Small: 20, Reference: collatz, Scalar: true},
		{Name: "matmul", Doc: "product of two matrices of f64: loads and float arithmetic",
			Module: matmulModule, Arg: matmulMax, Small: 6, Reference: matmul, Scalar: true},
		{Name: "copy", Doc: "memory copied byte by byte: loads and stores",
			Module: copyModule, Arg: copyMax, Small: 100, Reference: copyBytes, Scalar: true},
		{Name: "indirect", Doc: "functions called through a table",
			Module: indirectModule, Arg: 200_000, Small: 100, Reference: indirect, Scalar: true},
		{Name: "brtable", Doc: "a bytecode interpreter: br_table in a loop",
			Module: brtableModule, Arg: 30_000, Small: 50, Reference: brtable, Scalar: true},
		{Name: "nbody", Doc: "five bodies that attract each other: f64 with square root and division",
			Module: nbodyModule, Arg: 2000, Small: 5, Reference: nbody, Scalar: true},
		{Name: "simd", Doc: "dot product of vectors of f32: SIMD",
			Module: simdModule, Arg: simdMax, Small: 64, Reference: simd},
		{Name: "big", Doc: "a large generated module, hostile to branch prediction",
			Module: bigModule, Arg: 60, Small: 1, Reference: big},
		{Name: "hostcall", Doc: "a loop that calls a function of the host: time of a turn",
			Module: hostcallModule, Arg: 100_000, Small: 100, Reference: hostcall, Host: true, PerTurn: true},
		{Name: "tiny", Doc: "a tiny module from its bytes to the result of a call: start-up",
			Module: tinyModule, Arg: 41, Small: 1, Reference: tiny, Step: timing.Whole},
	}}
}
