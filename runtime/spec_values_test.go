package runtime_test

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/spectest"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// hostRef is what an externref of a script refers to.
type hostRef uint64

// valTypes finds value types by their names.
var valTypes = func() map[string]wasm.ValType {
	m := map[string]wasm.ValType{}
	for b := range 256 {
		if t := wasm.ValType(b); t.Valid() {
			m[t.String()] = t
		}
	}
	return m
}()

// toValue makes an argument.
func toValue(v *spectest.Val) (runtime.Value, error) {
	t, ok := valTypes[v.Type]
	switch {
	case !ok:
		return runtime.Value{}, fmt.Errorf("argument of unknown type %s", v.Type)
	case v.IsNull() && t == wasm.FuncRef:
		return runtime.FuncRef(nil), nil
	case v.IsNull():
		return runtime.ExternRef(nil), nil
	}
	if t == wasm.V128 {
		return toVector(v)
	}
	bits, err := v.Bits()
	if err != nil {
		return runtime.Value{}, err
	}
	switch t {
	case wasm.ExternRef:
		return runtime.ExternRef(hostRef(bits)), nil
	case wasm.FuncRef:
		return runtime.Value{}, fmt.Errorf("argument is an opaque function reference %d", bits)
	}
	return runtime.Num(t, bits), nil
}

// lane returns lane i of a vector as a value of its own, which matches can be asked about. Integers are i64.
func lane(v *spectest.Val, i int) (t wasm.ValType, width int, val *spectest.Val) {
	t, width = wasm.I64, map[string]int{"i8": 8, "i16": 16, "i32": 32, "f32": 32, "i64": 64, "f64": 64}[v.LaneType]
	if float, ok := valTypes[v.LaneType]; ok && float.IsFloat() {
		t = float
	}
	return t, width, &spectest.Val{Type: t.String(), Value: v.Lanes[i]}
}

// toVector makes a v128 of lanes.
func toVector(v *spectest.Val) (runtime.Value, error) {
	var halves [2]uint64
	for i := range v.Lanes {
		_, width, val := lane(v, i)
		bits, err := val.Bits()
		if err != nil || width == 0 || len(v.Lanes)*width != 128 {
			return runtime.Value{}, fmt.Errorf("lane %d of %d of type %s: %v", i, len(v.Lanes), v.LaneType, err)
		}
		bits &= 1<<width - 1
		halves[i*width/64] |= bits << (i * width % 64)
	}
	return runtime.V128(halves[0], halves[1]), nil
}

// vectorMatches reports whether each lane fits what the script expects of it.
func vectorMatches(got runtime.Value, want *spectest.Val) bool {
	var halves [2]uint64
	halves[0], halves[1] = got.V128()
	for i := range want.Lanes {
		t, width, val := lane(want, i)
		if width == 0 || len(want.Lanes)*width != 128 {
			return false
		}
		bits := halves[i*width/64] >> (i * width % 64) & (1<<width - 1)
		if !matches(runtime.Num(t, bits), val) {
			return false
		}
	}
	return len(want.Lanes) > 0
}

func toValues(vals []spectest.Val) ([]runtime.Value, error) {
	out := make([]runtime.Value, len(vals))
	for i := range vals {
		var err error
		if out[i], err = toValue(&vals[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// nanForms has the exponent, quiet bit and sign of each float type.
var nanForms = map[wasm.ValType]struct{ canonical, sign uint64 }{
	wasm.F32: {0x7fc00000, 1 << 31},
	wasm.F64: {0x7ff8000000000000, 1 << 63},
}

// matches reports whether a result fits what the script expects, bit by bit.
func matches(got runtime.Value, want *spectest.Val) bool {
	if got.Type().String() != want.Type {
		return false
	}
	if got.Type() == wasm.V128 {
		return vectorMatches(got, want)
	}
	form := nanForms[got.Type()]
	switch {
	case want.Value == "":
		return true
	case want.Value == spectest.NaNCanonical:
		return got.Bits()&^form.sign == form.canonical
	case want.Value == spectest.NaNArithmetic:
		return got.Bits()&form.canonical == form.canonical
	case got.Type().IsRef() && want.IsNull():
		return got.IsNull()
	}
	bits, err := want.Bits()
	if err != nil {
		return false
	}
	if got.Type().IsRef() {
		ref, ok := got.Ref().(hostRef)
		return ok && uint64(ref) == bits
	}
	return got.Bits() == bits
}

// allMatch reports whether the results fit what the script expects.
func allMatch(got []runtime.Value, want []spectest.Val) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if !matches(got[i], &want[i]) {
			return false
		}
	}
	return true
}

// show prints values for a failure, numbers with their bits.
func show(vals []runtime.Value) string {
	parts := make([]string, len(vals))
	for i, v := range vals {
		parts[i] = v.Type().String() + " " + v.String()
		if v.Type().IsNum() {
			parts[i] += fmt.Sprintf(" (%#x)", v.Bits())
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// showWant prints what a script expects.
func showWant(vals []spectest.Val) string {
	parts := make([]string, len(vals))
	for i := range vals {
		parts[i] = fmt.Sprintf("%s %s%s %s", vals[i].Type, vals[i].Value, vals[i].LaneType, vals[i].Lanes)
		if bits, err := vals[i].Bits(); err == nil {
			parts[i] = fmt.Sprintf("%s %#x", vals[i].Type, bits)
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// trapMeans reports whether a script's text means a class of trap. The scripts shorten some texts ("undefined") and add
// to others ("uninitialized element 7").
func trapMeans(text string, code runtime.TrapCode) bool {
	return text != "" && (strings.HasPrefix(code.Error(), text) || strings.HasPrefix(text, code.Error()))
}

// trapsIn20 gives the text of the trap by which 2.0 replaced an error of linking in 1.0: since bulk operations came in,
// active segments are copied one after the other and the first that does not fit traps.
var trapsIn20 = map[string]string{
	"data segment does not fit":     wasm.MemoryOutOfBounds.Error(),
	"elements segment does not fit": wasm.TableOutOfBounds.Error(),
}
