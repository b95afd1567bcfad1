package workload

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// sieveMax is the largest argument of the sieve: its memory holds a byte for each number below.
const sieveMax = 2 * wasm.PageSize

func sieveModule() []byte {
	const n, i, j, primes = 0, 1, 2, 3
	return new(module).pages(sieveMax/wasm.PageSize).run("iii", func(a *body) {
		a.I32(0).I32(0).Get(n).Op(wasm.OpMemoryFill) // a call must not see what the one before wrote
		a.I32(2).Set(i)
		a.count(i, n, a.one, func() {
			a.unless(func() { a.Get(i).Op(wasm.OpI32Load8U, 0, 0) }, func() {
				a.addTo(primes, 1)
				a.Get(i).I32(1).Op(wasm.OpI32Shl).Set(j)
				a.count(j, n, func() { a.Get(i) }, func() { a.Get(j).I32(1).Op(wasm.OpI32Store8, 0, 0) })
			})
		})
		a.Get(primes)
	}).Encode()
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

// collatzModule counts the steps of the sequences from all numbers up to n.
func collatzModule() []byte {
	const n, steps, x = 0, 1, 2
	return new(module).run("iI", func(a *body) {
		a.countdown(n, func() {
			a.unless(func() { a.Get(n).Op(wasm.OpI64ExtendI32U).Op(wasm.OpLocalTee, x).I64(1).Op(wasm.OpI64Eq) }, func() {
				a.loop(func() {
					a.addTo(steps, 1)
					a.Get(x).I64(3).Op(wasm.OpI64Mul).I64(1).Op(wasm.OpI64Add)
					a.Get(x).I64(1).Op(wasm.OpI64ShrU)
					a.Get(x).Op(wasm.OpI32WrapI64).I32(1).Op(wasm.OpI32And)
					a.Op(wasm.OpSelect)
					a.Op(wasm.OpLocalTee, x).I64(1).Op(wasm.OpI64Ne)
				})
			})
		})
		a.Get(steps)
	}).Encode()
}

func collatz(n uint32) (steps uint32) {
	for ; n > 0; n-- {
		for x := uint64(n); x != 1; steps++ {
			if x&1 == 1 {
				x = 3*x + 1
			} else {
				x >>= 1
			}
		}
	}
	return steps
}

// copyMax is the largest number of bytes that the copy kernel copies, and where the copy lies; copyPasses how often it does.
const (
	copyMax    = wasm.PageSize / 2
	copyPasses = 8
)

// copyModule fills n bytes with values that depend on their place, copies them several times, and hashes the copy.
func copyModule() []byte {
	const n, i, passes, hash = 0, 1, 2, 3
	return new(module).pages(1).run("iii", func(a *body) {
		a.count(i, n, a.one, func() { a.Get(i).Get(i).I32(7).Op(wasm.OpI32Mul).Op(wasm.OpI32Store8, 0, 0) })
		a.times(passes, copyPasses, func() {
			a.I32(0).Set(i)
			a.count(i, n, a.one, func() { a.Get(i).Get(i).Op(wasm.OpI32Load8U, 0, 0).Op(wasm.OpI32Store8, 0, copyMax) })
		})
		a.I32(0).Set(i)
		a.count(i, n, a.one, func() {
			a.Get(hash).I32(31).Op(wasm.OpI32Mul).Get(i).Op(wasm.OpI32Load8U, 0, copyMax).Op(wasm.OpI32Add).Set(hash)
		})
		a.Get(hash)
	}).Encode()
}

func copyBytes(n uint32) (hash uint32) {
	from, to := make([]byte, n), make([]byte, n)
	for i := range from {
		from[i] = byte(i * 7)
	}
	for range copyPasses {
		copy(to, from)
	}
	for _, b := range to {
		hash = hash*31 + uint32(b)
	}
	return hash
}
