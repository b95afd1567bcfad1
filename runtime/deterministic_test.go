package runtime_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// openNaN matches the names of the instructions whose NaNs the specification leaves open.
var openNaN = regexp.MustCompile(`^f(32|64|32x4|64x2)\.(add|sub|mul|div|min|max|sqrt|ceil|floor|trunc|nearest|demote_f64|promote_f32|demote_f64x2_zero|promote_low_f32x4)$`)

const (
	canonical32 = 0x7fc00000
	canonical64 = 0x7ff8000000000000
)

// odd are operands for each type: NaNs of both signs, quiet and signalling, with and without payload, and a few others.
var odd = map[wasm.ValType][]uint64{
	wasm.I32: {0, 1, 0xffffffff},
	wasm.I64: {0, 1, 0xffffffffffffffff},
	wasm.F32: {0x3fc00000, 0x80000000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fc00123, 0xffd55555, 0x7f800001, 0xffbfffff},
	wasm.F64: {0x3ff8000000000000, 1 << 63, 0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000000, 0x7ff8000000000123,
		0xfffd555555555555, 0x7ff0000000000001, 0xfff7ffffffffffff},
}

// operand returns the i-th operand of a type; a vector has two neighbours in its halves.
func operand(t wasm.ValType, i int) runtime.Value {
	if !t.IsVector() {
		return runtime.Num(t, odd[t][i%len(odd[t])])
	}
	f, d := odd[wasm.F32], odd[wasm.F64]
	if i%2 == 0 {
		return runtime.V128(d[i%len(d)], d[(i+1)%len(d)])
	}
	pair := func(i int) uint64 { return f[i%len(f)] | f[(i+1)%len(f)]<<32 }
	return runtime.V128(pair(i), pair(i+2))
}

// consts appends constants.
func consts(b *asm.Body, vals []runtime.Value) *asm.Body {
	for _, v := range vals {
		switch low, high := v.V128(); v.Type() {
		case wasm.I32:
			b.Op(wasm.OpI32Const, low)
		case wasm.I64:
			b.Op(wasm.OpI64Const, low)
		case wasm.F32:
			b.Op(wasm.OpF32Const, low)
		case wasm.F64:
			b.Op(wasm.OpF64Const, low)
		case wasm.V128:
			b.Op(wasm.OpV128Const, low, high)
		}
	}
	return b
}

// applications returns a module that applies an instruction to operands: locals, constants, or one each; and stores its result in a
// local, or leaves it on the stack.
func applications(op wasm.Op, sig string, args [][]runtime.Value) *asm.Module {
	m, params, result := new(asm.Module), op.Operands().Params, sig[strings.IndexByte(sig, ':'):]
	into := uint64(len(params))
	all := func() *asm.Body { return firsts(new(asm.Body), len(params)) }
	m.Func("locals", sig, "", all().Op(op))
	m.Func("local", sig, result[1:], all().Op(op).Set(into).Get(into))
	m.Func("twice", sig, result[1:], all().Op(op).Op(wasm.OpLocalTee, into).Op(wasm.OpDrop).Get(into))
	for i, vals := range args {
		m.Func(fmt.Sprint("consts", i), result, "", consts(new(asm.Body), vals).Op(op))
		last := len(vals) - 1
		m.Func(fmt.Sprint("last", i), sig, "", consts(firsts(new(asm.Body), last), vals[last:]).Op(op))
	}
	return m
}

// firsts appends the first n parameters.
func firsts(b *asm.Body, n int) *asm.Body {
	for i := range n {
		b.Get(uint64(i))
	}
	return b
}

// TestDeterministicNaN applies every pure instruction to NaNs of all kinds. Where the specification leaves the NaN that it returns
// open, it must be the canonical one, and elsewhere nothing may change, to the last bit: on fused and on plain code.
func TestDeterministicNaN(t *testing.T) {
	open, canonical := 0, 0
	for op, info := range wasm.Ops() {
		if !info.Class.IsNumeric() && info.Class != wasm.ClassVector {
			continue
		}
		var args [][]runtime.Value
		for i := range 18 {
			for j := range 18 {
				var vals []runtime.Value
				for k, t := range op.Operands().Params {
					vals = append(vals, operand(t, []int{i, j, i + j}[k]))
				}
				if args = append(args, vals); len(vals) == 1 {
					break
				}
			}
		}
		width := 0
		if m := openNaN.FindStringSubmatch(info.Name); m != nil {
			open++
			fmt.Sscan(m[1][:2], &width)
		}
		m := applications(op, info.Sig, args)
		plain := results(t, runtime.Compiler{Plain: true}, m, op, args)
		for _, c := range []runtime.Compiler{{Deterministic: true}, {Deterministic: true, Plain: true}} {
			for i, got := range results(t, c, m, op, args) {
				want, n := expected(plain[i], width)
				canonical += n
				if got != want {
					t.Fatalf("%s: deterministic (plain %t), application %d: got %s, want %s", info.Name, c.Plain, i, got, want)
				}
			}
		}
	}
	if open != 48 || canonical < 10_000 {
		t.Errorf("%d instructions returned %d open NaNs", open, canonical)
	}
}

// expected returns a result with canonical NaNs in lanes of a width, and how many NaNs there are; a width of 0 leaves it as it is.
func expected(r result, width int) (result, int) {
	n := 0
	half := func(x uint64) uint64 {
		switch {
		case width == 64 && x&^(1<<63) > 0x7ff<<52:
			n++
			return canonical64
		case width == 32:
			for _, shift := range []int{0, 32} {
				if lane := x >> shift & 0xffffffff; lane&^(1<<31) > 0xff<<23 {
					n++
					x = x&^(0xffffffff<<shift) | canonical32<<shift
				}
			}
		}
		return x
	}
	r.low, r.high = half(r.low), half(r.high)
	return r, n
}

// result is the bits of a value, or how the guest ended.
type result struct {
	low, high uint64
	trap      string
}

func (r result) String() string { return fmt.Sprintf("%#016x:%#016x %s", r.high, r.low, r.trap) }

// results calls all functions of a module that applications made.
func results(t *testing.T, c runtime.Compiler, m *asm.Module, op wasm.Op, args [][]runtime.Value) (all []result) {
	t.Helper()
	compiled, err := c.Compile(m.Encode())
	if err != nil {
		t.Fatalf("%s: %v", op, err)
	}
	in, err := runtime.New(nil).Instantiate(background, compiled, nil)
	if err != nil {
		t.Fatal(err)
	}
	call := func(name string, args ...runtime.Value) {
		vals, err := in.Call(background, name, args...)
		if err != nil {
			all = append(all, result{trap: strings.SplitN(err.Error(), " in ", 2)[0]})
			return
		}
		low, high := vals[0].V128()
		all = append(all, result{low: low, high: high})
	}
	for i, vals := range args {
		for _, name := range []string{"locals", "local", "twice", fmt.Sprint("last", i)} {
			call(name, vals...)
		}
		call(fmt.Sprint("consts", i))
	}
	return all
}

// TestSpecDeterministic runs the official scripts on deterministic code: it is one of the behaviours that they allow.
func TestSpecDeterministic(t *testing.T) {
	for _, suite := range []string{spectest.V1, spectest.V2, spectest.TailCall, spectest.ExtendedConst} {
		t.Run(suite, func(t *testing.T) {
			runSuite(t, suite, func(src []byte) ([]byte, error) { return src, nil },
				func(r *runner) { r.compiler.Deterministic = true })
		})
	}
}
