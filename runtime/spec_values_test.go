package runtime_test

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
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
		low, high, err := v.Halves()
		return runtime.V128(low, high), err
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

// matches reports whether a result fits what the script expects, bit by bit.
func matches(got runtime.Value, want *spectest.Val) bool {
	switch {
	case got.Type().String() != want.Type:
		return false
	case !got.Type().IsRef():
		return want.Fits(got.V128())
	case want.Value == "":
		return true
	case want.IsNull():
		return got.IsNull()
	}
	bits, err := want.Bits()
	ref, ok := got.Ref().(hostRef)
	return err == nil && ok && uint64(ref) == bits
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
