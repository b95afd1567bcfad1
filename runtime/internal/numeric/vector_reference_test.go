package numeric_test

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
)

// vec is a v128 as bytes, the first in the lowest bits.
type vec [16]byte

func vecOf(low, high uint64) (v vec) {
	binary.LittleEndian.PutUint64(v[:8], low)
	binary.LittleEndian.PutUint64(v[8:], high)
	return v
}

// lane returns lane i of lanes of w bits.
func (v vec) lane(w uint, i int) uint64 {
	var b [8]byte
	n := int(w / 8)
	copy(b[:], v[i*n:(i+1)*n])
	return binary.LittleEndian.Uint64(b[:])
}

// vectorCase is a vector instruction with what it is applied to: up to three vectors, a number, and immediates.
type vectorCase struct {
	name    string
	v       [3]vec
	scalar  uint64
	lane    int
	shuffle vec
}

// lanewise is what a reference gives: the lanes of a vector of width w, or a single number if there is one lane.
type lanewise struct {
	w     uint
	lanes []outcome
	float byte // letter of the type of the lanes, if they are floats
}

func (l *lanewise) add(o outcome) { l.lanes = append(l.lanes, o) }

// mask makes a truth value a mask of all bits of a lane.
func mask(o outcome, w uint) outcome {
	if o.bits != 0 {
		o.bits = ^uint64(0) >> (64 - w)
	}
	return o
}

// widthOfShape returns the width of the lanes of a shape such as i8x16.
func widthOfShape(shape string) uint {
	var w uint
	fmt.Sscanf(shape[1:], "%dx", &w)
	return w
}

// letterOf returns the letter of the scalar type of floats of a width.
func letterOf(w uint) byte {
	if w == 32 {
		return 'f'
	}
	return 'F'
}

// referenceVector computes a vector instruction from its name, as the specification defines it.
func referenceVector(c *vectorCase) lanewise {
	shape, op, _ := strings.Cut(c.name, ".")
	if shape == "v128" {
		return refBitwise(c, op)
	}
	w := widthOfShape(shape)
	r := lanewise{w: w}
	n := int(128 / w)
	if shape[0] == 'f' {
		r.float = letterOf(w)
	}
	base := strings.TrimSuffix(strings.TrimSuffix(op, "_zero"), "_s")
	base = strings.TrimSuffix(base, "_u")
	signed := strings.HasSuffix(strings.TrimSuffix(op, "_zero"), "_s")
	switch {
	case refMoves(c, op, base, signed, &r):
	case base == "all_true" || base == "bitmask":
		bits := uint64(0)
		if base == "all_true" {
			bits = 1
		}
		for i := range n {
			x := c.v[0].lane(w, i)
			switch {
			case base == "bitmask":
				bits |= x >> (w - 1) << i
			case x == 0:
				bits = 0
			}
		}
		return lanewise{w: 64, lanes: []outcome{{bits: bits}}}
	case strings.Contains(base, "_i") || strings.Contains(base, "_f"):
		refWidths(c, base, signed, &r)
	default:
		for i := range n {
			r.add(refLane(shape, base, signed, w, c.v[0].lane(w, i), c.v[1].lane(w, i), c.scalar))
		}
	}
	return r
}

func refBitwise(c *vectorCase, op string) lanewise {
	r := lanewise{w: 8}
	any := uint64(0)
	for i := range 16 {
		a, b, m := c.v[0][i], c.v[1][i], c.v[2][i]
		if a != 0 {
			any = 1
		}
		r.add(outcome{bits: uint64(map[string]byte{
			"not": ^a, "and": a & b, "or": a | b, "xor": a ^ b, "andnot": a & ^b, "bitselect": a&m | b & ^m,
		}[op])})
	}
	if op == "any_true" {
		return lanewise{w: 64, lanes: []outcome{{bits: any}}}
	}
	return r
}

// refMoves computes the instructions that only move lanes, and reports whether c is one.
func refMoves(c *vectorCase, op, base string, signed bool, r *lanewise) bool {
	w, n := r.w, int(128/r.w)
	keep := func(x uint64) { r.add(outcome{bits: x}) }
	switch base {
	case "splat":
		for range n {
			keep(c.scalar & (^uint64(0) >> (64 - w)))
		}
	case "extract_lane":
		x := c.v[0].lane(w, c.lane)
		if signed {
			x = uint64(uint32(int64(x) << (64 - w) >> (64 - w)))
		}
		*r = lanewise{w: 64, lanes: []outcome{{bits: x}}}
	case "replace_lane":
		for i := range n {
			x := c.v[0].lane(w, i)
			if i == c.lane {
				x = c.scalar & (^uint64(0) >> (64 - w))
			}
			keep(x)
		}
	case "shuffle":
		both := append(c.v[0][:], c.v[1][:]...)
		for _, k := range c.shuffle {
			keep(uint64(both[k]))
		}
	case "swizzle":
		for _, k := range c.v[1] {
			if k < 16 {
				keep(uint64(c.v[0][k]))
			} else {
				keep(0)
			}
		}
	default:
		return false
	}
	r.float = 0
	return true
}

// refWidths computes the instructions that name the shape of their operands, which may have lanes of another width.
func refWidths(c *vectorCase, base string, signed bool, r *lanewise) {
	at := strings.LastIndexByte(base, '_')
	kind, from := base[:at], base[at+1:]
	in, w := widthOfShape(from), r.w
	n := int(128 / w)
	a, b := &c.v[0], &c.v[1]
	num := func(v *vec, i int) *big.Int { return toBig(v.lane(in, i), in, signed) }
	z := new(big.Int)
	for i := range n {
		half := i
		if strings.Contains(kind, "high") {
			half += n
		}
		switch strings.TrimSuffix(strings.TrimSuffix(kind, "_low"), "_high") {
		case "extend":
			r.add(wrap(num(a, half), w))
		case "extmul":
			r.add(wrap(z.Mul(num(a, half), num(b, half)), w))
		case "extadd_pairwise":
			r.add(wrap(z.Add(num(a, 2*i), num(a, 2*i+1)), w))
		case "dot":
			z.Mul(num(a, 2*i), num(b, 2*i))
			r.add(wrap(z.Add(z, new(big.Int).Mul(num(a, 2*i+1), num(b, 2*i+1))), w))
		case "narrow":
			v, k := a, i
			if i >= n/2 {
				v, k = b, i-n/2
			}
			r.add(saturate(toBig(v.lane(in, k), in, true), w, signed))
		case "convert":
			r.add(outcome{bits: formats[r.float].round(new(big.Rat).SetInt(num(a, i)), 0)})
		case "trunc_sat", "demote", "promote":
			if i >= int(128/in) {
				r.add(outcome{})
				continue
			}
			o := operands{a: a.lane(in, i), op: "x", in: letterOf(in), out: r.float}
			if kind != "trunc_sat" {
				r.add(refResize(o))
				continue
			}
			if o.out, o.op = 'i', "x_u"; signed {
				o.op = "x_s"
			}
			r.add(refTruncate(o, true))
		default:
			panic("no reference for " + base)
		}
	}
}

// saturate returns the number nearest to x in a range of w bits.
func saturate(x *big.Int, w uint, signed bool) outcome {
	low, high := new(big.Int), new(big.Int).Lsh(big.NewInt(1), w)
	if signed {
		high.Rsh(high, 1)
		low.Neg(high)
	}
	high.Sub(high, big.NewInt(1))
	if x.Cmp(low) < 0 {
		x = low
	}
	if x.Cmp(high) > 0 {
		x = high
	}
	return wrap(x, w)
}

// refLane computes one lane of an instruction that works lane by lane.
func refLane(shape, base string, signed bool, w uint, a, b, scalar uint64) outcome {
	if shape[0] == 'f' {
		return refFloatLane(base, w, a, b)
	}
	x, y, z := toBig(a, w, signed), toBig(b, w, signed), new(big.Int)
	k := uint(scalar % uint64(w))
	switch base {
	case "add", "sub", "mul":
		return wrap(map[string]func(x, y *big.Int) *big.Int{"add": z.Add, "sub": z.Sub, "mul": z.Mul}[base](x, y), w)
	case "neg":
		return wrap(z.Neg(x), w)
	case "abs":
		return wrap(z.Abs(toBig(a, w, true)), w)
	case "add_sat":
		return saturate(z.Add(x, y), w, signed)
	case "sub_sat":
		return saturate(z.Sub(x, y), w, signed)
	case "avgr":
		return wrap(z.Rsh(z.Add(z.Add(x, y), big.NewInt(1)), 1), w)
	case "q15mulr_sat":
		return saturate(z.Rsh(z.Add(z.Mul(x, y), big.NewInt(1<<14)), 15), w, true)
	case "popcnt":
		n := 0
		for i := range int(w) {
			n += int(x.Bit(i))
		}
		return outcome{bits: uint64(n)}
	case "min", "max":
		if (x.Cmp(y) < 0) == (base == "min") {
			return outcome{bits: a}
		}
		return outcome{bits: b}
	case "shl":
		return wrap(z.Lsh(x, k), w)
	case "shr":
		return wrap(z.Rsh(x, k), w)
	}
	return mask(refOrder(base, x.Cmp(y), 0), w)
}

func refFloatLane(base string, w uint, a, b uint64) outcome {
	o := operands{a: a, b: b, op: base, in: letterOf(w), out: letterOf(w)}
	f := o.format()
	switch base {
	case "eq", "ne", "lt", "gt", "le", "ge":
		return mask(refFloatCompare(o), w)
	case "pmin", "pmax":
		less := !f.isNaN(a) && !f.isNaN(b) && (base == "pmin" && f.order(b) < f.order(a) || base == "pmax" && f.order(a) < f.order(b))
		if less {
			return outcome{bits: b}
		}
		return outcome{bits: a}
	}
	return refFloat(o)
}
