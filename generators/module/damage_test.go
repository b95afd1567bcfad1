package module

import (
	"errors"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestDamageBreaksOneRule: instructions with at most one flaw come out valid and invalid, for many reasons, and nearly every instruction does
// both.
func TestDamageBreaksOneRule(t *testing.T) {
	const inputs = 60_000
	base := Generate(tapeOf(3), Options{Features: wasm.AllFeatures, Imports: true})
	valid, reasons, accepted, refused := 0, map[string]int{}, map[wasm.Op]bool{}, map[wasm.Op]bool{}
	for seed := range uint64(inputs) {
		m := *base
		m.Funcs = append([]wasm.Func(nil), base.Funcs...)
		tp := tape.New(tape.Random(seed, 12))
		tp.Frame()
		p := newFlaws(&m, &m.Funcs[0], 0, tp)
		p.instruction()
		code := append(p.code, wasm.NewInstr(wasm.OpUnreachable), wasm.NewInstr(wasm.OpEnd))
		encodeDamaged(&m.Funcs[0].Body, code, tp)
		err := wasm.Validate(&m)
		verdicts := refused
		if err == nil {
			verdicts = accepted
			valid++
		}
		for i := range code {
			verdicts[code[i].Op] = true
		}
		var invalid *wasm.InvalidError
		if errors.As(err, &invalid) {
			reasons[invalid.Msg]++
		}
	}
	t.Logf("%d of %d valid; %d reasons; %d instructions accepted, %d refused", valid, inputs, len(reasons), len(accepted), len(refused))
	if valid < inputs/4 || valid > inputs*3/4 || len(reasons) < 50 || len(accepted) < wasm.NumOps*95/100 || len(refused) < wasm.NumOps*95/100 {
		t.Error("one of the verdicts, a reason or an instruction is rare")
	}
}

// TestDamageMakesBareModules: modules without code come out valid, and invalid for each of the rules that they are for.
func TestDamageMakesBareModules(t *testing.T) {
	const inputs = 4000
	valid, reasons := 0, map[string]int{}
	for seed := range uint64(inputs) {
		tp := tape.New(tape.Random(seed, 12))
		tp.Frame()
		m := new(wasm.Module)
		bare(m, tp)
		decoded, err := wasm.Decode(wasm.Encode(m))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var invalid *wasm.InvalidError
		if err := wasm.Validate(decoded); err == nil {
			valid++
		} else if errors.As(err, &invalid) {
			reasons[invalid.Msg]++
		}
	}
	t.Logf("%d of %d valid; %v", valid, inputs, reasons)
	starts := 0
	for reason, n := range reasons {
		if strings.Contains(reason, "start function") {
			starts += n
		}
	}
	if mutable := reasons["constant expression required: the global is mutable"]; valid < inputs/8 || mutable < inputs/100 || starts < inputs/100 {
		t.Errorf("of %d modules %d are valid, %d read a global that changes, and %d have a start that is none", inputs, valid, mutable, starts)
	}
}
