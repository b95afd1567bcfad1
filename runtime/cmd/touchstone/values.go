package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// parseValues parses the arguments of a function by the types of its parameters.
func parseValues(types []wasm.ValType, args []string) ([]runtime.Value, error) {
	if len(args) != len(types) {
		names := make([]string, len(types))
		for i, t := range types {
			names[i] = t.String()
		}
		return nil, usagef("takes %d arguments (%s), got %d", len(types), strings.Join(names, ", "), len(args))
	}
	values := make([]runtime.Value, len(args))
	for i, arg := range args {
		v, err := parseValue(types[i], arg)
		if err != nil {
			return nil, usagef("argument %d: %v", i+1, err)
		}
		values[i] = v
	}
	return values, nil
}

// parseValue parses one argument: integers signed or unsigned, in any base of Go; floats as Go writes them,
// and "nan:0x…" with the bits, as results are printed; "null" for references.
func parseValue(t wasm.ValType, s string) (runtime.Value, error) {
	switch t {
	case wasm.I32, wasm.I64:
		size := 32
		if t == wasm.I64 {
			size = 64
		}
		bits, err := parseInt(s, size)
		if err != nil {
			return runtime.Value{}, fmt.Errorf("%q is not an %s", s, t)
		}
		return runtime.Num(t, bits), nil
	case wasm.F32, wasm.F64:
		bits, err := parseFloat(t, s)
		if err != nil {
			return runtime.Value{}, fmt.Errorf("%q is not an %s", s, t)
		}
		return runtime.Num(t, bits), nil
	}
	if s != "null" {
		return runtime.Value{}, fmt.Errorf("%q: of type %s only null can be given", s, t)
	}
	if t == wasm.ExternRef {
		return runtime.ExternRef(nil), nil
	}
	return runtime.FuncRef(nil), nil
}

func parseInt(s string, size int) (uint64, error) {
	if signed, err := strconv.ParseInt(s, 0, size); err == nil {
		return uint64(signed), nil
	}
	return strconv.ParseUint(s, 0, size)
}

// parseFloat returns the bits of a float of type t.
func parseFloat(t wasm.ValType, s string) (uint64, error) {
	size := 32
	if t == wasm.F64 {
		size = 64
	}
	if hex, ok := strings.CutPrefix(s, "nan:"); ok {
		return parseNaN(hex, size)
	}
	f, err := strconv.ParseFloat(s, size)
	if err != nil {
		return 0, err
	}
	if size == 32 {
		return uint64(math.Float32bits(float32(f))), nil
	}
	return math.Float64bits(f), nil
}

// parseNaN parses the bits of a NaN and refuses the bits of other numbers.
func parseNaN(hex string, size int) (uint64, error) {
	bits, err := strconv.ParseUint(hex, 0, size)
	if err != nil {
		return 0, err
	}
	isNaN := math.IsNaN(math.Float64frombits(bits))
	if size == 32 {
		isNaN = math.IsNaN(float64(math.Float32frombits(uint32(bits))))
	}
	if !isNaN {
		return 0, fmt.Errorf("%#x is not a NaN", bits)
	}
	return bits, nil
}
