package module

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// seeds is the number of modules that the tests look at.
const seeds = 2000

var modules = flag.Int("modules", seeds, "validate this `number` of modules")

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

// TestEveryModuleIsValid makes modules with all options but damage; -modules 100000 takes a few minutes.
func TestEveryModuleIsValid(t *testing.T) {
	var sizes []int
	for seed := range uint64(*modules) {
		opts := Options{Imports: seed%3 == 0, RawNaN: seed%5 == 0, ExternSegments: seed%7 == 0}
		opts.Features, opts.Mode, opts.State = featuresOf(seed), Mode(seed/32%4), seed%11 == 0
		if seed%13 == 0 {
			opts.Hostcalls = &hostcall.Options{Outside: "/outside"}
		}
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
	t.Logf("%d modules, median %d bytes, largest %d", *modules, median, largest)
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
