package spectest

import (
	"encoding/json"
	"testing"
)

// The counts of the whole suites are known, so that a reader that loses commands is noticed.
func TestScriptsAreComplete(t *testing.T) {
	want := map[string]map[string]int{
		V1: {AssertReturn: 15788, AssertTrap: 458, AssertExhaustion: 15, AssertInvalid: 989, AssertMalformed: 661 + 430, AssertUnlinkable: 95},
		V2: {AssertReturn: 45734, AssertTrap: 2408, AssertExhaustion: 15, AssertInvalid: 2146, AssertMalformed: 719 + 1091, AssertUnlinkable: 83},
	}
	for suite, counts := range want {
		got := map[string]int{}
		for _, s := range Scripts(t, suite) {
			for i := range s.Commands {
				c := &s.Commands[i]
				got[c.Type]++
				checkCommand(t, s, c)
			}
		}
		for kind, n := range counts {
			if got[kind] != n {
				t.Errorf("%s: %d commands %s, want %d", suite, got[kind], kind, n)
			}
		}
	}
}

// checkCommand reads every value of a command.
func checkCommand(t *testing.T, s *Script, c *Command) {
	for _, vals := range [][]Val{c.Action.Args, c.Expected} {
		for _, v := range vals {
			if v.Value == "" || v.IsNull() || v.Value == NaNCanonical || v.Value == NaNArithmetic {
				continue
			}
			if _, err := v.Bits(); err != nil {
				t.Errorf("%s: %v", s.At(c), err)
			}
		}
	}
	if c.Type == AssertInvalid && len(s.Wasm(t, c)) < 4 {
		t.Errorf("%s: no module", s.At(c))
	}
}

func TestValDialects(t *testing.T) {
	for _, test := range []struct {
		text string
		bits uint64
	}{
		{`{"type": "i32", "value": "4294967295"}`, 0xffffffff},
		{`{"type": "i32", "value": "-1"}`, 0xffffffff},
		{`{"type": "i64", "value": "-1"}`, 0xffffffffffffffff},
		{`{"type": "f64", "value": "18446744073709551615"}`, 0xffffffffffffffff},
		{`{"type": "externref", "value": "7"}`, 7},
	} {
		var v Val
		if err := json.Unmarshal([]byte(test.text), &v); err != nil {
			t.Errorf("%s: %v", test.text, err)
		}
		if got, err := v.Bits(); err != nil || got != test.bits {
			t.Errorf("%s: bits %#x, error %v; want %#x", test.text, got, err, test.bits)
		}
	}
	var v Val
	if err := json.Unmarshal([]byte(`{"type": "i32", "value": "4294967296"}`), &v); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Bits(); err == nil {
		t.Error("a value of 33 bits was accepted as i32")
	}
	if err := json.Unmarshal([]byte(`{"type": "v128", "lane_type": "i64", "value": ["1", "2"]}`), &v); err != nil || len(v.Lanes) != 2 {
		t.Errorf("lanes %v, error %v", v.Lanes, err)
	}
	if err := json.Unmarshal([]byte(`{"type": "refnull"}`), &v); err != nil || !v.IsNull() {
		t.Errorf("refnull is not null: %+v, error %v", v, err)
	}
}

func TestHostModule(t *testing.T) {
	if b := HostModule(t); string(b[:4]) != "\x00asm" {
		t.Errorf("the host module begins with % x", b[:4])
	}
}
