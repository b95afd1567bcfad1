package evaluator

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// The operators on integers (section 4.3.2). Each is for any width of n bits up to 64, and takes and gives n bits, zero-extended.
// The maps hold those on numbers and those on lanes alike; the list of instructions says which exist.

// mask returns n ones.
func mask(n int) uint64 { return ^uint64(0) >> (64 - n) }

// signed interprets n bits in two's complement.
func signed(n int, x uint64) int64 {
	if x < 1<<(n-1) {
		return int64(x)
	}
	return int64(x - 1<<n) // for 64 bits, 1<<n is 0, and so is 2^64 modulo 2^64
}

// extendU and extendS make n bits of m bits.
func extendU(_, _ int, x uint64) uint64 { return x }
func extendS(m, n int, x uint64) uint64 { return uint64(signed(m, x)) & mask(n) }

// extension returns extendS or extendU.
func extension(isSigned bool) func(m, n int, x uint64) uint64 {
	if isSigned {
		return extendS
	}
	return extendU
}

// saturateS and saturateU return the n bits of the value closest to x.
func saturateS(n int, x int64) uint64 {
	least, most := -int64(1)<<(n-1), int64(1)<<(n-1)-1
	return uint64(max(least, min(most, x))) & mask(n)
}

func saturateU(n int, x int64) uint64 { return uint64(max(0, min(int64(mask(n)), x))) }

// bit returns bit i.
func bit(x uint64, i int) int { return int(x >> i & 1) }

var intUnary = map[string]func(n int, a uint64) uint64{
	"clz": func(n int, a uint64) (count uint64) {
		for i := n - 1; i >= 0 && bit(a, i) == 0; i-- {
			count++
		}
		return count
	},
	"ctz": func(n int, a uint64) (count uint64) {
		for i := 0; i < n && bit(a, i) == 0; i++ {
			count++
		}
		return count
	},
	"popcnt": func(n int, a uint64) (count uint64) {
		for i := range n {
			count += uint64(bit(a, i))
		}
		return count
	},
	"extend8_s":  func(n int, a uint64) uint64 { return extendS(8, n, a&mask(8)) },
	"extend16_s": func(n int, a uint64) uint64 { return extendS(16, n, a&mask(16)) },
	"extend32_s": func(n int, a uint64) uint64 { return extendS(32, n, a&mask(32)) },
	"neg":        func(n int, a uint64) uint64 { return (0 - a) & mask(n) },
	"abs": func(n int, a uint64) uint64 {
		if signed(n, a) < 0 {
			return (0 - a) & mask(n)
		}
		return a
	},
}

var intBinary = map[string]func(n int, a, b uint64) uint64{
	"add":   func(n int, a, b uint64) uint64 { return (a + b) & mask(n) },
	"sub":   func(n int, a, b uint64) uint64 { return (a - b) & mask(n) },
	"mul":   func(n int, a, b uint64) uint64 { return (a * b) & mask(n) },
	"div_s": divS,
	"div_u": func(_ int, a, b uint64) uint64 { return a / divisor(b) },
	"rem_s": func(n int, a, b uint64) uint64 { return uint64(signed(n, a)%signed(n, divisor(b))) & mask(n) },
	"rem_u": func(_ int, a, b uint64) uint64 { return a % divisor(b) },
	"and":   func(_ int, a, b uint64) uint64 { return a & b },
	"or":    func(_ int, a, b uint64) uint64 { return a | b },
	"xor":   func(_ int, a, b uint64) uint64 { return a ^ b },
	"rotl": func(n int, a, b uint64) uint64 {
		k := b % uint64(n)
		return (a<<k | a>>(uint64(n)-k)) & mask(n)
	},
	"rotr": func(n int, a, b uint64) uint64 {
		k := b % uint64(n)
		return (a>>k | a<<(uint64(n)-k)) & mask(n)
	},

	"min_s": func(n int, a, b uint64) uint64 { return uint64(min(signed(n, a), signed(n, b))) & mask(n) },
	"min_u": func(_ int, a, b uint64) uint64 { return min(a, b) },
	"max_s": func(n int, a, b uint64) uint64 { return uint64(max(signed(n, a), signed(n, b))) & mask(n) },
	"max_u": func(_ int, a, b uint64) uint64 { return max(a, b) },

	"add_sat_s":     func(n int, a, b uint64) uint64 { return saturateS(n, signed(n, a)+signed(n, b)) },
	"add_sat_u":     func(n int, a, b uint64) uint64 { return saturateU(n, int64(a)+int64(b)) },
	"sub_sat_s":     func(n int, a, b uint64) uint64 { return saturateS(n, signed(n, a)-signed(n, b)) },
	"sub_sat_u":     func(n int, a, b uint64) uint64 { return saturateU(n, int64(a)-int64(b)) },
	"avgr_u":        func(_ int, a, b uint64) uint64 { return (a + b + 1) / 2 },
	"q15mulr_sat_s": func(n int, a, b uint64) uint64 { return saturateS(n, (signed(n, a)*signed(n, b)+1<<14)>>15) },
}

// intShift are the shifts: on numbers both operands are of one type, on lanes the second is an i32.
var intShift = map[string]func(n int, a, k uint64) uint64{
	"shl":   func(n int, a, k uint64) uint64 { return a << (k % uint64(n)) & mask(n) },
	"shr_u": func(n int, a, k uint64) uint64 { return a >> (k % uint64(n)) },
	"shr_s": func(n int, a, k uint64) uint64 { return uint64(signed(n, a)>>(k%uint64(n))) & mask(n) },
}

var intCompare = map[string]func(n int, a, b uint64) bool{
	"eq":   func(_ int, a, b uint64) bool { return a == b },
	"ne":   func(_ int, a, b uint64) bool { return a != b },
	"lt_s": func(n int, a, b uint64) bool { return signed(n, a) < signed(n, b) },
	"lt_u": func(_ int, a, b uint64) bool { return a < b },
	"gt_s": func(n int, a, b uint64) bool { return signed(n, a) > signed(n, b) },
	"gt_u": func(_ int, a, b uint64) bool { return a > b },
	"le_s": func(n int, a, b uint64) bool { return signed(n, a) <= signed(n, b) },
	"le_u": func(_ int, a, b uint64) bool { return a <= b },
	"ge_s": func(n int, a, b uint64) bool { return signed(n, a) >= signed(n, b) },
	"ge_u": func(_ int, a, b uint64) bool { return a >= b },
}

// divisor traps if it is zero.
func divisor(b uint64) uint64 {
	if b == 0 {
		panic(wasm.DivideByZero)
	}
	return b
}

func divS(n int, a, b uint64) uint64 {
	x, y := signed(n, a), signed(n, divisor(b))
	if x == -1<<(n-1) && y == -1 {
		panic(wasm.IntegerOverflow) // 2^(n-1) is no value
	}
	return uint64(x/y) & mask(n)
}

// integers finds the meanings of the operators on i32 and i64 (section 4.4.1).
func integers(on shape, op operator) *Meaning {
	if !on.isNumber() || on.float {
		return nil
	}
	t, n := on.number(), on.width
	if f := intUnary[op.text]; f != nil {
		return pure(types(t), t, func(v []Value) Value { return Num(t, f(n, v[0].Bits)) })
	}
	f := intBinary[op.text]
	if f == nil {
		f = intShift[op.text]
	}
	if f != nil {
		return pure(types(t, t), t, func(v []Value) Value { return Num(t, f(n, v[0].Bits, v[1].Bits)) })
	}
	if f := intCompare[op.text]; f != nil {
		return pure(types(t, t), wasm.I32, func(v []Value) Value { return truth(f(n, v[0].Bits, v[1].Bits)) })
	}
	if op.text == "eqz" {
		return pure(types(t), wasm.I32, func(v []Value) Value { return truth(v[0].Bits == 0) })
	}
	return nil
}
