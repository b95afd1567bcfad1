package compare

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestRefusals tries the defects that concern which modules an engine accepts: each explains its own case, and none explains
// the same account of another module.
func TestRefusals(t *testing.T) {
	const head = "\x00asm\x01\x00\x00\x00"
	const mutableImport = "\x02\x08\x01\x01t\x01g\x03\x7f\x01" // (import "t" "g" (global (mut i32)))
	ends := func(s engine.Stage, words string) *engine.Result { return &engine.Result{Stage: s, Message: words} }
	refused, compiled, linked := ends(engine.StageRejected, ""), ends(engine.StageCompiled, ""), ends(engine.StageRun, "")
	for name, c := range map[string]struct {
		engine, version string
		module          string
		odd, others     *engine.Result
	}{
		"wasmer-br-table-bottom": {"wasmer", wasmer20[0],
			// (block (result f64) (block (result f32) unreachable (br_table 0 1 1)) drop …) drop
			head + "\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x0a\x1d\x01\x1b\x00\x02\x7c\x02\x7d\x00\x41\x01\x0e\x02\x00\x01\x01\x0b\x1a\x44\x00\x00\x00\x00\x00\x00\x00\x00\x0b\x1a\x0b",
			ends(engine.StageRejected, "Validation error: type mismatch: br_table target labels have different types (at offset 1)"), linked},
		"wasmer-const-own-global": {"wasmer", wasmer20[0], head + "\x06\x0b\x02\x7f\x00\x41\x00\x0b\x7f\x00\x23\x00\x0b", compiled, refused},
		"wasmer-elem-global": {"wasmer", wasmer20[0],
			head + "\x02\x08\x01\x01t\x01f\x03\x70\x00" + "\x09\x07\x01\x05\x70\x01\x23\x00\x0b",
			ends(engine.StageRejected, "Validation error: invalid passive segment (at offset 1)"), linked},
		"wasmer-long-flag": {"wasmer", wasmer20[0], head + "\x04\x06\x01\x70\x81\x00\x00\x00", compiled, refused},
		"wasmer-unimplemented": {"wasmer", wasmer20[0], head + "\x0d\x03\x01\x00\x00",
			ends(engine.StageCrash, "exit status 2: thread panicked at 'not implemented: module linking not implemented yet'"), refused},
		"wasmer-sock-accept": {"wasmer", wasmer20[0], head,
			ends(engine.StageUnlinkable, "Missing import: `wasi_snapshot_preview1`.`sock_accept`"), linked},
		// (table 1 funcref) (global i32 (i32.const 0)) (elem (global.get 0) func)
		"wazero-elem-own-global": {"wazero", "1.12.0", head + "\x04\x04\x01\x70\x00\x01\x06\x06\x01\x7f\x00\x41\x00\x0b\x09\x06\x01\x00\x23\x00\x0b\x00", compiled, refused},
		"wazero-const-mutable":   {"wazero", "1.12.0", head + mutableImport + "\x06\x06\x01\x7f\x00\x23\x00\x0b", compiled, refused},
	} {
		sides := []Side{{Engine: "a", Result: c.others}, {Engine: c.engine, Result: c.odd}, {Engine: "b", Result: c.others}}
		accept := func(module string) *Known {
			return first(Accept([]byte(module), Judge(sides, nil, time.Second), sides, []string{"", c.version, ""}, KnownDefects))
		}
		if k := accept(c.module); k == nil || k.Name != name {
			t.Errorf("%s: got %v for its own case; we say %v", name, k, refusal([]byte(c.module)))
		}
		if name == "wasmer-sock-accept" {
			continue // it follows from the engine's words alone
		}
		// Broken, but in none of the ways that the defects are about: an engine may not accept it, whatever its words.
		if k := accept(head + "\x0c"); k != nil && k.Name != "wasmer-unimplemented" {
			t.Errorf("%s: %s explains another module", name, k.Name)
		}
		sides[1].Result = ends(c.odd.Stage, "some other reason")
		if k := accept(head); k != nil {
			t.Errorf("%s: %s explains a valid module without content", name, k.Name)
		}
	}
}

// first returns the first defect, nil if there is none.
func first(defects []*Known) *Known {
	if len(defects) == 0 {
		return nil
	}
	return defects[0]
}

// TestExitStatus tries the defect that concerns exit statuses: it explains statuses that Wasmtime refuses, and no other failure.
func TestExitStatus(t *testing.T) {
	const refused = "Caused by: exit with invalid exit status outside of [0..126)"
	ends := func(c engine.CallResult) *engine.Result {
		return &engine.Result{Stage: engine.StageRun, Calls: []engine.CallResult{c}}
	}
	for _, c := range []struct {
		status  uint32
		message string
		known   bool
	}{{200, refused, true}, {126, refused, true}, {125, refused, false}, {200, "some other reason", false}} {
		exited := ends(engine.CallResult{Export: "_start", Outcome: engine.Exited, Exit: c.status})
		failed := ends(engine.CallResult{Export: "_start", Outcome: engine.Failed, Message: c.message})
		sides := []Side{{Engine: "a", Result: exited}, {Engine: "wasmtime", Result: failed}, {Engine: "b", Result: exited}}
		k := first(Accept(nil, Judge(sides, nil, time.Second), sides, []string{"", "42.0.0", ""}, KnownDefects))
		if known := k != nil && k.Name == "wasmtime-exit-status"; known != c.known {
			t.Errorf("status %d, %q: accepted %t, want %t", c.status, c.message, known, c.known)
		}
	}
}

// TestConcerns: an entry holds for all variants of its engine, in the versions that it names and in no other.
func TestConcerns(t *testing.T) {
	any := Known{Engines: []string{"wasmtime"}, Versions: []string{"25.0.0", "42.0.0"}}
	pulley := Known{Engines: []string{"wasmtime:pulley"}, Versions: []string{"42.0.0"}}
	for _, c := range []struct {
		asked, version string
		any, pulley    bool
	}{
		{"wasmtime", "42.0.0", true, false},
		{"wasmtime", "43.0.0", false, false},
		{"wasmtime@v25.0.0", "25.0.0", true, false},
		{"wasmtime@v14.0.0", "14.0.0", false, false},
		{"wasmtime:opt=none", "42.0.0", true, false},
		{"wasmtime:nan=canonical:pulley", "42.0.0", true, true},
		{"wasmtime-cli", "42.0.0", false, false},
		{"wasmer", "42.0.0", false, false},
	} {
		if any.concerns(c.asked, c.version) != c.any || pulley.concerns(c.asked, c.version) != c.pulley {
			t.Errorf("%s %s: want %v for any variant and %v for pulley", c.asked, c.version, c.any, c.pulley)
		}
	}
}

// TestVoices: the engines of one project are one voice, however many they are.
func TestVoices(t *testing.T) {
	ends := func(stage engine.Stage) *engine.Result { return &engine.Result{Stage: stage} }
	sides := []Side{{Engine: "x:a"}, {Engine: "x@v1.0.0"}, {Engine: "x-interp"}, {Engine: "y"}, {Engine: "z"}}
	for i := range sides {
		sides[i].Result = ends(engine.StageRun)
		if i < 3 {
			sides[i].Result = ends(engine.StageUnlinkable)
		}
	}
	v := Judge(sides, nil, time.Second)
	if group, clear := v.Majority(); !clear || len(group) != 2 || group[0] != 3 {
		t.Errorf("two engines against three variants of one: groups %v, voices %v", v.Groups, v.Voices)
	}
	v = Judge(sides[:4], nil, time.Second)
	if _, clear := v.Majority(); clear {
		t.Errorf("one engine against three variants of another is no majority: groups %v, voices %v", v.Groups, v.Voices)
	}
}

// TestVectorSelect tries the defect that concerns selects of vectors: it explains wrong values in modules that have one, in the versions
// that have the defect, and nothing where selects are of numbers or where engines trap differently.
func TestVectorSelect(t *testing.T) {
	vectors := func(b *asm.Body) *asm.Body { return b.Op(wasm.OpV128Const, 1, 1).Op(wasm.OpV128Const, 2, 2).I32(1) }
	module := func(b *asm.Body) []byte {
		var m asm.Module
		m.Func("f", ":i", "", b)
		return m.Encode()
	}
	untyped := module(vectors(new(asm.Body)).Op(wasm.OpSelect).Op(wasm.OpI32x4ExtractLane, 1))
	typed := module(vectors(new(asm.Body)).SelectOf(wasm.V128).Op(wasm.OpI32x4ExtractLane, 1))
	numbers := module(vectors(new(asm.Body)).Op(wasm.OpDrop).Op(wasm.OpDrop).Op(wasm.OpDrop).I32(1).I32(2).I32(1).Op(wasm.OpSelect))
	floats := module(new(asm.Body).F32(1).F32(2).I32(0).Op(wasm.OpSelect).Op(wasm.OpI32ReinterpretF32))
	dead := module(new(asm.Body).Ops(wasm.OpUnreachable, wasm.OpSelect, wasm.OpUnreachable))
	returns := func(bits uint64) *engine.Result {
		return &engine.Result{Stage: engine.StageRun, Calls: []engine.CallResult{{Export: "f", Outcome: engine.Returned, Values: []engine.Value{{Type: wasm.I32, Bits: bits}}}}}
	}
	trapped := &engine.Result{Stage: engine.StageRun, Calls: []engine.CallResult{{Export: "f", Outcome: engine.Trapped, Trap: wasm.MemoryOutOfBounds}}}
	for _, c := range []struct {
		name, engine, version string
		module                []byte
		odd                   *engine.Result
		want                  string
	}{
		{"untyped", "wasmer", wasmer20[0], untyped, returns(2), "wasmer-vector-select"},
		{"typed", "wasmer", wasmer20[0], typed, returns(2), "wasmer-vector-select"},
		{"an old release", "wasmtime@v0.37.0:opt=none", "0.37.0", untyped, returns(2), "wasmtime-vector-select"},
		{"a release that is right", "wasmtime@v0.39.0", "0.39.0", untyped, returns(2), ""},
		{"numbers", "wasmer", wasmer20[0], numbers, returns(2), ""},
		{"dead code", "wasmer", wasmer20[0], dead, returns(2), ""},
		{"floats", "wazero", "1.12.0", floats, returns(2), "wazero-float-select"},
		{"another type", "wazero", "1.12.0", numbers, returns(2), ""},
		{"a trap that follows", "wasmer", wasmer20[0], untyped, trapped, "wasmer-vector-select"},
		{"a trap without vectors", "wasmer", wasmer20[0], numbers, trapped, ""},
	} {
		sides := []Side{{Engine: "a", Result: returns(1)}, {Engine: c.engine, Result: c.odd}, {Engine: "b", Result: returns(1)}}
		got := ""
		if k := first(Accept(c.module, Judge(sides, nil, time.Second), sides, []string{"", c.version, ""}, KnownDefects)); k != nil {
			got = k.Name
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestTie: where as many engines say one thing as another, known defects explain it if they explain all that is said of one of both.
func TestTie(t *testing.T) {
	ends := func(s engine.Stage) *engine.Result { return &engine.Result{Stage: s} }
	known := func(names ...string) []Known {
		return []Known{{Name: "k", Engines: names, Versions: []string{""}, Explains: func(_ []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].Result.Stage == engine.StageCompiled
		}}}
	}
	sides := []Side{{Engine: "a", Result: ends(engine.StageCompiled)}, {Engine: "b", Result: ends(engine.StageRejected)},
		{Engine: "c", Result: ends(engine.StageCompiled)}, {Engine: "d", Result: ends(engine.StageRejected)}}
	for _, c := range []struct {
		known []Known
		want  bool
	}{{known("a", "c"), true}, {known("a"), false}, {known("c", "d"), false}, {known("b", "d"), false}, {nil, false}} {
		if got := Accept(nil, Judge(sides, nil, time.Second), sides, make([]string, 4), c.known) != nil; got != c.want {
			t.Errorf("%v: accepted %t", c.known, got)
		}
	}
	if Accept(nil, Judge(sides[:3], nil, time.Second), sides[:3], make([]string, 3), known("a", "c")) != nil {
		t.Error("a defect of most engines was accepted")
	}
}

// TestLoads tries the defects of Wasmer that concern what is done together with the load of its operand.
func TestLoads(t *testing.T) {
	module := func(b *asm.Body) []byte {
		var m asm.Module
		m.Memory(1, 1)
		m.Func("f", ":I", "", b.Op(wasm.OpI64x2ExtractLane, 1))
		return m.Encode()
	}
	vector := func() *asm.Body { return new(asm.Body).Op(wasm.OpV128Const, 1, 1).I32(1) }
	splat := module(new(asm.Body).I32(1).Op(wasm.OpI32Load, 2, 0).Op(wasm.OpI16x8Splat))
	words := module(new(asm.Body).I32(1).Op(wasm.OpI32Load, 2, 0).Op(wasm.OpI32x4Splat))
	sum := module(vector().Op(wasm.OpV128Load, 0, 0).Op(wasm.OpI8x16Add))
	and := module(vector().Op(wasm.OpV128Load, 0, 0).Op(wasm.OpV128And))
	wide := module(vector().Op(wasm.OpV128Load, 0, 0).Op(wasm.OpI32x4Add))
	replaced := module(vector().Op(wasm.OpF64Load, 0, 0).Op(wasm.OpF64x2ReplaceLane, 0))
	single := module(vector().Op(wasm.OpF32Load, 0, 0).Op(wasm.OpF32x4ReplaceLane, 0))
	returns := func(bits uint64) *engine.Result {
		return &engine.Result{Stage: engine.StageRun, Calls: []engine.CallResult{{Export: "f", Outcome: engine.Returned, Values: []engine.Value{{Type: wasm.I64, Bits: bits}}}}}
	}
	trapped := func(code wasm.TrapCode) *engine.Result {
		return &engine.Result{Stage: engine.StageRun, Calls: []engine.CallResult{{Export: "f", Outcome: engine.Trapped, Trap: code}}}
	}
	outside, other := trapped(wasm.MemoryOutOfBounds), trapped(wasm.Unreachable)
	for _, c := range []struct {
		name   string
		module []byte
		odd    *engine.Result
		want   string
	}{
		{"splat", splat, outside, "wasmer-wide-load"},
		{"splat of words", words, outside, ""},
		{"splat, a value", splat, returns(2), ""},
		{"bytes", sum, outside, "wasmer-vector-operand"},
		{"bits", and, outside, "wasmer-vector-operand"},
		{"words", wide, outside, ""},
		{"bytes, another trap", sum, other, ""},
		{"bytes, a value", sum, returns(2), ""},
		{"lane", replaced, returns(2), "wasmer-replace-lane"},
		{"lane, a trap", replaced, outside, ""},
		{"lane of f32", single, returns(2), ""},
	} {
		sides := []Side{{Engine: "a", Result: returns(1)}, {Engine: "wasmer", Result: c.odd}, {Engine: "b", Result: returns(1)}}
		got := ""
		if k := first(Accept(c.module, Judge(sides, nil, time.Second), sides, []string{"", wasmer20[0], ""}, KnownDefects)); k != nil {
			got = k.Name
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestFindings: the list for people has a line for each known defect.
func TestFindings(t *testing.T) {
	text, err := os.ReadFile("../FINDINGS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range KnownDefects {
		if !strings.Contains(string(text), " "+k.Name+" ") {
			t.Errorf("%s is not in FINDINGS.md", k.Name)
		}
	}
}
