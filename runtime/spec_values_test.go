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
		parts[i] = vals[i].Type + " " + vals[i].Value
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
