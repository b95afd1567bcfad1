package explain_test

import (
	"context"
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus/regressions/guest"
	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/explain"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

var releases = flag.Bool("releases", false, "explain what was wrong in old releases of Wasmtime too, which are downloaded")

// published are wrong compilations that became public: what an engine makes of a module, and the instruction that is to be named.
var published = []struct {
	id, engine string
	op         wasm.Op
	guest      string
}{
	{"CVE-2026-24116", "wasmtime@v41.0.0", wasm.OpF64Copysign,
		"memory 1 step f iF: { i32.const 0 local.get 1 i32.const 65528 f64.load f64.copysign f64.store }"},
	{"CVE-2026-34944", "wasmtime:target=baseline", wasm.OpF64x2Splat, "memory 1 1 step f : { i32.const 0 i32.const 65528 f64.load f64x2.splat v128.store }"},
	{"CVE-2023-41880", "wasmtime@v12.0.0", wasm.OpI64x2ShrS, "step f V:V { local.get 0 i32.const 33 i64x2.shr_s }"},
	{"CVE-2023-27477", "wasmtime@v5.0.0", wasm.OpI8x16Shuffle,
		"step f V:V { local.get 0 local.get 0 i8x16.shuffle 0 31 1 30 2 29 3 28 15 16 14 17 13 18 12 19 }"},
	{"CVE-2023-26489", "wasmtime@v5.0.0", wasm.OpI32Load, "memory 1 step f i:i { local.get 0 i32.const 0x20000001 i32.add i32.const 3 i32.shl i32.load }"},
	{"CVE-2023-26489", "wasmtime@v0.38.1", wasm.OpI32Store,
		"memory 1 func f i: { local.get 0 i32.const 2 i32.shl i32.const 77 i32.store offset=4 } step g : { i32.const 0x40000001 call f }"},
	{"CVE-2022-31104", "wasmtime@v0.38.1", wasm.OpSelect, "step f VVi:V { local.get 0 local.get 1 local.get 2 select }"},
	{"CVE-2022-31104", "wasmtime@v0.38.1", wasm.OpI8x16Swizzle, "step f VV:V { local.get 0 local.get 1 i8x16.swizzle local.get 1 i8x16.add }"},
	{"CVE-2022-31104", "wasmer", wasm.OpSelect, "step f VVi:V { local.get 0 local.get 1 local.get 2 select }"},
	{"CVE-2022-31104", "wasmer", wasm.OpI8x16Swizzle, "step f VV:V { local.get 0 local.get 1 i8x16.swizzle local.get 1 i8x16.add }"},
	{"wasmtime#3327", "wasmer", wasm.OpV128Not, "step f V:V { local.get 0 f32x4.abs v128.not }"},
	{"wasmtime#8112", "wasmtime@v19.0.0", wasm.OpSelect,
		"memory 1 step f Fi: { i32.const 0 i32.const 65528 f64.load local.get 0 local.get 1 select f64.store }"},
	{"wasmtime#11931", "wasmtime@v37.0.0", wasm.OpI32DivS, "step f i:i { local.get 0 i32.const 0x80000000 i32.div_s }"},
	{"wasmtime#11931", "wasmtime@v37.0.0", wasm.OpI64DivS, "step f I:I { local.get 0 i64.const 0x8000000000000000 i64.div_s }"},
	{"wasmtime#12318", "wasmtime@v40.0.0:opt=none", wasm.OpI32Or,
		"step f ii:i { local.get 0 i32.const 32 i32.shr_u local.get 1 i32.const 0 i32.shl i32.or }"},
}

// TestPublished: of wrong compilations that became public, each shows, and the search names the instruction.
func TestPublished(t *testing.T) {
	for _, c := range published {
		t.Run(c.id+"/"+c.engine+"/"+c.op.String(), func(t *testing.T) {
			v := engine.ParseVariant(c.engine)
			if v.Release != "" && !*releases {
				t.Skip("the release is only downloaded and built with -releases")
			}
			g, err := guest.Build(strings.ReplaceAll(c.guest, "step", "\nstep"), guest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			open := map[string]func(context.Context, engine.Variant) (engine.Engine, error){wasmer.Name: wasmer.Open, wasmtime.Name: wasmtime.Open}[v.Name]
			e, err := open(t.Context(), v)
			if missing := (*engine.Unavailable)(nil); errors.As(err, &missing) {
				t.Skip(missing)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			foreign := explain.Runner{Name: c.engine, Run: func(ctx context.Context, job explain.Job) (compare.Side, error) {
				res, err := e.Run(ctx, &engine.Job{Module: job.Module, Calls: job.Calls, Timeout: job.Timeout})
				return compare.Side{Engine: c.engine, Features: e.Features(), Result: res}, err
			}}
			x := search(t, g.Module, runner(t, "touchstone", nil), foreign)
			if !slices.ContainsFunc(x.Partings, func(p *explain.Parting) bool { return p.Culprit != nil && p.Culprit.Op == c.op }) {
				t.Errorf("%v is not named:\n%s", c.op, x.Text(g.Module))
			}
		})
	}
}
