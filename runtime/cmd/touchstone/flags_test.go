package main

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func TestEnvFlags(t *testing.T) {
	var f envFlags
	for _, s := range []string{"A=1", "B=", "A=2=3", "AB=4"} {
		if err := f.Set(s); err != nil {
			t.Error(err)
		}
	}
	if want := []string{"A=2=3", "B=", "AB=4"}; !slices.Equal(f, want) {
		t.Errorf("environment %q, want %q", f, want)
	}
	for _, s := range []string{"", "A", "=1", "A=\x00"} {
		if err := f.Set(s); err == nil {
			t.Errorf("%q was accepted", s)
		}
	}
}

func TestByteSize(t *testing.T) {
	for in, want := range map[string]struct {
		n    byteSize
		text string
	}{
		"1":              {1, "1"},
		"65536":          {65536, "64KiB"},
		"64KiB":          {65536, "64KiB"},
		"3MiB":           {3 << 20, "3MiB"},
		"1024MiB":        {1 << 30, "1GiB"},
		"4GiB":           {4 << 30, "4GiB"},
		"1500KiB":        {1500 << 10, "1500KiB"},
		"0x10":           {}, // decimal only
		"":               {},
		"KiB":            {},
		"-1":             {},
		"0MiB":           {},
		"1kb":            {},
		"1.5GiB":         {},
		"1KiBKiB":        {},
		"17179869184GiB": {}, // 2^64
	} {
		var got byteSize
		err := got.Set(in)
		if want.n == 0 {
			if err == nil {
				t.Errorf("%q was accepted as %d", in, got)
			}
			continue
		}
		if err != nil || got != want.n || got.String() != want.text {
			t.Errorf("%q = %d %q, %v; want %d %q", in, got, got.String(), err, want.n, want.text)
		}
	}
}

func TestParseValue(t *testing.T) {
	for _, test := range []struct {
		t    wasm.ValType
		in   string
		bits uint64
		ok   bool
	}{
		{wasm.I32, "-1", 0xffffffff, true},
		{wasm.I32, "4294967295", 0xffffffff, true},
		{wasm.I32, "4294967296", 0, false},
		{wasm.I32, "-2147483648", 1 << 31, true},
		{wasm.I32, "-2147483649", 0, false},
		{wasm.I32, "0x_ff", 255, true},
		{wasm.I32, "1.0", 0, false},
		{wasm.I32, "", 0, false},
		{wasm.I64, "-1", 1<<64 - 1, true},
		{wasm.I64, "18446744073709551615", 1<<64 - 1, true},
		{wasm.I64, "18446744073709551616", 0, false},
		{wasm.F32, "1.5", 0x3fc00000, true},
		{wasm.F32, "-0", 1 << 31, true},
		{wasm.F32, "inf", 0x7f800000, true},
		{wasm.F32, "nan:0xffc00001", 0xffc00001, true},
		{wasm.F32, "nan:0x7f800000", 0, false},
		{wasm.F32, "1e99", 0, false},
		{wasm.F64, "0x1p-3", math.Float64bits(0.125), true},
		{wasm.F64, "-inf", 0xfff << 52, true},
		{wasm.F64, "nan:0x7ff0000000000001", 0x7ff0000000000001, true},
		{wasm.F64, "nan:0x7fc00000", 0, false},
		{wasm.F64, "one", 0, false},
		{wasm.FuncRef, "null", 0, true},
		{wasm.ExternRef, "0", 0, false},
	} {
		got, err := parseValue(test.t, test.in)
		if (err == nil) != test.ok || test.ok && (got.Type() != test.t || got.Bits() != test.bits) {
			t.Errorf("%s %q = %v (%#x), %v; want %#x", test.t, test.in, got, got.Bits(), err, test.bits)
		}
	}
	for _, in := range []string{"nan", "NaN"} {
		if got, err := parseValue(wasm.F64, in); err != nil || !math.IsNaN(got.F64()) {
			t.Errorf("%q = %v, %v", in, got, err)
		}
	}
}

// TestOneLine: nothing that a guest can put into a message breaks the line or reaches the terminal as a control.
func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, ü 世": "plain text, ü 世",
		"a\nb\r\tc":       `a\nb\r\tc`,
		"\x1b[31m\x00":    `\x1b[31m\x00`,
		"\u202eabc":       `\u202eabc`,
		"bad \xff utf8":   `bad \xff utf8`,
		"\ufffd":          "\ufffd",
	} {
		if got := oneLine(in); got != want {
			t.Errorf("oneLine(%q) = %q, want %q", in, got, want)
		}
	}
	if got := oneLine(strings.Repeat("x", 10*maxMessage)); len(got) > maxMessage+10 {
		t.Errorf("a long message has %d bytes", len(got))
	}
}
