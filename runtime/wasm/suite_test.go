package wasm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// verdict names what decoding and validating came to.
func verdict(err error) string {
	var m *wasm.MalformedError
	var i *wasm.InvalidError
	switch {
	case err == nil:
		return spectest.Accepted
	case errors.As(err, &m):
		return spectest.Malformed
	case errors.As(err, &i):
		return spectest.Invalid
	}
	return err.Error()
}

// renamed gives the words of the 2.0 tests for those of the 1.0 tests that differ.
var renamed = map[string]string{
	"invalid UTF-8 encoding": "malformed UTF-8 encoding",
	"zero flag expected":     "zero byte expected",
	"invalid mutability":     "malformed mutability",
	"invalid section id":     "malformed section id",
	"invalid value type":     "malformed value type",
}

// eachCommand calls f for all commands of the suites that a decoder and a validator can judge.
func eachCommand(t testing.TB, suite string, f func(*spectest.Script, *spectest.Command)) {
	for _, s := range spectest.Scripts(t, suite) {
		for i := range s.Commands {
			if c := &s.Commands[i]; c.Filename != "" && !c.IsText() {
				f(s, c)
			}
		}
	}
}

// features has the features that each suite is judged with: those of the others may make its invalid modules valid.
var features = map[string]wasm.FeatureSet{
	spectest.V1: wasm.Features2, spectest.V2: wasm.Features2, spectest.TailCall: wasm.AllFeatures, spectest.ExtendedConst: wasm.AllFeatures,
}

// checkSuite decodes and validates a module of a suite.
func checkSuite(suite string, src []byte) error {
	m, err := wasm.Decode(src)
	if err != nil {
		return err
	}
	return wasm.ValidateFor(m, features[suite])
}

// check decodes and validates.
func check(src []byte) error { return checkWithin(nil, src) }

func checkWithin(limits *wasm.ModuleLimits, src []byte) error {
	m, err := wasm.DecodeWithin(limits, src)
	if err != nil {
		return err
	}
	return wasm.ValidateWithin(limits, m, wasm.Executable)
}

// TestSuites judges every module of the official scripts.
func TestSuites(t *testing.T) {
	for _, suite := range []string{spectest.V1, spectest.V2, spectest.TailCall, spectest.ExtendedConst} {
		t.Run(suite, func(t *testing.T) { testSuite(t, suite) })
	}
}

func testSuite(t *testing.T, suite string) {
	passed, worded, leftOut := map[string]int{}, map[string]int{}, 0
	eachCommand(t, suite, func(s *spectest.Script, c *spectest.Command) {
		at, want := s.At(c), spectest.Accepted
		switch c.Type {
		case spectest.AssertMalformed:
			want = spectest.Malformed
		case spectest.AssertInvalid:
			want = spectest.Invalid
		}
		ex, isExcluded := s.Exception(c)
		if isExcluded {
			leftOut++
			t.Logf("%s: excluded: %s", at, ex.Reason)
			if ex.Verdict == want {
				t.Errorf("%s: excluded without need", at)
			}
			want = ex.Verdict
		}
		err := checkSuite(suite, s.Wasm(t, c))
		if got := verdict(err); got != want {
			t.Errorf("%s: %s %q: want %s, got %s (%v)", at, c.Type, c.Text, want, got, err)
			return
		}
		if isExcluded {
			return
		}
		passed[c.Type]++
		if want == spectest.Accepted {
			return
		}
		words := c.Text
		if suite == spectest.V1 && renamed[words] != "" {
			words = renamed[words]
		}
		if strings.Contains(err.Error(), words) {
			worded[c.Type]++
		} else {
			t.Logf("%s: in other words than %q: %v", at, words, err)
		}
	})
	t.Logf("%s: passed %v, of these in the words of the tests %v; excluded %d", suite, passed, worded, leftOut)
	// A dozen messages differ, for example where the tests expect what a decoder says that reads past a section's end.
	for kind, n := range worded {
		if passed[kind]-n > 15 {
			t.Errorf("%s: %d of %d messages are not in the words of the tests", kind, passed[kind]-n, passed[kind])
		}
	}
}
