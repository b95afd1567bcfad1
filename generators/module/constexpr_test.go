package module

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestConstantExpressionsHaveTheirValue computes each expression with the meaning of its instructions.
func TestConstantExpressionsHaveTheirValue(t *testing.T) {
	for typ, rows := range constRows {
		for _, o := range rows {
			for _, a := range constants[typ] {
				for _, x := range constants[typ] {
					first, second := operandsFor(o, a, x)
					got := map[wasm.Op]uint64{
						wasm.OpI32Add: first + second, wasm.OpI32Sub: first - second, wasm.OpI32Mul: first * second,
						wasm.OpI64Add: first + second, wasm.OpI64Sub: first - second, wasm.OpI64Mul: first * second,
					}[o]
					if got != x {
						t.Fatalf("%s of %#x and %#x is %#x, not %#x", o, first, second, got, x)
					}
				}
			}
		}
	}
}

func TestExtendedConstantsOccur(t *testing.T) {
	var globals, offsets [wasm.NumOps]int
	count := func(e wasm.Expr, into *[wasm.NumOps]int) {
		var in wasm.Instr
		for r := wasm.NewReader(e); r.Next(&in) == nil; {
			into[in.Op]++
		}
	}
	for seed := range uint64(seeds) {
		m := Generate(tapeOf(seed), Options{Features: wasm.Features(wasm.ExtendedConst)})
		for i := range m.Globals {
			count(m.Globals[i].Init, &globals)
		}
		for i := range m.Elems {
			count(m.Elems[i].Offset, &offsets)
		}
		for i := range m.Datas {
			count(m.Datas[i].Offset, &offsets)
		}
	}
	for typ, rows := range constRows {
		for _, o := range rows {
			if globals[o] < 20 || typ == wasm.I32 && offsets[o] < 20 {
				t.Errorf("%s occurs %d times in globals and %d times in offsets of %d modules", o, globals[o], offsets[o], seeds)
			}
		}
	}
}
