package spectest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// The types of commands.
const (
	Module               = "module"
	Register             = "register"
	PlainAction          = "action"
	AssertReturn         = "assert_return"
	AssertTrap           = "assert_trap"
	AssertExhaustion     = "assert_exhaustion"
	AssertInvalid        = "assert_invalid"
	AssertMalformed      = "assert_malformed"
	AssertUnlinkable     = "assert_unlinkable"
	AssertUninstantiable = "assert_uninstantiable"
	AssertException      = "assert_exception"
)

// Command is one command of a script. Which fields count depends on Type.
type Command struct {
	Type       string `json:"type"`
	Line       int    `json:"line"` // in the .wast source
	Filename   string `json:"filename"`
	ModuleType string `json:"module_type"` // "binary" or "text", or empty for a module command of wast2json
	Name       string `json:"name"`        // of a module that later commands refer to, with its "$"
	As         string `json:"as"`          // the name that register makes a module importable by
	Text       string `json:"text"`        // the message that an assertion expects
	Action     Action `json:"action"`
	Expected   []Val  `json:"expected"`
}

// IsText reports whether the command's module is in the text format, so that a binary runtime has no use for it.
func (c *Command) IsText() bool { return c.ModuleType == "text" }

// The types of actions.
const (
	Invoke = "invoke"
	Get    = "get"
)

// Action calls an exported function or reads an exported global.
type Action struct {
	Type   string `json:"type"`
	Module string `json:"module"` // empty for the module of the last module command
	Field  string `json:"field"`
	Args   []Val  `json:"args"`
}

// The patterns that may stand for the value of a float or of a lane.
const (
	NaNCanonical  = "nan:canonical"
	NaNArithmetic = "nan:arithmetic"
)

// Val is a value or a pattern for one.
//
// Value is the decimal of the bits (never a float literal), a NaN pattern, "null" for a null reference, or a number
// that stands for an opaque reference. It is empty where any value will do: in the Expected of assert_trap, and for
// references that only must have the type. Vectors have Lanes in place of Value.
type Val struct {
	Type     string // i32, i64, f32, f64, v128, funcref, externref, or a type of a later proposal
	Value    string
	LaneType string // i8, i16, i32, i64, f32, f64
	Lanes    []string
}

// UnmarshalJSON reads a value in the form of wast2json or of wasm-tools.
func (v *Val) UnmarshalJSON(b []byte) error {
	var raw struct {
		Type     string          `json:"type"`
		LaneType string          `json:"lane_type"`
		Value    json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*v = Val{Type: raw.Type, LaneType: raw.LaneType}
	switch {
	case len(raw.Value) == 0:
		if raw.Type == "refnull" { // wasm-tools: a null reference of whatever type
			v.Value = "null"
		}
		return nil
	case bytes.HasPrefix(raw.Value, []byte("[")):
		return json.Unmarshal(raw.Value, &v.Lanes)
	}
	return json.Unmarshal(raw.Value, &v.Value)
}

// IsNull reports whether v is a null reference.
func (v *Val) IsNull() bool { return v.Value == "null" }

// Bits returns the bits of a number or of an opaque reference, zero-extended to 64. Both dialects are understood:
// unsigned decimals as wast2json writes them and signed ones as wasm-tools does.
func (v *Val) Bits() (uint64, error) {
	width := 64
	if v.Type == "i32" || v.Type == "f32" {
		width = 32
	}
	if u, err := strconv.ParseUint(v.Value, 10, width); err == nil {
		return u, nil
	}
	s, err := strconv.ParseInt(v.Value, 10, width)
	if err != nil {
		return 0, fmt.Errorf("value %q of type %s is not a decimal of %d bits", v.Value, v.Type, width)
	}
	return uint64(s) << (64 - width) >> (64 - width), nil
}
