package regressions

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Lines says in a line for each step what it did.
func (o *Outcome) Lines() []string {
	lines := []string{words(string(o.Result.Stage), o.Result.Message)}
	for i := range o.Result.Calls {
		c := &o.Result.Calls[i]
		line := describe(c)
		if errno, ok := errnoOf(c); ok && errno != wasi.ESUCCESS {
			line += " " + errno.String()
		}
		lines = append(lines, line)
	}
	return lines
}

// Value writes a value as regressions do: integers signed, floats as hexadecimal bits unless they are NaNs, references as null or not.
func Value(v engine.Value) string {
	switch v.Type {
	case wasm.I32:
		return fmt.Sprintf("i32 %d", int32(v.Bits))
	case wasm.I64:
		return fmt.Sprintf("i64 %d", int64(v.Bits))
	case wasm.F32, wasm.F64:
		if compare.IsNaN(v) {
			return v.Type.String() + " nan"
		}
		return fmt.Sprintf("%v %#x", v.Type, v.Bits)
	}
	return fmt.Sprintf("%v %v", v.Type, map[bool]string{true: "null", false: "reference"}[v.Bits == 0])
}

// describe says what a step did.
func describe(c *engine.CallResult) string {
	var what string
	switch c.Outcome {
	case engine.Returned:
		var values []string
		for _, v := range c.Values {
			values = append(values, Value(v))
		}
		what = "(" + strings.Join(values, ", ") + ")"
	case engine.Trapped:
		what = "trap: " + c.Trap.Error()
	case engine.Exited:
		what = fmt.Sprintf("exit with %d", c.Exit)
	default:
		what = words(string(c.Outcome), c.Message)
	}
	return fmt.Sprintf("%s: %s", c.Export, what)
}

// words joins what happened and what the engine says of it, its first 160 bytes.
func words(what, message string) string {
	if message == "" {
		return what
	}
	if len(message) > 160 {
		message = message[:160] + "…"
	}
	return what + ": " + strings.Join(strings.Fields(message), " ")
}
