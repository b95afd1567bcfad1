package oracle

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestCodeIsReached measures how much of what is generated is executed: a function counts if its last statement is reached, and
// a call of an entry point is cut short if the fuel is spent.
func TestCodeIsReached(t *testing.T) {
	for _, features := range []wasm.FeatureSet{0, wasm.AllFeatures} {
		codeIsReached(t, features)
	}
}

func codeIsReached(t *testing.T, features wasm.FeatureSet) {
	const modules = 300
	reached, functions, spent, calls := 0, 0, 0, 0
	for seed := range uint64(modules) {
		m := module.Generate(tape.Random(seed, 60), module.Options{Mode: module.NoTrap, Features: features})
		bodies := markEnds(m)
		compiled, err := runtime.CompileModule(m)
		if err != nil {
			t.Fatal(err)
		}
		o, f := touchstone(t.Context(), compiled, nil)
		if f != nil {
			t.Fatal(f)
		}
		for _, mark := range o.globals[len(o.globals)-bodies:] {
			functions++
			reached += int(mark)
		}
		calls++
		if o.globals[0] == 0 { // of the last entry point
			spent++
		}
	}
	t.Logf("features %b: the end of %d of %d functions is reached; %d of %d calls spend their fuel", features, reached, functions, spent, calls)
	if reached < functions*9/10 {
		t.Errorf("the end of only %d of %d functions is reached: the rest of their code is never executed", reached, functions)
	}
	if spent > calls/2 {
		t.Errorf("%d of %d calls spend their fuel", spent, calls)
	}
}

// markEnds makes every function but the entry points set an exported global of its own at its end, and returns how many
// functions these are.
func markEnds(m *wasm.Module) int {
	bodies := 0
	for _, e := range m.Exports {
		if e.Kind == wasm.ExternFunc && e.Name[0] == 'e' {
			bodies++ // there is one entry point for each; the other functions read globals
		}
	}
	for i := range bodies {
		global := uint32(len(m.Globals))
		m.Globals = append(m.Globals, wasm.Global{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: wasm.Expr{Code: []byte{0x41, 0, 0x0b}}})
		m.Exports = append(m.Exports, wasm.Export{Name: "end" + string(rune('0'+i)), Kind: wasm.ExternGlobal, Index: global})
		code := m.Funcs[i].Body.Code
		code = append([]byte(nil), code[:len(code)-1]...)
		code = wasm.AppendInstr(code, &wasm.Instr{Op: wasm.OpI32Const, Imm: [2]uint64{1}})
		code = wasm.AppendInstr(code, &wasm.Instr{Op: wasm.OpGlobalSet, Imm: [2]uint64{uint64(global)}})
		m.Funcs[i].Body.Code = wasm.AppendInstr(code, &wasm.Instr{Op: wasm.OpEnd})
	}
	return bodies
}
