package tape

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// operations reads a tape as a sequence of operations of 8 bytes.
func operations(data []byte) (ops []uint64) {
	tp := New(data)
	for tp.Frame() {
		ops = append(ops, tp.Uint64())
	}
	return ops
}

// survival says what mutations leave of the operations of tapes.
type survival struct{ kept, total, small, mutants int }

// note compares the operations of a tape and of a mutant. A mutant is a small edit if two operations at most are others in it.
func (s *survival) note(before, after []uint64) {
	have := map[uint64]int{}
	for _, op := range after {
		have[op]++
	}
	same := 0
	for _, op := range before {
		if have[op] > 0 {
			have[op]--
			same++
		}
	}
	s.kept, s.total, s.mutants = s.kept+same, s.total+len(before), s.mutants+1
	if len(before)-same <= 2 && len(after)-same <= 2 {
		s.small++
	}
}

// share is the share in percent of operations that are as before.
func (s *survival) share() float64 { return 100 * float64(s.kept) / float64(s.total) }

// edits is the share in percent of mutations that are small edits.
func (s *survival) edits() float64 { return 100 * float64(s.small) / float64(s.mutants) }

// frameCounts are the lengths in operations of the tapes that are mutated: those that fuzzing starts with are short.
var frameCounts = []int{8, 20, 50, 120}

// survive mutates tapes, each once, and adds up what is left by kind of mutation; the last element is of all kinds.
func survive(mutants int) []survival {
	m := &mutator{rand.New(rand.NewPCG(5, 5))}
	all := make([]survival, len(mutations)+1)
	for i := range mutants {
		data := Random(uint64(i), frameCounts[i%len(frameCounts)])
		mutant, kind := m.mutate(data)
		before, after := operations(data), operations(mutant)
		all[kind].note(before, after)
		all[len(mutations)].note(before, after)
	}
	return all
}

// TestOperationsSurviveMutation measures what the frames are for: how many operations are the same after one mutation by the fuzzing
// engine, and how many mutations are small edits.
func TestOperationsSurviveMutation(t *testing.T) {
	all := survive(8000)
	for i, s := range all[:len(mutations)] {
		if s.mutants == 0 {
			t.Fatalf("no mutation is of kind %q", mutations[i].name)
		}
		t.Logf("%-30s %5.1f %% of operations kept, %5.1f %% small edits", mutations[i].name, s.share(), s.edits())
	}
	s := all[len(mutations)]
	t.Logf("%-30s %5.1f %% of operations kept, %5.1f %% small edits", "all", s.share(), s.edits())
	if s.share() < 90 || s.edits() < 90 {
		t.Errorf("%.1f %% of operations kept, %.1f %% small edits; want 90 %% each", s.share(), s.edits())
	}
}

// TestMutationsChange keeps the model honest: each kind changes most inputs, and only some change their length.
func TestMutationsChange(t *testing.T) {
	m := &mutator{rand.New(rand.NewPCG(6, 6))}
	var changed, applied, resized [64]int
	for range 20_000 {
		data := m.random(100)
		out, kind := m.mutate(data)
		applied[kind]++
		if !bytes.Equal(out, data) {
			changed[kind]++
		}
		if len(out) != len(data) {
			resized[kind]++
		}
	}
	for i, k := range mutations {
		if changed[i] < applied[i]*9/10 {
			t.Errorf("%q changes %d of %d inputs", k.name, changed[i], applied[i])
		}
		if lengths := i < 4; (resized[i] > 0) != lengths {
			t.Errorf("%q changes the length of %d inputs", k.name, resized[i])
		}
	}
}

// BenchmarkMutation reports what one mutation leaves of a tape.
func BenchmarkMutation(b *testing.B) {
	s := survive(max(b.N, 1000))[len(mutations)]
	b.ReportMetric(s.share(), "%kept")
	b.ReportMetric(s.edits(), "%small-edits")
	b.ReportMetric(float64(s.mutants)/b.Elapsed().Seconds(), "mutants/s")
}

// BenchmarkRead reads tapes to their ends.
func BenchmarkRead(b *testing.B) {
	data := Random(1, 100)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		operations(data)
	}
}
