package workload

import (
	"encoding/binary"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// In the references, conversions forbid the Go compiler to fuse multiplications and additions.

// The sizes of f64 and f32 in memory, and the exponents of their alignments.
const (
	f64Size, f64Align = 8, 3
	f32Size, f32Align = 4, 2
)

// matmulMax is the largest order of the matrices, matmulB where the second one lies.
const (
	matmulMax = 60
	matmulB   = matmulMax * matmulMax * f64Size
)

// matmulModule multiplies two matrices whose elements are their own indices (the second's halved) and returns the sum of the
// product as an integer.
func matmulModule() []byte {
	const n, i, j, k, row, stride, size = 0, 1, 2, 3, 4, 5, 6
	const pa, pb, sum, total = 7, 8, 9, 10
	return new(module).pages(1).run("iiiiiiiiFF", func(a *body) {
		a.Get(n).I32(f64Size).Op(wasm.OpI32Mul).Set(stride)
		a.Get(n).Get(n).Op(wasm.OpI32Mul).Set(size)
		a.count(i, size, a.one, func() { fillMatrices(a, i, pa) })
		a.Get(n).Set(i)
		a.countdown(i, func() {
			a.I32(0).Set(j)
			a.count(j, stride, func() { a.I32(f64Size) }, func() {
				a.Get(row).Set(pa)
				a.Get(j).Set(pb)
				a.Get(n).Set(k)
				a.F64(0).Set(sum)
				a.loop(func() {
					a.Get(sum)
					a.Get(pa).Op(wasm.OpF64Load, f64Align, 0)
					a.Get(pb).Op(wasm.OpF64Load, f64Align, matmulB)
					a.Ops(wasm.OpF64Mul, wasm.OpF64Add).Set(sum)
					a.addTo(pa, f64Size)
					a.Get(pb).Get(stride).Op(wasm.OpI32Add).Set(pb)
					a.add(k, func() { a.I32(-1) })
				})
				a.Get(total).Get(sum).Op(wasm.OpF64Add).Set(total)
			})
			a.Get(row).Get(stride).Op(wasm.OpI32Add).Set(row)
		})
		a.Get(total).Ops(wasm.OpI64TruncSatF64S, wasm.OpI32WrapI64)
	}).Encode()
}

// fillMatrices stores the elements number i of both matrices.
func fillMatrices(a *body, i, address uint64) {
	a.Get(i).I32(f64Size).Op(wasm.OpI32Mul).Op(wasm.OpLocalTee, address)
	a.Get(i).Op(wasm.OpF64ConvertI32U).Op(wasm.OpF64Store, f64Align, 0)
	a.Get(address)
	a.Get(i).Op(wasm.OpF64ConvertI32U).F64(0.5).Op(wasm.OpF64Mul).Op(wasm.OpF64Store, f64Align, matmulB)
}

func matmul(n uint32) uint32 {
	var total float64
	for i := range n {
		for j := range n {
			var sum float64
			for k := range n {
				x, y := float64(i*n+k), float64(k*n+j)*0.5
				sum += float64(x * y)
			}
			total += sum
		}
	}
	return uint32(int64(total))
}

// A body of the nbody kernel is its place, its velocity and its mass, and lies in memory in that order.
const (
	place      = 0
	velocity   = 3
	mass       = 6
	bodyFields = 7
	bodies     = 5
	bodySize   = bodyFields * f64Size
	systemSize = bodies * bodySize
	systemCopy = 4096 // where the first state lies, of which each call makes a copy
	timeStep   = 0.01
)

// firstState returns a heavy body in the middle of four that circle it.
func firstState() (s [bodies][bodyFields]float64) {
	s[0][mass] = 40
	for i := 1; i < bodies; i++ {
		far, at := float64(3*i), float64(i*i)
		s[i] = [bodyFields]float64{far * math.Cos(at), far * math.Sin(at), 0.1 * far, -3 * math.Sin(at), 3 * math.Cos(at), 0.05, 0.02 * far}
	}
	return s
}

func nbodyModule() []byte {
	state := firstState()
	image, err := binary.Append(nil, binary.LittleEndian, &state)
	if err != nil {
		panic(err) // floats have a size
	}
	const n, pi, pj, at, fold = 0, 1, 2, 3, 4
	const dx, squared, force = 5, 8, 9 // and dy, dz after dx
	return new(module).pages(1).data(systemCopy, image).run("iiiIFFFFF", func(a *body) {
		load := func(p uint64, field int) { a.Get(p).Op(wasm.OpF64Load, f64Align, uint64(field*f64Size)) }
		store := func(field int) { a.Op(wasm.OpF64Store, f64Align, uint64(field*f64Size)) }
		each := func(p uint64, turn func()) {
			a.loop(func() {
				turn()
				a.add(p, func() { a.I32(bodySize) })
				a.I32(systemSize).Op(wasm.OpI32Ne)
			})
		}
		// pull changes the velocity of the body at p by the mass of the other one.
		pull := func(p, other uint64, op wasm.Op) {
			for d := range 3 {
				a.Get(p)
				load(p, velocity+d)
				a.Get(dx + uint64(d))
				load(other, mass)
				a.Op(wasm.OpF64Mul).Get(force).Ops(wasm.OpF64Mul, op)
				store(velocity + d)
			}
		}
		pair := func() {
			for d := range 3 {
				load(pi, place+d)
				load(pj, place+d)
				a.Op(wasm.OpF64Sub).Set(dx + uint64(d))
			}
			for d := range uint64(3) {
				a.Get(dx + d).Get(dx + d).Op(wasm.OpF64Mul)
			}
			a.Ops(wasm.OpF64Add, wasm.OpF64Add).Set(squared)
			a.F64(timeStep).Get(squared).Get(squared).Ops(wasm.OpF64Sqrt, wasm.OpF64Mul, wasm.OpF64Div).Set(force)
			pull(pi, pj, wasm.OpF64Sub)
			pull(pj, pi, wasm.OpF64Add)
		}
		a.I32(0).I32(systemCopy).I32(systemSize).Op(wasm.OpMemoryCopy)
		a.countdown(n, func() {
			a.I32(0).Set(pi)
			a.loop(func() {
				a.Get(pi).I32(bodySize).Op(wasm.OpI32Add).Set(pj)
				each(pj, pair)
				a.add(pi, func() { a.I32(bodySize) })
				a.I32(systemSize - bodySize).Op(wasm.OpI32Ne)
			})
			a.I32(0).Set(pi)
			each(pi, func() {
				for d := range 3 {
					a.Get(pi)
					load(pi, place+d)
					load(pi, velocity+d)
					a.F64(timeStep).Ops(wasm.OpF64Mul, wasm.OpF64Add)
					store(place + d)
				}
			})
		})
		// The exclusive or of everything, folded to 32 bits, shows the last bit of each number.
		a.loop(func() {
			a.Get(fold).Get(at).Op(wasm.OpI64Load, f64Align, 0).I64(1).Op(wasm.OpI64Rotl).Op(wasm.OpI64Xor).Set(fold)
			a.add(at, func() { a.I32(f64Size) })
			a.I32(systemSize).Op(wasm.OpI32Ne)
		})
		a.Get(fold).Get(fold).I64(32).Ops(wasm.OpI64ShrU, wasm.OpI64Xor, wasm.OpI32WrapI64)
	}).Encode()
}

func nbody(n uint32) uint32 {
	s := firstState()
	for range n {
		for i := range s {
			for j := i + 1; j < bodies; j++ {
				attract(&s[i], &s[j])
			}
		}
		for i := range s {
			for d := range 3 {
				s[i][place+d] += float64(s[i][velocity+d] * timeStep)
			}
		}
	}
	var fold uint64
	for i := range s {
		for _, field := range s[i] {
			bits := math.Float64bits(field)
			fold ^= bits<<1 | bits>>63
		}
	}
	return uint32(fold ^ fold>>32)
}

// attract changes the velocities of two bodies by the masses of each other.
func attract(a, b *[bodyFields]float64) {
	var d [3]float64
	for i := range d {
		d[i] = a[place+i] - b[place+i]
	}
	squared := float64(d[0]*d[0]) + (float64(d[1]*d[1]) + float64(d[2]*d[2]))
	force := timeStep / float64(squared*math.Sqrt(squared))
	for i := range d {
		a[velocity+i] -= float64(float64(d[i]*b[mass]) * force)
		b[velocity+i] += float64(float64(d[i]*a[mass]) * force)
	}
}
