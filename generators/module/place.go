package module

import (
	"math/bits"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// An address is where a probe accesses memory: what is on the stack and what is in the instruction.
type address struct {
	dynamic bool   // base counts from the end that the memory has when it is accessed
	base    uint32 // on the stack
	align   uint64
	offset  uint64
}

// safePlaces are those where an access does not trap; probes at the edges of the memory are wanted most.
var safePlaces = []coverage.Place{coverage.End, coverage.Inside, coverage.Unaligned, coverage.Start, coverage.End, coverage.Unaligned}

// place reads the place of an access of width bytes, any at all if it may trap.
func (g *generator) place(width uint64, traps bool) address {
	p := tape.Pick(g.t, safePlaces)
	if traps {
		p = coverage.Place(g.t.Intn(coverage.NumPlaces))
	}
	if !p.Possible(width) {
		p = coverage.End
	}
	return g.addressAt(p, width)
}

// addressAt reads an address at a place. The displacement is often zero, sometimes takes a part of the way or all of it.
func (g *generator) addressAt(p coverage.Place, width uint64) address {
	how := g.t.Byte()
	// The size at the end is that of the moment, or the one that the memory begins with, which a compiler can see.
	a := address{dynamic: how&1 != 0, align: uint64(int(how>>1) % bits.Len64(width))}
	size := g.memory.Limits.Min * wasm.PageSize
	near := uint64(g.t.Byte())
	switch p {
	case coverage.End:
		return a.fromEnd(size, width, uint64(how>>4)*3)
	case coverage.Straddling:
		return a.fromEnd(size, 1+near%(width-1), uint64(how>>4)*3)
	case coverage.Outside:
		// Just outside of the largest size, or as far as it goes.
		a.dynamic = false
		at := []uint64{maxPages * wasm.PageSize, maxPages*wasm.PageSize + near, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1<<32 - width}[how>>4%6]
		return a.split(at, how)
	case coverage.Beyond:
		a.dynamic = false
		a.base, a.offset = 1<<32-1, 1+near
		if how&16 != 0 {
			a.base, a.offset = 1+uint32(near), 1<<32-1
		}
		return a
	case coverage.Unaligned:
		a.dynamic = false
		return a.split(near/width*width+1+uint64(how>>4)%(width-1), how)
	case coverage.Inside:
		a.dynamic = false
		return a.split((1+near/width)*width, how)
	}
	a.dynamic = false
	return a.split(0, how)
}

// fromEnd returns the address that is left bytes before the end of the memory, by less than its displacement.
func (a address) fromEnd(size, left, offset uint64) address {
	a.base, a.offset = uint32(left+offset), offset
	if !a.dynamic {
		a.base = uint32(size) - a.base
	}
	return a
}

// split divides an effective address between the stack and the displacement.
func (a address) split(at uint64, how byte) address {
	switch how >> 2 & 3 {
	case 1:
		a.offset = at / 2
	case 2:
		a.offset = at
	}
	a.base = uint32(at - a.offset)
	return a
}

// pushAddress appends what is on the stack of an address.
func (b *body) pushAddress(a address) {
	if !a.dynamic {
		b.i32(a.base)
		return
	}
	b.op(wasm.OpMemorySize, 0)
	b.i32(16)
	b.op(wasm.OpI32Shl)
	b.i32(a.base)
	b.op(wasm.OpI32Sub)
}
