package workload

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// simdMax is the largest number of elements of the vectors, a multiple of 4; simdB is where the second one lies, and
// simdPasses how often the product is taken. All sums are integers or halves that f32 holds exactly.
const (
	simdMax    = 4096
	simdB      = simdMax * f32Size
	simdPasses = 64
	simdAlign  = 4
	simdSize   = 16
)

// simdModule fills two vectors of n elements, adds up their products in four lanes several times, and returns twice the sum as
// an integer.
func simdModule() []byte {
	const n, i, passes, size, acc = 0, 1, 2, 3, 4
	return new(module).pages(1).run("iiiV", func(a *body) {
		a.Get(n).I32(2).Op(wasm.OpI32Shl).Set(size)
		a.count(i, size, func() { a.I32(f32Size) }, func() {
			element := func(mask int32, scale float32, offset uint64) {
				a.Get(i)
				a.Get(i).I32(2).Op(wasm.OpI32ShrU).I32(mask).Op(wasm.OpI32And).Op(wasm.OpF32ConvertI32U)
				a.F32(scale).Op(wasm.OpF32Mul).Op(wasm.OpF32Store, f32Align, offset)
			}
			element(3, 0.5, 0)
			element(7, 1, simdB)
		})
		a.times(passes, simdPasses, func() {
			a.I32(0).Set(i)
			a.count(i, size, func() { a.I32(simdSize) }, func() {
				a.Get(i).Op(wasm.OpV128Load, simdAlign, 0)
				a.Get(i).Op(wasm.OpV128Load, simdAlign, simdB)
				a.Op(wasm.OpF32x4Mul).Get(acc).Op(wasm.OpF32x4Add).Set(acc)
			})
		})
		for lane := range uint64(4) {
			a.Get(acc).Op(wasm.OpF32x4ExtractLane, lane)
		}
		a.Ops(wasm.OpF32Add, wasm.OpF32Add, wasm.OpF32Add).F32(2).Op(wasm.OpF32Mul).Op(wasm.OpI32TruncSatF32S)
	}).Encode()
}

func simd(n uint32) uint32 {
	var twice uint32
	for i := range n {
		twice += i & 3 * (i & 7)
	}
	return twice * simdPasses
}
