package code_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/code"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestValid makes modules of random bytes: all must be valid, again the same, and all instructions must occur.
func TestValid(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	seen := map[wasm.Op]int{}
	for range 20_000 {
		var data []byte
		for range r.IntN(40) {
			if r.IntN(4) == 0 {
				data = append(data, byte(r.Uint32()))
				continue
			}
			in := wasm.NewInstr(wasm.Op(r.IntN(wasm.NumOps)), r.Uint64N(1<<r.IntN(31)), r.Uint64N(1<<r.IntN(31)))
			in.Labels, in.Types = []uint32{3, 0, 1}, []wasm.ValType{wasm.F32}
			data = wasm.AppendInstr(data, &in)
		}
		m := code.Module(data)
		src := wasm.Encode(m)
		back, err := wasm.Decode(src)
		if err == nil {
			err = wasm.Validate(back)
		}
		if err != nil {
			t.Fatalf("%x: %v", data, err)
		}
		if !bytes.Equal(src, wasm.Encode(code.Module(data))) {
			t.Fatalf("%x: another module the second time", data)
		}
		for i := range m.Funcs {
			var in wasm.Instr
			for r := wasm.NewReader(m.Funcs[i].Body); r.Next(&in) == nil; {
				seen[in.Op]++
			}
		}
	}
	for op, info := range wasm.Ops() {
		if seen[op] == 0 {
			t.Errorf("%s never occurs", info.Name)
		}
	}
}
