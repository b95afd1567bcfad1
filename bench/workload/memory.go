package workload

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// emptyBlock is the immediate of a block that takes and returns nothing.
const emptyBlock = 1<<64 - 64

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
	locals := []wasm.ValType{wasm.I32, wasm.I32, wasm.I32, wasm.I32, wasm.F64, wasm.F64}
	return module(matmulPages, locals, func(a *asm) {
		a.get(n)
		a.get(n)
		a.op(wasm.OpI32Mul)
		a.set(size)
		a.count(i, size, a.one, func() { fillMatrices(a, i, size) })
		a.i32(0)
		a.set(i)
		a.count(i, n, a.one, func() {
			a.i32(0)
			a.set(j)
			a.count(j, n, a.one, func() {
				a.i32(0)
				a.set(k)
				a.f64(0)
				a.set(sum)
				a.count(k, n, a.one, func() {
					a.get(sum)
					element(a, func() { a.get(i) }, n, func() { a.get(k) }, func() { a.i32(0) })
					element(a, func() { a.get(k) }, n, func() { a.get(j) }, func() { a.get(size) })
					a.ops(wasm.OpF64Mul, wasm.OpF64Add)
					a.set(sum)
				})
				a.get(total)
				a.get(sum)
				a.op(wasm.OpF64Add)
				a.set(total)
			})
		})
		a.get(total)
		a.ops(wasm.OpI64TruncSatF64S, wasm.OpI32WrapI64)
	})
}

// fillMatrices stores the elements number i of both matrices.
func fillMatrices(a *asm, i, size uint64) {
	a.get(i)
	a.i32(8)
	a.op(wasm.OpI32Mul)
	a.get(i)
	a.op(wasm.OpF64ConvertI32U)
	a.op(wasm.OpF64Store, 3, 0)
	a.get(i)
	a.get(size)
	a.op(wasm.OpI32Add)
	a.i32(8)
	a.op(wasm.OpI32Mul)
	a.get(i)
	a.op(wasm.OpF64ConvertI32U)
	a.f64(0.5)
	a.op(wasm.OpF64Mul)
	a.op(wasm.OpF64Store, 3, 0)
}

// element pushes an element of a matrix of order n that begins at element base.
func element(a *asm, row func(), n uint64, column, base func()) {
	row()
	a.get(n)
	a.op(wasm.OpI32Mul)
	column()
	a.op(wasm.OpI32Add)
	base()
	a.op(wasm.OpI32Add)
	a.i32(8)
	a.op(wasm.OpI32Mul)
	a.op(wasm.OpF64Load, 3, 0)
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
	return module(2*copyMax/wasm.PageSize, []wasm.ValType{wasm.I32, wasm.I64}, func(a *asm) {
		word := func() { a.i32(8) }
		a.count(i, n, word, func() {
			a.get(i)
			a.get(i)
			a.op(wasm.OpI64ExtendI32U)
			a.op(wasm.OpI64Const, copyMul)
			a.op(wasm.OpI64Mul)
			a.op(wasm.OpI64Store, 3, 0)
		})
		a.i32(0)
		a.set(i)
		a.count(i, n, word, func() {
			a.get(i)
			a.get(i)
			a.op(wasm.OpI64Load, 3, 0)
			a.op(wasm.OpI64Store, 3, copyMax)
		})
		a.i32(0)
		a.set(i)
		a.count(i, n, word, func() {
			a.get(sum)
			a.get(i)
			a.op(wasm.OpI64Load, 3, copyMax)
			a.op(wasm.OpI64Add)
			a.set(sum)
		})
		a.get(sum)
		a.op(wasm.OpI32WrapI64)
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
