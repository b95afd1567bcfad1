package workload

import (
	"context"
	"math"
	"math/bits"
	"regexp"
	goruntime "runtime"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// word is what names are made of, so that they fit tables, Go's benchmark format and the command line.
var word = regexp.MustCompile(`^[a-z0-9_]+$`)

// TestList: names are words and unique, and every module is valid.
func TestList(t *testing.T) {
	suites := map[string]bool{}
	for _, s := range Suites(Sources{}) {
		if suites[s.Name] || !word.MatchString(s.Name) || s.Doc == "" || len(s.Workloads) == 0 {
			t.Errorf("suite %q: its name is used twice or no word, or it lacks something", s.Name)
		}
		suites[s.Name] = true
		seen := map[string]bool{}
		for _, w := range s.Workloads {
			if seen[w.Name] || !word.MatchString(w.Name) || w.Doc == "" {
				t.Errorf("%s/%s: the name is used twice or no word, or there is no documentation", s.Name, w.Name)
			}
			seen[w.Name] = true
			if w.Program != nil {
				continue // it may need what is not here
			}
			m, err := wasm.Decode(w.Module())
			if err == nil {
				err = wasm.Validate(m)
			}
			if err != nil {
				t.Errorf("%s/%s: %v", s.Name, w.Name, err)
			}
		}
	}
}

// TestReferences: known values, so that a mistake cannot hide in both the reference and the module.
func TestReferences(t *testing.T) {
	known := map[string]map[uint32]uint32{
		"fib":     {0: 0, 1: 1, 10: 55, 20: 6765},
		"sieve":   {2: 0, 3: 1, 100: 25, 1000: 168},
		"collatz": {0: 0, 1: 0, 3: 8, 6: 8 + 2 + 5 + 8}, // 2 takes one step, 3 seven, 4 two, 5 five, 6 eight
		"matmul":  {1: 0, 2: 11},                        // (0 1; 2 3) × (0 .5; 1 1.5) = (1 1.5; 3 5.5), whose sum is 11
		"copy":    {0: 0, 1: 0, 3: 7*31 + 14},
		"hostcall": {
			0: 0, 4: 10,
		},
		"simd":    {4: simdPasses * (1 + 4 + 9)},
		"tiny":    {1: 2},
		"fd_read": {0: 0, 10: 640}, "fd_filestat_get": {3: 3 << 20}, "sched_yield": {7: 7},
	}
	for _, s := range Suites(Sources{}) {
		for _, w := range s.Workloads {
			for arg, want := range known[w.Name] {
				if got := w.Reference(arg); got != want {
					t.Errorf("%s(%d) = %d, want %d", w.Name, arg, got, want)
				}
			}
		}
	}
}

// TestBig: the generated module is as large as it should be, always the same, and does not degenerate: what it computes depends on
// the argument.
func TestBig(t *testing.T) {
	if n := len(bigModule()); n < 25<<10 {
		t.Errorf("%d bytes", n)
	}
	if n := len(largeModule()); n < 1<<20 || n > 10<<20 {
		t.Errorf("the large module has %d bytes", n)
	}
	if first, second := bigModule(), bigModule(); string(first) != string(second) {
		t.Error("two modules differ")
	}
	seen := map[uint32]bool{}
	for n := range uint32(20) {
		seen[big(n)] = true
	}
	if len(seen) != 20 {
		t.Errorf("20 arguments have %d results", len(seen))
	}
}

// open instantiates a workload on our own runtime.
func open(tb testing.TB, w *Workload) *runtime.Func {
	tb.Helper()
	m, err := runtime.Compile(w.Module())
	if err != nil {
		tb.Fatal(err)
	}
	var l runtime.Linker
	if w.Raw != "" {
		world, err := MakeWorld()
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { world.Close() })
		c := &wasi.Config{Preopens: []wasi.Preopen{{Host: world.Dir, Guest: "."}}}
		if w.Peer {
			listen, leave, err := timing.Visit(world.Peer.Addr())
			if err != nil {
				tb.Fatal(err)
			}
			tb.Cleanup(leave)
			c.Listeners = []wasi.Listener{{Addr: listen}}
			c.Net = touchstone.PeerRules(world.Peer.Addr())
		}
		sys, err := wasi.New(c)
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { sys.Close() })
		sys.Define(&l)
	}
	l.Func(timing.HostModule, timing.HostName, asm.Sig("ii:i"), func(_ context.Context, _ *runtime.Instance, stack []uint64) error {
		stack[0] = uint64(timing.HostFunc(uint32(stack[0]), uint32(stack[1])))
		return nil
	})
	in, err := runtime.New(nil).Instantiate(tb.Context(), m, &l)
	if err != nil {
		tb.Fatal(err)
	}
	return in.Func(Export)
}

// TestResults: the modules compute what the references compute, for nothing, for the small and for the measured argument, and again
// in the same instance.
func TestResults(t *testing.T) {
	for _, s := range Suites(Sources{}) {
		for _, w := range s.Workloads {
			if w.Program != nil {
				continue
			}
			t.Run(s.Name+"/"+w.Name, func(t *testing.T) {
				f := open(t, &w)
				for _, arg := range []uint32{0, w.Small, w.Arg, w.Small} {
					stack := []uint64{uint64(arg)}
					if err := f.CallStack(t.Context(), stack); err != nil {
						t.Fatalf("run(%d): %v", arg, err)
					}
					if got, want := uint32(stack[0]), w.Reference(arg); got != want {
						t.Errorf("run(%d) = %d, want %d", arg, got, want)
					}
				}
			})
		}
	}
}

// BenchmarkTouchstone runs the workloads on our own runtime in this process, for profiles.
func BenchmarkTouchstone(b *testing.B) {
	for _, s := range Suites(Sources{}) {
		for _, w := range s.Workloads {
			if w.Program != nil {
				continue
			}
			b.Run(s.Name+"/"+w.Name, func(b *testing.B) {
				f := open(b, &w)
				for b.Loop() {
					if err := f.CallStack(b.Context(), []uint64{uint64(w.Arg)}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestNests compares some nests with the same computation written down in Go, which knows nothing of the language of nests.
func TestNests(t *testing.T) {
	const n = 12
	var x, y, z [n * n]float64
	value := func(i, factor, modulus int) float64 { return float64(i*factor%modulus+1) / float64(modulus) }
	for i := range x {
		x[i], y[i], z[i] = value(i, 7, 13), value(i, 5, 11), value(i, 3, 17)
	}
	for i := range n {
		for j := range n {
			sum := z[i*n+j]
			for l := range n {
				sum += float64(1.5*x[i*n+l]) * y[l*n+j]
			}
			z[i*n+j] = sum
		}
	}
	digest := func(list []float64) (h uint32) {
		for _, v := range list {
			b := math.Float64bits(v)
			h = bits.RotateLeft32(h, 5) ^ uint32(b) ^ uint32(b>>32)
		}
		return h
	}
	if goruntime.GOARCH == "amd64" { // elsewhere Go fuses the multiplication and the addition above
		if got, want := nestOf(gemm).eval(n), digest(z[:]); got != want {
			t.Errorf("gemm: %#x, want %#x", got, want)
		}
	}
	if got, want := nestOf(nussinov).eval(n), pairing(n); got != want {
		t.Errorf("nussinov: %d, want %d", got, want)
	}
}

// pairing is the most nested pairs of bases that are not neighbours and add up to three, by trying what the last base does.
func pairing(n int) uint32 {
	base := func(i int) int { return i * (i + 3) % 4 }
	var best func(from, to int) uint32 // of the bases from up to but without to
	best = func(from, to int) uint32 {
		if to-from < 2 {
			return 0
		}
		top := best(from, to-1)
		for i := from; i < to-2; i++ {
			if base(i)+base(to-1) == 3 {
				top = max(top, best(from, i)+1+best(i+1, to-1))
			}
		}
		return top
	}
	return best(0, n)
}
