package cover

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness"
)

// TestChoose: what is chosen covers all, keeps what is kept, holds nothing that adds nothing, and takes the small ones.
func TestChoose(t *testing.T) {
	covers := [][]Unit{{1, 2, 3}, {1, 2, 3}, {3, 4}, {4}, {}, {1}}
	sizes := []int{9, 5, 2, 1, 1, 1}
	got := Choose(covers, sizes, func(i int) bool { return i == 5 })
	if want := []int{5, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("chosen %v, want %v", got, want)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		covers, sizes = make([][]Unit, 20), make([]int, 20)
		all := map[Unit]bool{}
		for i := range covers {
			sizes[i] = r.IntN(100)
			for range r.IntN(10) {
				u := Unit(r.IntN(30))
				covers[i], all[u] = append(covers[i], u), true
			}
		}
		have := map[Unit]bool{}
		for _, i := range Choose(covers, sizes, func(int) bool { return false }) {
			before := len(have)
			for _, u := range covers[i] {
				have[u] = true
			}
			if len(have) == before {
				t.Fatalf("%d was chosen and adds nothing", i)
			}
		}
		if len(have) != len(all) {
			t.Fatalf("%d of %d are covered", len(have), len(all))
		}
	}
}

// counters writes counters as the toolchain does.
func counters(flavor byte, functions ...[]uint32) []byte {
	b := append(magic[:], version, 0, 0, 0)
	b = append(b, make([]byte, 16)...)
	b = append(b, flavor, 0, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(functions)))
	b = binary.LittleEndian.AppendUint32(b, 3) // a table of strings
	b = binary.LittleEndian.AppendUint32(b, 2) // arguments
	b = append(b, "abcde\x00\x00\x00"...)
	for _, f := range functions {
		for _, n := range append([]uint32{uint32(len(f) - 2)}, f...) {
			if flavor == lebFlavor {
				b = binary.AppendUvarint(b, uint64(n))
			} else {
				b = binary.LittleEndian.AppendUint32(b, n)
			}
		}
	}
	return append(b, make([]byte, 16)...)
}

func TestUnits(t *testing.T) {
	for _, flavor := range []byte{rawFlavor, lebFlavor} {
		data := counters(flavor, []uint32{7, 3, 0, 5, 0, 300}, []uint32{7, 4, 1})
		got, err := units(data)
		if want := []Unit{unit(7, 3, 1), unit(7, 3, 3), unit(7, 4, 0)}; err != nil || !slices.Equal(got, want) {
			t.Errorf("flavor %d: %v, %v, want %v", flavor, got, err, want)
		}
		for n := range len(data) - 20 {
			if _, err := units(data[:n]); err == nil {
				t.Errorf("flavor %d: the first %d of %d bytes are accepted", flavor, n, len(data))
			}
		}
	}
	if _, err := units(counters(9)); err == nil {
		t.Error("an unknown flavor is accepted")
	}
}

// TestMeter measures the seeds of a target in a process that is built for it.
func TestMeter(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a build with counters takes several seconds")
	}
	target, err := harness.Find("FuzzTrace")
	if err != nil {
		t.Fatal(err)
	}
	meter, err := NewMeter(t.Context(), target, Packages(target), "corpus/cmd/corpus")
	if err != nil {
		t.Fatal(err)
	}
	defer meter.Close()
	inputs, err := corpus.Inputs("trace")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []int
	for _, input := range inputs {
		once, err := meter.Measure(t.Context(), input.Data)
		if err != nil || once.Failure != "" {
			t.Fatalf("%s: %+v, %v", input.Name, once, err)
		}
		again, err := meter.Measure(t.Context(), input.Data)
		if err != nil || !slices.Equal(once.Units, again.Units) {
			t.Errorf("%s: %d blocks, then %d, %v: counters are not cleared", input.Name, len(once.Units), len(again.Units), err)
		}
		blocks = append(blocks, len(once.Units))
	}
	none, err := meter.Measure(t.Context(), nil)
	if err != nil || len(none.Units) == 0 || len(none.Units) >= slices.Min(blocks) {
		t.Errorf("the empty input covers %d blocks, seeds %v, %v", len(none.Units), blocks, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := meter.Measure(ctx, nil); err == nil {
		t.Error("an interruption is no error")
	}
}
