package harness

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// TestPolicyProperty takes lines and pieces of lines of the seeds together at random.
func TestPolicyProperty(t *testing.T) {
	seeds, err := corpus.Inputs("policy")
	if err != nil {
		t.Fatal(err)
	}
	var lines, words []string
	for _, s := range seeds {
		ok, f := oracle.Policy(s.Data)
		report(t, f)
		if ok == (s.Name == "wrong") {
			t.Errorf("seed %s: accepted is %v", s.Name, ok)
		}
		lines = append(lines, strings.Split(string(s.Data), "\n")...)
		words = append(words, strings.FieldsFunc(string(s.Data), func(r rune) bool { return strings.ContainsRune(" \n:,=", r) })...)
	}
	const inputs = 20_000
	r, valid := rand.New(rand.NewPCG(1, 1)), 0
	for range inputs {
		var list []string
		for range 1 + r.IntN(4) {
			line := lines[r.IntN(len(lines))]
			if r.IntN(3) > 0 {
				line = strings.Replace(line, words[r.IntN(len(words))], words[r.IntN(len(words))], 1)
			}
			list = append(list, line)
		}
		ok, f := oracle.Policy([]byte(strings.Join(list, "\n")))
		report(t, f)
		if ok {
			valid++
		}
	}
	t.Logf("%d of %d are policies", valid, inputs)
	if valid < inputs/10 {
		t.Error("too few are policies for this to show much")
	}
}
