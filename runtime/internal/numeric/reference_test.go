package numeric_test

import (
	"math/big"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// outcome is what a reference allows: exact bits, a trap, or a set of NaNs.
type outcome struct {
	bits      uint64
	trap      wasm.TrapCode
	canonical bool // any canonical NaN
	nan       bool // any arithmetic NaN
}

// operands is what a reference computes with.
type operands struct {
	a, b uint64
	op   string // the instruction's name without the prefix of its type, for example "trunc_f32_s"
	in   byte   // letter of the operand type
	out  byte   // letter of the result type
}

func (o operands) w() uint        { return widthOf(o.in) }
func (o operands) signed() bool   { return strings.HasSuffix(o.op, "_s") }
func (o operands) format() format { return formats[o.in] }

// toBig returns an integer as the specification interprets it.
func toBig(v uint64, w uint, signed bool) *big.Int {
	x := new(big.Int).SetUint64(v)
	if signed && v>>(w-1)&1 == 1 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), w))
	}
	return x
}

// wrap reduces modulo 2^w.
func wrap(x *big.Int, w uint) outcome {
	m := new(big.Int).Lsh(big.NewInt(1), w)
	return outcome{bits: new(big.Int).Mod(x, m).Uint64()}
}

func truth(b bool) outcome {
	if b {
		return outcome{bits: 1}
	}
	return outcome{}
}

// reference computes an instruction from its definition in the specification, by arithmetic on big numbers.
func reference(info *wasm.OpInfo, a, b uint64) outcome {
	_, op, _ := strings.Cut(info.Name, ".")
	in, out, _ := strings.Cut(info.Sig, ":")
	o := operands{a: a, b: b, op: op, in: in[0], out: out[0]}
	base := strings.TrimSuffix(strings.TrimSuffix(op, "_s"), "_u")
	_, fromFloat := formats[o.in]
	_, toFloat := formats[o.out]
	switch {
	case strings.HasPrefix(base, "reinterpret"):
		return outcome{bits: a}
	case strings.HasPrefix(base, "trunc_"):
		return refTruncate(o, strings.HasPrefix(base, "trunc_sat"))
	case strings.HasPrefix(base, "convert"):
		x := toBig(a, o.w(), o.signed())
		return outcome{bits: formats[o.out].round(new(big.Rat).SetInt(x), 0)}
	case strings.HasPrefix(base, "demote"), strings.HasPrefix(base, "promote"):
		return refResize(o)
	case strings.HasPrefix(base, "extend"):
		from := map[string]uint{"extend8": 8, "extend16": 16, "extend32": 32, "extend_i32": 32}[base]
		return wrap(toBig(a&(1<<from-1), from, o.signed()), widthOf(o.out))
	case fromFloat && toFloat:
		return refFloat(o)
	case fromFloat:
		return refFloatCompare(o)
	}
	return refInt(o, base)
}

func refInt(o operands, base string) outcome {
	w := o.w()
	x, y := toBig(o.a, w, o.signed()), toBig(o.b, w, o.signed())
	k := uint(o.b % uint64(w))
	z := new(big.Int)
	switch base {
	case "wrap_i64":
		return wrap(x, 32)
	case "clz":
		return outcome{bits: uint64(w) - uint64(x.BitLen())}
	case "ctz":
		if o.a == 0 {
			return outcome{bits: uint64(w)}
		}
		return outcome{bits: uint64(x.TrailingZeroBits())}
	case "popcnt":
		n := 0
		for i := range int(w) {
			n += int(x.Bit(i))
		}
		return outcome{bits: uint64(n)}
	case "add":
		return wrap(z.Add(x, y), w)
	case "sub":
		return wrap(z.Sub(x, y), w)
	case "mul":
		return wrap(z.Mul(x, y), w)
	case "div", "rem":
		return refDivide(o, base, x, y)
	case "and":
		return wrap(z.And(x, y), w)
	case "or":
		return wrap(z.Or(x, y), w)
	case "xor":
		return wrap(z.Xor(x, y), w)
	case "shl":
		return wrap(z.Lsh(x, k), w)
	case "shr":
		return wrap(z.Rsh(x, k), w) // big.Int rounds down, as an arithmetic shift does
	case "rotl":
		return wrap(z.Or(z.Lsh(x, k), new(big.Int).Rsh(x, w-k)), w)
	case "rotr":
		return wrap(z.Or(z.Rsh(x, k), new(big.Int).Lsh(x, w-k)), w)
	}
	return refOrder(base, x.Cmp(y), x.Sign())
}

func refDivide(o operands, base string, x, y *big.Int) outcome {
	if y.Sign() == 0 {
		return outcome{trap: wasm.DivideByZero}
	}
	q, r := new(big.Int).QuoRem(x, y, new(big.Int))
	if base == "rem" {
		return wrap(r, o.w())
	}
	if q.Sign() > 0 && o.signed() && q.BitLen() == int(o.w()) { // 2^(w-1) is one too many
		return outcome{trap: wasm.IntegerOverflow}
	}
	return wrap(q, o.w())
}

func refOrder(base string, cmp, sign int) outcome {
	switch base {
	case "eqz":
		return truth(sign == 0)
	case "eq":
		return truth(cmp == 0)
	case "ne":
		return truth(cmp != 0)
	case "lt":
		return truth(cmp < 0)
	case "gt":
		return truth(cmp > 0)
	case "le":
		return truth(cmp <= 0)
	case "ge":
		return truth(cmp >= 0)
	}
	panic("no reference for " + base)
}

// order maps floats that are not NaN to integers with the same order; both zeros to 0.
func (f format) order(b uint64) int64 {
	if b&f.sign() != 0 {
		return -int64(b &^ f.sign())
	}
	return int64(b)
}

func refFloatCompare(o operands) outcome {
	f := o.format()
	if f.isNaN(o.a) || f.isNaN(o.b) {
		return truth(o.op == "ne")
	}
	x, y := f.order(o.a), f.order(o.b)
	cmp := 0
	if x < y {
		cmp = -1
	} else if x > y {
		cmp = 1
	}
	return refOrder(o.op, cmp, 0)
}

func refTruncate(o operands, saturate bool) outcome {
	f, w := o.format(), widthOf(o.out)
	low, high := new(big.Int), new(big.Int).Lsh(big.NewInt(1), w)
	if o.signed() {
		high.Rsh(high, 1)
		low.Neg(high)
	}
	high.Sub(high, big.NewInt(1))
	if f.isNaN(o.a) {
		if saturate {
			return outcome{}
		}
		return outcome{trap: wasm.InvalidConversion}
	}
	x := new(big.Int).Lsh(big.NewInt(1), 1000) // stands for infinity
	if o.a&f.sign() != 0 {
		x.Neg(x)
	}
	if !f.isInf(o.a) {
		r := f.rat(o.a)
		x.Quo(r.Num(), r.Denom())
	}
	if x.Cmp(low) >= 0 && x.Cmp(high) <= 0 {
		return wrap(x, w)
	}
	if !saturate {
		return outcome{trap: wasm.IntegerOverflow}
	}
	if x.Sign() < 0 {
		return wrap(low, w)
	}
	return wrap(high, w)
}

// refNaN is the set of NaNs that an operation on NaN operands may give (section 4.3.3).
func refNaN(f format, nans ...uint64) outcome {
	for _, n := range nans {
		if f.isNaN(n) && !f.isCanonical(n) {
			return outcome{nan: true}
		}
	}
	return outcome{canonical: true}
}

func refResize(o operands) outcome {
	from, to := o.format(), formats[o.out]
	sign := o.a >> (from.width - 1) << (to.width - 1)
	switch {
	case from.isNaN(o.a):
		return refNaN(from, o.a)
	case from.isInf(o.a):
		return outcome{bits: sign | to.inf()}
	}
	return outcome{bits: to.round(from.rat(o.a), sign)}
}

// floorOf returns the greatest integer that is not above r.
func floorOf(r *big.Rat) *big.Int {
	return new(big.Int).Div(r.Num(), r.Denom()) // Euclidean: rounds down, since denominators are positive
}

// nearestOf returns the integer nearest to r, ties to even.
func nearestOf(r *big.Rat) *big.Int {
	two := big.NewRat(2, 1)
	n := floorOf(new(big.Rat).Add(r, big.NewRat(1, 2)))
	isTie := new(big.Rat).Mul(r, two).IsInt() && !r.IsInt()
	if isTie && n.Bit(0) == 1 {
		n.Sub(n, big.NewInt(1))
	}
	return n
}

func refFloat(o operands) outcome {
	f := o.format()
	a, b, sign := o.a, o.b, f.sign()
	switch o.op {
	case "abs":
		return outcome{bits: a &^ sign}
	case "neg":
		return outcome{bits: a ^ sign}
	case "copysign":
		return outcome{bits: a&^sign | b&sign}
	case "ceil", "floor", "trunc", "nearest", "sqrt":
		return refFloatUnary(o)
	}
	switch {
	case f.isNaN(a) || f.isNaN(b):
		return refNaN(f, a, b)
	case o.op == "min" || o.op == "max":
		if o.op == "max" { // max(a, b) is -min(-a, -b)
			return outcome{bits: refMin(f, a^sign, b^sign) ^ sign}
		}
		return outcome{bits: refMin(f, a, b)}
	case o.op == "sub":
		return refSum(f, a, b^sign)
	case o.op == "add":
		return refSum(f, a, b)
	case o.op == "mul":
		return refProduct(f, a, b)
	case o.op == "div":
		return refQuotient(f, a, b)
	}
	panic("no reference for " + o.op)
}

func refFloatUnary(o operands) outcome {
	f, a := o.format(), o.a
	sign := a & f.sign()
	switch {
	case f.isNaN(a):
		return refNaN(f, a)
	case o.op == "sqrt" && sign != 0 && !f.isZero(a):
		return outcome{canonical: true}
	case f.isInf(a) || f.isZero(a):
		return outcome{bits: a}
	}
	r := f.rat(a)
	z := new(big.Int)
	switch o.op {
	case "ceil":
		z.Neg(floorOf(new(big.Rat).Neg(r)))
	case "floor":
		z = floorOf(r)
	case "trunc":
		z.Quo(r.Num(), r.Denom())
	case "nearest":
		z = nearestOf(r)
	case "sqrt": // 200 bits cannot lie so near to a tie that rounding twice matters
		x := new(big.Float).SetPrec(200).SetRat(r)
		root, _ := x.Sqrt(x).Rat(nil)
		return outcome{bits: f.round(root, 0)}
	}
	return outcome{bits: f.round(new(big.Rat).SetInt(z), sign)}
}

func refMin(f format, a, b uint64) uint64 {
	if f.isZero(a) && f.isZero(b) {
		return a | b
	}
	if f.order(a) < f.order(b) {
		return a
	}
	return b
}

func refSum(f format, a, b uint64) outcome {
	switch {
	case f.isInf(a) && f.isInf(b) && a != b:
		return outcome{canonical: true}
	case f.isInf(a):
		return outcome{bits: a}
	case f.isInf(b):
		return outcome{bits: b}
	}
	return outcome{bits: f.round(new(big.Rat).Add(f.rat(a), f.rat(b)), zeroSum(f, a, b))}
}

// zeroSum is the sum of a and b if it is exactly zero: -0 only if both are.
func zeroSum(f format, a, b uint64) uint64 {
	if f.isZero(a) && f.isZero(b) {
		return a & b
	}
	return 0
}

func refProduct(f format, a, b uint64) outcome {
	sign := (a ^ b) & f.sign()
	if f.isInf(a) || f.isInf(b) {
		if f.isZero(a) || f.isZero(b) {
			return outcome{canonical: true}
		}
		return outcome{bits: sign | f.inf()}
	}
	return outcome{bits: f.round(new(big.Rat).Mul(f.rat(a), f.rat(b)), sign)}
}

func refQuotient(f format, a, b uint64) outcome {
	sign := (a ^ b) & f.sign()
	switch {
	case f.isInf(a) && f.isInf(b), f.isZero(a) && f.isZero(b):
		return outcome{canonical: true}
	case f.isInf(a) || f.isZero(b):
		return outcome{bits: sign | f.inf()}
	case f.isInf(b):
		return outcome{bits: sign}
	}
	return outcome{bits: f.round(new(big.Rat).Quo(f.rat(a), f.rat(b)), sign)}
}

// allows reports whether got is among the results that want stands for.
func (want outcome) allows(out byte, got uint64, trap wasm.TrapCode) bool {
	f := formats[out]
	switch {
	case want.trap != wasm.NoTrap || trap != wasm.NoTrap:
		return trap == want.trap
	case want.canonical:
		return f.isCanonical(got)
	case want.nan:
		return f.isArithmetic(got)
	}
	return got == want.bits
}
