package corpus_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/generators/matrix"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

var update = flag.Bool("update", false, "write the seeds that the generators make")

// maxBytes bounds all seeds together: they are part of every clone.
const maxBytes = 600 << 10

// made returns the seeds that the generators make, by target and name.
func made() map[string]map[string][]byte {
	decode, execute, validate := map[string][]byte{}, map[string][]byte{}, map[string][]byte{}
	for i := range 12 {
		data := tape.Random(uint64(i), 2+i)
		decode[fmt.Sprintf("module-%02d", i)] = wasm.Encode(module.Generate(data, module.Options{Imports: i%3 == 0, ExternSegments: true}))
		execute[fmt.Sprintf("tape-%02d", i)] = tape.Random(uint64(100+i), 4+8*i)
		validate[fmt.Sprintf("tape-%02d", i)] = tape.Random(uint64(300+i), 3+2*i)
	}
	decode["empty"] = wasm.Encode(&wasm.Module{})
	decode["custom"] = wasm.Encode(&wasm.Module{Customs: []wasm.Custom{{Name: "seed", Data: []byte("bytes")}}})
	execute["empty"] = nil
	// Code that stays as it is, since zeros damage nothing; code begins behind 48 bytes and has an odd length.
	for name, code := range instructions() {
		validate[name] = append(append(make([]byte, 48), code...), make([]byte, 1-len(code)%2)...)
	}
	metamorphic, reduce, mixed := map[string][]byte{}, map[string][]byte{}, map[string][]byte{"empty": nil}
	for i := range 12 {
		metamorphic[fmt.Sprintf("tape-%02d", i)] = tape.Random(uint64(300+i), 6+4*i)
		reduce[fmt.Sprintf("tape-%02d", i)] = tape.Random(uint64(400+i), 2+i)
		mixed[fmt.Sprintf("tape-%02d", i)] = tape.Random(uint64(300+i), 10+4*i)
	}
	link := map[string][]byte{}
	for i := range 40 {
		link[fmt.Sprintf("tape-%02d", i)] = tape.Random(uint64(500+i), 6+3*i)
	}
	instruction := map[string][]byte{}
	for i := range matrix.Topics() {
		name := "topic"
		if i >= matrix.Topics()-matrix.Scenarios() {
			name = "control" // is earlier in the order of names, because that takes longest to be found otherwise
		}
		instruction[fmt.Sprintf("%s-%03d", name, i)] = matrix.Topic(i)
	}
	return map[string]map[string][]byte{"instruction": instruction, "link": link, "decode": decode, "execute": execute, "differential": execute, "validate": validate, "hostcall": nil,
		"lower": instructions(), "metamorphic": metamorphic, "mixed": mixed, "reduce": reduce}
}

// instructions returns seeds in which every instruction occurs, a few in each seed: after a local and a constant, if it takes two
// operands, and before a branch, if it compares.
func instructions() map[string][]byte {
	const each = 12
	seeds := map[string][]byte{"empty": nil}
	for op, info := range wasm.Ops() {
		name := fmt.Sprintf("ops-%02d", op/each)
		add := func(op wasm.Op, imms ...uint64) {
			in := wasm.NewInstr(op, imms...)
			in.Labels = []uint32{0, 1}
			in.Types = []wasm.ValType{wasm.I32}
			seeds[name] = wasm.AppendInstr(seeds[name], &in)
		}
		if params := op.Operands().Params; len(params) == 2 && params[0] == params[1] && params[0].IsNum() {
			at := slices.Index(numbers, params[0])
			add(wasm.OpLocalGet, uint64(at))
			add(wasm.OpI32Const+wasm.Op(at), 5)
		}
		add(op)
		if info.Class == wasm.ClassCompare || info.Class == wasm.ClassTest {
			add(wasm.OpBrIf)
		}
	}
	// What is loaded is stored at once, beyond what of the memory is backed.
	for i, m := range [][2]wasm.Op{{wasm.OpI32Load, wasm.OpI32Store}, {wasm.OpI32Load8U, wasm.OpI32Store8}, {wasm.OpI64Load, wasm.OpI64Store}} {
		name := fmt.Sprintf("move-%d", i)
		for _, in := range []wasm.Instr{wasm.NewInstr(wasm.OpLocalGet, 0), wasm.NewInstr(wasm.OpLocalGet, 0), wasm.NewInstr(m[0], 0, 0),
			wasm.NewInstr(m[1], 0, 16384)} {
			seeds[name] = wasm.AppendInstr(seeds[name], &in)
		}
	}
	return seeds
}

// numbers are the types of the first parameters of functions, and the order of the constant instructions.
var numbers = []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64}

// TestGeneratedSeeds keeps the seeds in step with the generators: run it with -update after a change of these.
func TestGeneratedSeeds(t *testing.T) {
	for target, seeds := range made() {
		for name, data := range seeds {
			path := filepath.Join(target, name)
			if *update {
				if err := os.WriteFile(path, data, 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, data) {
				t.Errorf("%s is stale (%v); run: go test ./corpus -update", path, err)
			}
		}
	}
}

func TestSeedsAreSmall(t *testing.T) {
	total := 0
	for target := range made() {
		inputs, err := corpus.Inputs(target)
		if err != nil || len(inputs) == 0 {
			t.Fatalf("no seeds for %s: %v", target, err)
		}
		for _, input := range inputs {
			total += len(input.Data)
		}
	}
	if total > maxBytes {
		t.Errorf("the seeds have %d bytes, more than %d", total, maxBytes)
	}
}
