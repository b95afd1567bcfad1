package numeric_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/numeric"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// functions makes the functions callable; which instruction each belongs to follows from its name.
var functions = []any{
	numeric.I32Eqz, numeric.I32Eq, numeric.I32Ne, numeric.I32LtS, numeric.I32LtU, numeric.I32GtS, numeric.I32GtU,
	numeric.I32LeS, numeric.I32LeU, numeric.I32GeS, numeric.I32GeU, numeric.I64Eqz, numeric.I64Eq, numeric.I64Ne,
	numeric.I64LtS, numeric.I64LtU, numeric.I64GtS, numeric.I64GtU, numeric.I64LeS, numeric.I64LeU, numeric.I64GeS,
	numeric.I64GeU, numeric.F32Eq, numeric.F32Ne, numeric.F32Lt, numeric.F32Gt, numeric.F32Le, numeric.F32Ge, numeric.F64Eq,
	numeric.F64Ne, numeric.F64Lt, numeric.F64Gt, numeric.F64Le, numeric.F64Ge, numeric.I32Clz, numeric.I32Ctz,
	numeric.I32Popcnt, numeric.I32Add, numeric.I32Sub, numeric.I32Mul, numeric.I32DivS, numeric.I32DivU, numeric.I32RemS,
	numeric.I32RemU, numeric.I32And, numeric.I32Or, numeric.I32Xor, numeric.I32Shl, numeric.I32ShrS, numeric.I32ShrU,
	numeric.I32Rotl, numeric.I32Rotr, numeric.I64Clz, numeric.I64Ctz, numeric.I64Popcnt, numeric.I64Add, numeric.I64Sub,
	numeric.I64Mul, numeric.I64DivS, numeric.I64DivU, numeric.I64RemS, numeric.I64RemU, numeric.I64And, numeric.I64Or,
	numeric.I64Xor, numeric.I64Shl, numeric.I64ShrS, numeric.I64ShrU, numeric.I64Rotl, numeric.I64Rotr, numeric.F32Abs,
	numeric.F32Neg, numeric.F32Ceil, numeric.F32Floor, numeric.F32Trunc, numeric.F32Nearest, numeric.F32Sqrt, numeric.F32Add,
	numeric.F32Sub, numeric.F32Mul, numeric.F32Div, numeric.F32Min, numeric.F32Max, numeric.F32Copysign, numeric.F64Abs,
	numeric.F64Neg, numeric.F64Ceil, numeric.F64Floor, numeric.F64Trunc, numeric.F64Nearest, numeric.F64Sqrt, numeric.F64Add,
	numeric.F64Sub, numeric.F64Mul, numeric.F64Div, numeric.F64Min, numeric.F64Max, numeric.F64Copysign, numeric.I32WrapI64,
	numeric.I32TruncF32S, numeric.I32TruncF32U, numeric.I32TruncF64S, numeric.I32TruncF64U, numeric.I64ExtendI32S,
	numeric.I64ExtendI32U, numeric.I64TruncF32S, numeric.I64TruncF32U, numeric.I64TruncF64S, numeric.I64TruncF64U,
	numeric.F32ConvertI32S, numeric.F32ConvertI32U, numeric.F32ConvertI64S, numeric.F32ConvertI64U, numeric.F32DemoteF64,
	numeric.F64ConvertI32S, numeric.F64ConvertI32U, numeric.F64ConvertI64S, numeric.F64ConvertI64U, numeric.F64PromoteF32,
	numeric.I32ReinterpretF32, numeric.I64ReinterpretF64, numeric.F32ReinterpretI32, numeric.F64ReinterpretI64,
	numeric.I32Extend8S, numeric.I32Extend16S, numeric.I64Extend8S, numeric.I64Extend16S, numeric.I64Extend32S,
	numeric.I32TruncSatF32S, numeric.I32TruncSatF32U, numeric.I32TruncSatF64S, numeric.I32TruncSatF64U,
	numeric.I64TruncSatF32S, numeric.I64TruncSatF32U, numeric.I64TruncSatF64S, numeric.I64TruncSatF64U,
}

// callable has the functions by name.
var callable = func() map[string]reflect.Value {
	m := map[string]reflect.Value{}
	for _, f := range functions {
		v := reflect.ValueOf(f)
		name := runtime.FuncForPC(v.Pointer()).Name()
		m[name[strings.LastIndexByte(name, '.')+1:]] = v
	}
	return m
}()

// toGo makes an argument of type t from bits. It avoids reflect.Value.Convert, which would quiet signalling NaNs.
func toGo(t reflect.Type, bits uint64) reflect.Value {
	switch t.Kind() {
	case reflect.Float32:
		return reflect.ValueOf(math.Float32frombits(uint32(bits)))
	case reflect.Float64:
		return reflect.ValueOf(math.Float64frombits(bits))
	case reflect.Uint32:
		return reflect.ValueOf(uint32(bits))
	case reflect.Int32:
		return reflect.ValueOf(int32(bits))
	case reflect.Uint64:
		return reflect.ValueOf(bits)
	}
	return reflect.ValueOf(int64(bits))
}

// fromGo returns the bits of a result.
func fromGo(v reflect.Value) uint64 {
	switch x := v.Interface().(type) {
	case bool:
		if x {
			return 1
		}
		return 0
	case float32:
		return uint64(math.Float32bits(x))
	case float64:
		return math.Float64bits(x)
	case uint32:
		return uint64(x)
	case int32:
		return uint64(uint32(x))
	case int64:
		return uint64(x)
	}
	return v.Interface().(uint64)
}

// call calls the function of an instruction with one or two operands.
func call(f reflect.Value, a, b uint64) (uint64, wasm.TrapCode) {
	args := []reflect.Value{toGo(f.Type().In(0), a)}
	if f.Type().NumIn() == 2 {
		args = append(args, toGo(f.Type().In(1), b))
	}
	out := f.Call(args)
	if len(out) == 2 {
		return fromGo(out[0]), out[1].Interface().(wasm.TrapCode)
	}
	return fromGo(out[0]), wasm.NoTrap
}

// Every function agrees with the reference at all pairs of edge values and at random ones.
func TestAgainstReference(t *testing.T) {
	const randomCases = 2000
	for op, info := range wasm.Ops() {
		if !info.Class.IsNumeric() {
			continue
		}
		t.Run(info.Name, func(t *testing.T) {
			f, ok := callable[isa.ConstName(op)]
			if !ok {
				t.Fatalf("the list of functions lacks %s", isa.ConstName(op))
			}
			check := func(a, b uint64) {
				want := reference(info, a, b)
				got, trap := call(f, a, b)
				if in, out, _ := strings.Cut(info.Sig, ":"); !want.allows(out[0], got, trap) {
					t.Errorf("operands %#x %#x (%s): %#x, trap %v; want %+v", a, b, in, got, trap, want)
				}
			}
			in := info.Sig[0]
			binary := f.Type().NumIn() == 2
			for _, a := range edges[in] {
				if !binary {
					check(a, 0)
					continue
				}
				for _, b := range edges[in] {
					check(a, b)
				}
			}
			r := rand.New(rand.NewPCG(1, uint64(op)))
			for range randomCases {
				check(random(r, in), random(r, in))
			}
		})
	}
}
