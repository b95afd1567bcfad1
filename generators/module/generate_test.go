package module

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// seeds is the number of modules that the tests look at.
const seeds = 2000

// tapeOf returns the tape of a seed: half of them as frames, half as plain random bytes.
func tapeOf(seed uint64) []byte {
	if seed%2 == 0 {
		return tape.Random(seed, int(seed/2%150))
	}
	data := make([]byte, seed*7%5000)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// featuresOf returns the features of a seed: of half of them none, of the others each combination.
func featuresOf(seed uint64) wasm.FeatureSet {
	var set wasm.FeatureSet
	for i, f := range []wasm.Feature{wasm.SIMD, wasm.TailCall, wasm.ExtendedConst} {
		if seed>>i&1 != 0 && seed&8 != 0 {
			set |= wasm.Features(f)
		}
	}
	return set
}

func TestEveryModuleIsValid(t *testing.T) {
	var sizes []int
	for seed := range uint64(seeds) {
		opts := Options{Imports: seed%3 == 0, RawNaN: seed%5 == 0, ExternSegments: seed%7 == 0}
		opts.Features = featuresOf(seed)
		m := Generate(tapeOf(seed), opts)
		if err := wasm.Validate(m); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		src := wasm.Encode(m)
		sizes = append(sizes, len(src))
		back, err := wasm.Decode(src)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := wasm.Validate(back); err != nil {
			t.Fatalf("seed %d, decoded again: %v", seed, err)
		}
		if _, err := runtime.CompileModule(m); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	slices.Sort(sizes)
	median, largest := sizes[len(sizes)/2], sizes[len(sizes)-1]
	t.Logf("%d modules, median %d bytes, largest %d", seeds, median, largest)
	if median < 1000 || largest > 100_000 {
		t.Errorf("sizes are out of proportion: median %d bytes, largest %d", median, largest)
	}
}

func TestEmptyTapeIsAModule(t *testing.T) {
	for _, data := range [][]byte{nil, {0}, {0xc0}, {0xdb}, bytes.Repeat([]byte{0xc0}, 1000), bytes.Repeat([]byte{0xff}, 1000)} {
		for _, features := range []wasm.FeatureSet{0, optional} {
			if err := wasm.Validate(Generate(data, Options{Features: features})); err != nil {
				t.Errorf("tape %x…: %v", data[:min(len(data), 4)], err)
			}
		}
	}
}

func TestSameTapeSameModule(t *testing.T) {
	for seed := range uint64(50) {
		a, b := Generate(tapeOf(seed), Options{}), Generate(tapeOf(seed), Options{})
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("seed %d gives two modules", seed)
		}
	}
}

// opsOf counts the instructions of a module's functions.
func opsOf(t *testing.T, m *wasm.Module, count *[wasm.NumOps]int) {
	for i := range m.Funcs {
		r := wasm.NewReader(m.Funcs[i].Body)
		for r.Pos() < len(m.Funcs[i].Body.Code) {
			var in wasm.Instr
			if err := r.Next(&in); err != nil {
				t.Fatal(err)
			}
			count[in.Op]++
		}
	}
}

func TestEveryInstructionOccurs(t *testing.T) {
	for _, features := range []wasm.FeatureSet{0, optional} {
		var count [wasm.NumOps]int
		for seed := range uint64(seeds) {
			opsOf(t, Generate(tapeOf(seed), Options{Features: features}), &count)
		}
		least, seldom := 1<<62, wasm.Op(0)
		for o, info := range wasm.Ops() {
			switch has := (emitted | features).Has(info.Since); {
			case !has && count[o] > 0:
				t.Errorf("%s (%#x) occurs without its feature", o, info.Code)
			case has && count[o] < 20:
				t.Errorf("%s (%#x) occurs %d times in %d modules", o, info.Code, count[o], seeds)
			}
			if (emitted | features).Has(info.Since) && count[o] < least {
				least, seldom = count[o], o
			}
		}
		t.Logf("features %b: the rarest instruction is %s: %d times in %d modules", features, seldom, least, seeds)
	}
}

func TestEveryRowHasAnEmitter(t *testing.T) {
	var has [wasm.NumOps]bool
	for _, k := range statementKinds {
		for _, o := range k.ops {
			has[o] = true
		}
	}
	for _, k := range producerKinds {
		for _, o := range k.ops {
			has[o] = true
		}
	}
	for _, o := range constOps {
		has[o] = true
	}
	for o, info := range wasm.Ops() {
		switch c := info.Class; {
		case isRow(c), isStore(c), c == wasm.ClassBulk:
			has[o] = true
		}
		if !has[o] && (emitted | optional).Has(info.Since) {
			t.Errorf("no emitter for %s (%#x): add a statementKind or a producerKind", o, info.Code)
		}
	}
}

// TestSmallMutationIsSmall measures how much of a module changes when one byte of its tape does.
func TestSmallMutationIsSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var shares []float64
	for seed := range uint64(200) {
		data := tape.Random(seed, 100)
		before := wasm.Encode(Generate(data, Options{}))
		mutant := bytes.Clone(data)
		mutant[r.IntN(len(mutant))] ^= byte(1 + r.IntN(255))
		shares = append(shares, changed(before, wasm.Encode(Generate(mutant, Options{}))))
	}
	slices.Sort(shares)
	median := shares[len(shares)/2]
	t.Logf("bytes of the module that one byte of the tape changes: median %.2f %%, 90th percentile %.2f %%",
		100*median, 100*shares[len(shares)*9/10])
	if median > 0.05 {
		t.Errorf("one byte changes %.1f %% of the module at the median, more than 5 %%", 100*median)
	}
}

// changed returns the share of b outside the prefix and the suffix that it has in common with a.
func changed(a, b []byte) float64 {
	n := min(len(a), len(b))
	front := 0
	for front < n && a[front] == b[front] {
		front++
	}
	back := 0
	for back < n-front && a[len(a)-1-back] == b[len(b)-1-back] {
		back++
	}
	return float64(len(b)-front-back) / float64(len(b))
}

func BenchmarkGenerate(b *testing.B) {
	tapes := make([][]byte, 64)
	for i := range tapes {
		tapes[i] = tape.Random(uint64(i), 75)
	}
	var size int64
	for i := 0; b.Loop(); i++ {
		size += int64(len(wasm.Encode(Generate(tapes[i%len(tapes)], Options{}))))
	}
	b.ReportMetric(float64(size)/float64(b.N), "bytes/module")
}
