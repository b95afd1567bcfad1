package runtime_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// TestOneWalk compares what Compile does in one walk over the code with the stages on their own, each of which walks over all of
// it: the error must be the same, with its words and its offset, and so must be the code.
func TestOneWalk(t *testing.T) {
	seeds := walkSeeds(t)
	rng := rand.New(rand.NewPCG(5, 6))
	verdicts := map[string]int{}
	judge := func(src []byte) {
		t.Helper()
		want, wantErr := stages(src)
		mod, err := runtime.Compile(src)
		if !reflect.DeepEqual(err, wantErr) {
			t.Fatalf("%x:\none walk: %#v\n  stages: %#v", src, err, wantErr)
		}
		verdict := "valid"
		if err != nil {
			verdict = reflect.TypeOf(err).String()
		} else if got := runtime.Code(mod); !slices.Equal(got.Words, want.Words) || !slices.Equal(got.Pos, want.Pos) || !slices.Equal(got.Funcs, want.Funcs) {
			t.Fatalf("%x: the code differs", src)
		}
		verdicts[verdict]++
	}
	for _, src := range seeds {
		judge(src)
	}
	for range 10_000 {
		src := seeds[rng.IntN(len(seeds))]
		judge(mutateBytes(rng, src))
		judge(mutateBodies(rng, src))
	}
	t.Log(verdicts)
	for _, verdict := range []string{"valid", "*wasm.MalformedError", "*wasm.InvalidError"} {
		if verdicts[verdict] < 1000 {
			t.Errorf("only %d modules are %s", verdicts[verdict], verdict)
		}
	}
}

// stages decodes, validates and lowers a module in walks of their own.
func stages(src []byte) (*isa.Code, error) {
	m, err := wasm.Decode(src)
	if err != nil {
		return nil, err
	}
	if err := wasm.Validate(m); err != nil {
		return nil, err
	}
	return lower.Module(m, lower.All)
}

// walkSeeds returns modules of the official scripts, valid ones and others, and generated ones.
func walkSeeds(t *testing.T) (seeds [][]byte) {
	for _, s := range spectest.Scripts(t, spectest.V2) {
		for i := range s.Commands {
			c := &s.Commands[i]
			if c.IsText() || c.Type != spectest.Module && c.Type != spectest.AssertInvalid && c.Type != spectest.AssertMalformed {
				continue
			}
			if src := s.Wasm(t, c); len(src) < 8<<10 {
				seeds = append(seeds, src)
			}
		}
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for range 1000 {
		data := make([]byte, 100+rng.IntN(2000))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		seeds = append(seeds, wasm.Encode(module.Generate(data, module.Options{})))
	}
	return seeds
}

// mutateBytes changes a byte or two of a copy of src, puts one in or leaves some out, behind the header.
func mutateBytes(rng *rand.Rand, src []byte) []byte {
	const header = 8
	b := bytes.Clone(src)
	for range 1 + rng.IntN(2) {
		if len(b) <= header {
			return b
		}
		switch i := header + rng.IntN(len(b)-header); rng.IntN(4) {
		case 0:
			b[i] = byte(rng.Uint32())
		case 1:
			b[i] ^= 1 << rng.IntN(8)
		case 2:
			b = slices.Insert(b, i, byte(rng.Uint32()))
		case 3:
			b = slices.Delete(b, i, min(len(b), i+1+rng.IntN(2)))
		}
	}
	return b
}

// mutateBodies changes the bodies of two functions of src, which may be the same, and keeps the sizes around them right: so there
// can be an invalid function and a malformed one behind it.
func mutateBodies(rng *rand.Rand, src []byte) []byte {
	m, err := wasm.Decode(src)
	if err != nil || len(m.Funcs) == 0 {
		return mutateBytes(rng, src)
	}
	for range 2 {
		body := &m.Funcs[rng.IntN(len(m.Funcs))].Body
		header := append(make([]byte, 8), body.Code...)
		body.Code = mutateBytes(rng, header)[8:]
	}
	return wasm.Encode(m)
}
