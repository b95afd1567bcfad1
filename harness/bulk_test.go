package harness

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// The tests of this file run a few thousand inputs through the property of each target, so that a plain `go test`
// finds what a short fuzzing run would.

// mutate changes up to four places of data: a byte is changed, or a range is removed, repeated or replaced by random bytes.
func mutate(r *rand.Rand, data []byte) []byte {
	out := bytes.Clone(data)
	for range 1 + r.IntN(4) {
		if len(out) == 0 {
			return append(out, byte(r.Uint32()))
		}
		at := r.IntN(len(out))
		n := min(1+r.IntN(6), len(out)-at)
		part := bytes.Clone(out[at : at+n])
		switch r.IntN(5) {
		case 0:
			out[at] ^= 1 << r.IntN(8)
		case 1:
			out[at] = byte(r.Uint32())
		case 2:
			out = append(out[:at], out[at+n:]...)
		case 3:
			out = append(out[:at], append(part, out[at:]...)...)
		case 4:
			for i := range part {
				out[at+i] = byte(r.Uint32())
			}
		}
	}
	return out
}

func TestDecodeProperty(t *testing.T) {
	const inputs = 6000
	r := rand.New(rand.NewPCG(11, 11))
	w := oracle.NewWazero(t.Context(), false)
	defer w.Close(t.Context())
	valid := 0
	start := time.Now()
	for i := range inputs {
		var src []byte
		switch i % 3 {
		case 0: // any bytes behind the header
			src = []byte("\x00asm\x01\x00\x00\x00")
			for range r.IntN(200) {
				src = append(src, byte(r.Uint32()))
			}
		default:
			m := module.Generate(tape.Random(uint64(i), r.IntN(20)), module.Options{Imports: i%2 == 0, ExternSegments: true})
			report(t, oracle.Built(m))
			src = mutate(r, wasm.Encode(m))
		}
		ok, f := w.Decode(t.Context(), src)
		report(t, f)
		if ok {
			valid++
		}
	}
	t.Logf("%d inputs, %d of them valid modules, %.0f a second", inputs, valid, inputs/time.Since(start).Seconds())
	if valid < inputs/50 {
		t.Errorf("only %d of %d inputs are valid modules: the mutations are too rough to reach the compiler", valid, inputs)
	}
}

// TestValidateProperty damages modules of both generators. It counts what is valid: of the two verdicts neither must be rare.
func TestValidateProperty(t *testing.T) {
	inputs := 6000
	if testing.Short() {
		inputs = 1000
	}
	w := oracle.NewWazero(t.Context(), false)
	defer w.Close(t.Context())
	r := rand.New(rand.NewPCG(13, 13))
	valid, start := 0, time.Now()
	for i := range inputs {
		input := tape.Random(uint64(i), 3+r.IntN(12)) // a tape is read as instructions, too
		ok, f := w.Validate(t.Context(), input)
		if f != nil {
			t.Logf("tape.Random(%d, …): %x", i, input)
		}
		report(t, f)
		if ok {
			valid++
		}
	}
	t.Logf("%d inputs, %d of them valid, %.0f a second", inputs, valid, float64(inputs)/time.Since(start).Seconds())
	if valid < inputs/5 || valid > inputs*4/5 {
		t.Errorf("%d of %d modules are valid", valid, inputs)
	}
}

// onTapes runs a property on tapes of fewer than the given number of frames, and logs how fast that goes.
func onTapes(t *testing.T, inputs, firstSeed, frames int, property func(context.Context, []byte) *oracle.Failure) {
	start := time.Now()
	for i := range inputs {
		seed, n := uint64(firstSeed+i), i%frames
		if f := property(t.Context(), tape.Random(seed, n)); f != nil {
			t.Logf("tape.Random(%d, %d)", seed, n)
			report(t, f)
		}
	}
	t.Logf("%d inputs, %.0f a second", inputs, float64(inputs)/time.Since(start).Seconds())
}

func TestExecuteProperty(t *testing.T) {
	inputs := 3000
	if testing.Short() {
		inputs = 500
	}
	onTapes(t, inputs, 1000, 90, oracle.Execute)
}

func TestLinkProperty(t *testing.T) {
	inputs := 1500
	if testing.Short() {
		inputs = 300
	}
	onTapes(t, inputs, 70_000, 60, oracle.Linked)
}

func TestDifferentialProperty(t *testing.T) {
	for name, compiler := range map[string]bool{"interpreter": false, "compiler": true} {
		t.Run(name, func(t *testing.T) {
			inputs := 1500
			if compiler {
				inputs = 200
			}
			w := oracle.NewWazero(t.Context(), compiler)
			defer w.Close(t.Context())
			onTapes(t, inputs, 1000, 90, w.Differential)
		})
	}
}

// TestFusedProperty compares fused, plain and observed lowering; the official scripts do so too, in the tests of package runtime.
func TestFusedProperty(t *testing.T) {
	counts := coverage.New()
	fusedInputs := 10_000
	if testing.Short() {
		fusedInputs = 1000
	}
	onTapes(t, fusedInputs, 20_000, 90, func(ctx context.Context, tape []byte) *oracle.Failure { return oracle.Fused(ctx, tape, counts) })
	s := counts.Summary(wasm.AllFeatures)
	t.Logf("executed: %d of %d instructions, %d of %d with their classes of operands", s.Ops, s.AllOps, s.Cells, s.AllCells)
	if s.Ops < s.AllOps*9/10 || s.Cells < s.AllCells/3 {
		t.Error("the modules execute too little for this to show much")
	}
}

// TestCanonicalProperty compares deterministic code with wazero on modules that make their NaNs canonical themselves.
func TestCanonicalProperty(t *testing.T) {
	w := oracle.NewWazero(t.Context(), false)
	defer w.Close(t.Context())
	onTapes(t, 1500, 40_000, 90, w.Canonical)
}

func TestHostcallProperty(t *testing.T) {
	const inputs = 6000
	h := hostcallOracle(t)
	onTapes(t, inputs, 5000, 40, h.Run)
	witnessed := h.Witnessed()
	for row := range wasi.Hostcalls() {
		seen := witnessed[row.ID()]
		t.Log(row.ID(), seen)
		// ENOTSUP is how a row answers that is there to refuse.
		if row.Support != wasi.Unsupported && seen[wasi.ESUCCESS]+seen[wasi.ENOTSUP] == 0 {
			t.Errorf("%s never succeeds in %d sequences, so what is refused shows little", row.ID(), inputs)
		}
	}
}

// TestHostcallModuleProperty runs sequences as modules of their own, as other engines run them.
func TestHostcallModuleProperty(t *testing.T) {
	h := hostcallOracle(t)
	returned := 0
	onTapes(t, 3000, 60_000, 30, func(ctx context.Context, tape []byte) *oracle.Failure {
		n, f := h.AsModule(ctx, tape)
		returned += n
		return f
	})
	t.Logf("%d calls returned", returned)
	if returned < 3000*5 {
		t.Errorf("only %d calls returned in 3000 sequences", returned)
	}
}

// TestSeedsDifferential runs the seeds on wazero's compiler; the target runs them on its interpreter.
func TestSeedsDifferential(t *testing.T) {
	inputs, err := corpus.Inputs("differential")
	if err != nil {
		t.Fatal(err)
	}
	w := oracle.NewWazero(t.Context(), true)
	defer w.Close(t.Context())
	for _, input := range inputs {
		if f := w.Differential(t.Context(), input.Data); f != nil {
			t.Errorf("%s: %v", input.Name, f)
		}
	}
}

// TestLowerProperty mutates the seeds of FuzzLower. It counts how many inputs are executed, since a target that mostly sees its inputs
// refused says little with many executions a second.
func TestLowerProperty(t *testing.T) {
	const inputs = 10_000
	seeds, err := corpus.Inputs("lower")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(12, 12))
	executed, start := 0, time.Now()
	for i := range inputs {
		src := mutate(r, seeds[i%len(seeds)].Data)
		src = append(src, mutate(r, seeds[r.IntN(len(seeds))].Data)...)
		ran, f := oracle.Code(t.Context(), src)
		if f != nil {
			t.Logf("%x", src)
		}
		report(t, f)
		if ran {
			executed++
		}
	}
	t.Logf("%d inputs, %d of them executed, %.0f a second", inputs, executed, inputs/time.Since(start).Seconds())
	if executed < inputs*9/10 {
		t.Errorf("only %d of %d inputs are executed", executed, inputs)
	}
}

// BenchmarkLower executes the seeds of FuzzLower, without the instrumentation of fuzzing.
func BenchmarkLower(b *testing.B) {
	seeds, err := corpus.Inputs("lower")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, f := oracle.Code(b.Context(), seeds[i%len(seeds)].Data); f != nil {
			b.Fatal(f)
		}
	}
}

// BenchmarkDecode does the same for FuzzDecode.
func BenchmarkDecode(b *testing.B) {
	seeds, err := corpus.Inputs("decode")
	if err != nil {
		b.Fatal(err)
	}
	w := oracle.NewWazero(b.Context(), false)
	defer w.Close(b.Context())
	r := rand.New(rand.NewPCG(15, 15))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, f := w.Decode(b.Context(), mutate(r, seeds[i%len(seeds)].Data)); f != nil {
			b.Fatal(f)
		}
	}
}

// BenchmarkHostcall runs mutations of the seeds of FuzzHostcall, as the fuzzing engine does. With the engine's instrumentation, it is
// run in a binary of go test -c -fuzz FuzzHostcall. What the engine itself takes comes on top.
func BenchmarkHostcall(b *testing.B) {
	seeds, err := corpus.Inputs("hostcall")
	if err != nil {
		b.Fatal(err)
	}
	h := hostcallOracle(b)
	r := rand.New(rand.NewPCG(14, 14))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if f := h.Run(b.Context(), mutate(r, mutate(r, seeds[i%len(seeds)].Data))); f != nil {
			b.Fatal(f)
		}
	}
	calls := 0
	for _, errnos := range h.Witnessed() {
		for _, n := range errnos {
			calls += n
		}
	}
	b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
}
