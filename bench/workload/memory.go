package workload

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// matmulMax is the largest order of the matrices. Two of them with elements of 8 bytes must fit matmulPages.
const (
	matmulMax   = 48
	matmulPages = 1
)

// matmulModule multiplies two matrices whose elements are their own indices (the second's halved), row by row, and returns
// the sum of the product as an integer.
func matmulModule() []byte {
	const n, i, j, k, size = 0, 1, 2, 3, 4 // size is n*n
	const sum, total = 5, 6
	return module(matmulPages, "iiiiFF", func(a *body) {
		a.Get(n)
		a.Get(n)
		a.Op(wasm.OpI32Mul)
		a.Set(size)
		a.count(i, size, a.one, func() { fillMatrices(a, i, size) })
		a.I32(0)
		a.Set(i)
		a.count(i, n, a.one, func() {
			a.I32(0)
			a.Set(j)
			a.count(j, n, a.one, func() {
				a.I32(0)
				a.Set(k)
				a.F64(0)
				a.Set(sum)
				a.count(k, n, a.one, func() {
					a.Get(sum)
					element(a, func() { a.Get(i) }, n, func() { a.Get(k) }, func() { a.I32(0) })
					element(a, func() { a.Get(k) }, n, func() { a.Get(j) }, func() { a.Get(size) })
					a.Ops(wasm.OpF64Mul, wasm.OpF64Add)
					a.Set(sum)
				})
				a.Get(total)
				a.Get(sum)
				a.Op(wasm.OpF64Add)
				a.Set(total)
			})
		})
		a.Get(total)
		a.Ops(wasm.OpI64TruncSatF64S, wasm.OpI32WrapI64)
	})
}

// fillMatrices stores the elements number i of both matrices.
func fillMatrices(a *body, i, size uint64) {
	a.Get(i)
	a.I32(8)
	a.Op(wasm.OpI32Mul)
	a.Get(i)
	a.Op(wasm.OpF64ConvertI32U)
	a.Op(wasm.OpF64Store, 3, 0)
	a.Get(i)
	a.Get(size)
	a.Op(wasm.OpI32Add)
	a.I32(8)
	a.Op(wasm.OpI32Mul)
	a.Get(i)
	a.Op(wasm.OpF64ConvertI32U)
	a.F64(0.5)
	a.Op(wasm.OpF64Mul)
	a.Op(wasm.OpF64Store, 3, 0)
}

// element pushes an element of a matrix of order n that begins at element base.
func element(a *body, row func(), n uint64, column, base func()) {
	row()
	a.Get(n)
	a.Op(wasm.OpI32Mul)
	column()
	a.Op(wasm.OpI32Add)
	base()
	a.Op(wasm.OpI32Add)
	a.I32(8)
	a.Op(wasm.OpI32Mul)
	a.Op(wasm.OpF64Load, 3, 0)
}

func matmul(n uint32) uint32 {
	var total float64
	for i := range n {
		for j := range n {
			var sum float64
			for k := range n {
				x, y := float64(i*n+k), float64(k*n+j)*0.5
				sum += float64(x * y) // the conversion forbids the compiler to fuse multiplication and addition
			}
			total += sum
		}
	}
	return uint32(int64(total))
}

// copyMax is the largest number of bytes that the kernel copies, a multiple of 8; source and destination are memories
// of that size one after the other.
const copyMax = 4 * wasm.PageSize

// copyModule fills n bytes with words that depend on their place, copies them, and adds the copies up.
func copyModule() []byte {
	const n, i, sum = 0, 1, 2
	return module(2*copyMax/wasm.PageSize, "iI", func(a *body) {
		word := func() { a.I32(8) }
		a.count(i, n, word, func() {
			a.Get(i)
			a.Get(i)
			a.Op(wasm.OpI64ExtendI32U)
			a.Op(wasm.OpI64Const, copyMul)
			a.Op(wasm.OpI64Mul)
			a.Op(wasm.OpI64Store, 3, 0)
		})
		a.I32(0)
		a.Set(i)
		a.count(i, n, word, func() {
			a.Get(i)
			a.Get(i)
			a.Op(wasm.OpI64Load, 3, 0)
			a.Op(wasm.OpI64Store, 3, copyMax)
		})
		a.I32(0)
		a.Set(i)
		a.count(i, n, word, func() {
			a.Get(sum)
			a.Get(i)
			a.Op(wasm.OpI64Load, 3, copyMax)
			a.Op(wasm.OpI64Add)
			a.Set(sum)
		})
		a.Get(sum)
		a.Op(wasm.OpI32WrapI64)
	})
}

// copyMul spreads the place of a word over its bits; it is the multiplier of Knuth's 64-bit generator.
const copyMul = 6364136223846793005

func copyWords(n uint32) uint32 {
	var sum uint64
	for i := uint32(0); i < n; i += 8 {
		sum += uint64(i) * copyMul
	}
	return uint32(sum)
}
