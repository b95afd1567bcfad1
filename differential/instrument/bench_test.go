package instrument_test

import (
	"context"
	"errors"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// turns makes a loop that stores, loads and branches n times, with three events a turn.
func turns(n int32) []byte {
	var m asm.Module
	m.Memory(1, 1)
	empty := wasm.EmptyBlock
	b := new(asm.Body).BlockOf(wasm.OpLoop, empty)
	b.Get(0).I32(0xfffc).Op(wasm.OpI32And).Get(0).I32(0xfffc).Op(wasm.OpI32And).Op(wasm.OpI32Load, 2, 0).Get(1).I32(7).
		Op(wasm.OpI32Rotl).Get(0).Op(wasm.OpI32Xor).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 1).Op(wasm.OpI32Store, 2, 0)
	b.Get(0).I32(1).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).I32(n).Op(wasm.OpI32LtS).Op(wasm.OpBrIf, 0).End()
	m.Func("run", ":i", "ii", b.Get(1))
	return m.Encode()
}

// BenchmarkOverhead measures what the rewriting costs: the time in the engine, compilation included, and the size, as ratios to the
// modules as they are; the forms are run in turns.
func BenchmarkOverhead(b *testing.B) {
	var small [][]byte
	options := module.Options{Imports: true} // WebAssembly 2.0 without vectors
	for c := range source.Generated(func(tape []byte) ([]byte, error) { return wasm.Encode(module.Generate(tape, options)), nil }, 7, 0, 64) {
		small = append(small, c.Module)
	}
	cranelift := func(ctx context.Context) (engine.Engine, error) {
		return wasmtime.Open(ctx, engine.ParseVariant(wasmtime.Name))
	}
	older := func(ctx context.Context) (engine.Engine, error) {
		return wasmer.Open(ctx, engine.ParseVariant(wasmer.Name))
	}
	for _, open := range []func(context.Context) (engine.Engine, error){touchstone.Open, cranelift, older} {
		e, err := open(context.Background())
		if missing := (*engine.Unavailable)(nil); errors.As(err, &missing) {
			b.Log(missing)
			continue
		}
		if err != nil {
			b.Fatal(err)
		}
		b.Run(e.Name()+"/generated", func(b *testing.B) { overhead(b, e, small) })
		b.Run(e.Name()+"/loop", func(b *testing.B) { overhead(b, e, [][]byte{turns(1_000_000)}) })
		e.Close()
	}
}

// overhead reports the ratios for some modules.
func overhead(b *testing.B, e engine.Engine, modules [][]byte) {
	names := []string{"plain", "runs", "count", "stop", "values"}
	bytes, spent := map[string]float64{}, map[string]float64{}
	for b.Loop() {
		for _, original := range modules {
			for _, name := range names {
				module := original
				if name != "plain" {
					o := variants[name]
					o.NaNs = instrument.Exact
					if name == "values" {
						o.Stops, o.Stop = true, 1<<62
					}
					m, err := instrument.Rewrite(original, o)
					if err != nil {
						b.Fatal(err)
					}
					module = m.Bytes
				}
				res, err := e.Run(context.Background(), &engine.Job{Module: module})
				if err != nil {
					b.Fatal(err)
				}
				bytes[name] += float64(len(module))
				spent[name] += res.Elapsed.Seconds()
			}
		}
	}
	for _, name := range names[1:] {
		b.ReportMetric(spent[name]/spent["plain"], name+"-time-ratio")
		b.ReportMetric(bytes[name]/bytes["plain"], name+"-size-ratio")
	}
}
