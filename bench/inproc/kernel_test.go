package inproc

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/bench/workload"
)

// TestResults: every engine computes what the reference computes, for nothing, for the small and for the measured argument.
func TestResults(t *testing.T) {
	for _, w := range workload.All() {
		module := w.Module()
		for _, e := range Engines() {
			t.Run(w.Name+"/"+e.Name, func(t *testing.T) {
				f, release, err := e.Open(t.Context(), module, w.Export)
				if err != nil {
					t.Fatal(err)
				}
				defer release()
				for _, arg := range []uint32{0, w.Small, w.Arg} {
					stack := []uint64{uint64(arg)}
					if err := f(t.Context(), stack); err != nil {
						t.Fatalf("%s(%d): %v", w.Export, arg, err)
					}
					if got, want := uint32(stack[0]), w.Reference(arg); got != want {
						t.Errorf("%s(%d) = %d, want %d", w.Export, arg, got, want)
					}
				}
			})
		}
	}
}

// TestNoExport: a workload that names a wrong export is told so, on every engine.
func TestNoExport(t *testing.T) {
	module := workload.All()[0].Module()
	for _, e := range Engines() {
		if _, _, err := e.Open(t.Context(), module, "no such export"); err == nil {
			t.Errorf("%s: no error", e.Name)
		}
	}
}

// BenchmarkKernel compares the engines side by side: benchstat -col /engine shows them as columns.
func BenchmarkKernel(b *testing.B) {
	for _, w := range workload.All() {
		module := w.Module()
		for _, e := range Engines() {
			b.Run("name="+w.Name+"/engine="+e.Name, func(b *testing.B) {
				f, release, err := e.Open(b.Context(), module, w.Export)
				if err != nil {
					b.Fatal(err)
				}
				defer release()
				want := w.Reference(w.Arg)
				stack := make([]uint64, 1)
				for b.Loop() {
					stack[0] = uint64(w.Arg)
					if err := f(b.Context(), stack); err != nil {
						b.Fatal(err)
					}
					if uint32(stack[0]) != want {
						b.Fatalf("%s(%d) = %d, want %d", w.Export, w.Arg, uint32(stack[0]), want)
					}
				}
			})
		}
	}
}
