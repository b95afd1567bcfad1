package runtime_test

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// TestSpec runs the official specification tests through the public interface.
func TestSpec(t *testing.T) {
	for _, suite := range []string{spectest.V1, spectest.V2, spectest.TailCall, spectest.ExtendedConst} {
		t.Run(suite, func(t *testing.T) {
			runSuite(t, suite, func(src []byte) ([]byte, error) { return src, nil })
		})
	}
}

// TestSpecReencoded runs them again, each module decoded and encoded first: what the encoder writes must mean the same.
func TestSpecReencoded(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: TestSpec runs the same scripts on the modules as they are")
	}
	for _, suite := range []string{spectest.V1, spectest.V2, spectest.TailCall, spectest.ExtendedConst} {
		t.Run(suite, func(t *testing.T) {
			runSuite(t, suite, func(src []byte) ([]byte, error) {
				m, err := wasm.Decode(src)
				if err != nil {
					return nil, err
				}
				return wasm.Encode(m), nil
			})
		})
	}
}

// runSuite runs all scripts of a suite, one subtest each, and prints how many commands passed or were left out. Each runner is prepared
// by the functions of prepare.
func runSuite(t *testing.T, suite string, transform func([]byte) ([]byte, error), prepare ...func(*runner)) {
	total := newTally()
	for _, s := range spectest.Scripts(t, suite) {
		t.Run(s.Name, func(t *testing.T) {
			r := newRunner(t, s, transform)
			defer total.add(r.tally)
			for _, p := range prepare {
				p(r)
			}
			for i := range s.Commands {
				r.run(&s.Commands[i])
			}
		})
	}
	t.Logf("%s: %s", suite, total)
	if total.passed[spectest.AssertReturn] == 0 {
		t.Errorf("%s: no assert_return passed", suite)
	}
}

// tally counts commands by what came of them.
type tally struct {
	passed   map[string]int // by type of command
	failed   int
	skipped  map[string]int // by reason
	excepted map[string]int // judged by another verdict than the script's, by reason
}

func newTally() *tally {
	return &tally{passed: map[string]int{}, skipped: map[string]int{}, excepted: map[string]int{}}
}

func (c *tally) add(d *tally) {
	for _, p := range [][2]map[string]int{{c.passed, d.passed}, {c.skipped, d.skipped}, {c.excepted, d.excepted}} {
		for k, n := range p[1] {
			p[0][k] += n
		}
	}
	c.failed += d.failed
}

// String returns the counts as text of several lines.
func (c *tally) String() string {
	var b strings.Builder
	sum, kinds := counts(c.passed)
	fmt.Fprintf(&b, "%d commands passed, %d failed\n", sum, c.failed)
	for _, k := range kinds {
		fmt.Fprintf(&b, "  passed %6d %s\n", c.passed[k], k)
	}
	_, reasons := counts(c.skipped)
	for _, k := range reasons {
		fmt.Fprintf(&b, "  skipped %5d %s\n", c.skipped[k], k)
	}
	_, reasons = counts(c.excepted)
	for _, k := range reasons {
		fmt.Fprintf(&b, "  excepted %4d %s\n", c.excepted[k], k)
	}
	return b.String()
}

// counts returns the sum of the counts and the keys in order.
func counts(m map[string]int) (sum int, keys []string) {
	for k, n := range m {
		keys = append(keys, k)
		sum += n
	}
	sort.Strings(keys)
	return sum, keys
}
