package engine

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func TestPartition(t *testing.T) {
	fine := Merge()
	wasmtime := Merge([]wasm.TrapCode{wasm.TableOutOfBounds, wasm.UndefinedElement})
	wazero := Merge([]wasm.TrapCode{wasm.UninitializedElement, wasm.UndefinedElement}, []wasm.TrapCode{wasm.StackExhausted, wasm.Interrupted})
	for _, c := range []struct {
		name string
		p    Partition
		a, b wasm.TrapCode
		want bool
	}{
		{"fine, same", fine, wasm.Unreachable, wasm.Unreachable, true},
		{"fine, others", fine, wasm.TableOutOfBounds, wasm.UndefinedElement, false},
		{"merged", wasmtime, wasm.TableOutOfBounds, wasm.UndefinedElement, true},
		{"not merged", wasmtime, wasm.TableOutOfBounds, wasm.UninitializedElement, false},
		{"joined through a third", wasmtime.Join(wazero), wasm.TableOutOfBounds, wasm.UninitializedElement, true},
		{"joined from the right", fine.Join(wazero), wasm.StackExhausted, wasm.Interrupted, true},
		{"join merges nothing else", wasmtime.Join(wazero), wasm.StackExhausted, wasm.UndefinedElement, false},
		{"unknown code", fine, wasm.TrapCode(200), wasm.TrapCode(201), false},
	} {
		if got := c.p.Same(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestTrapByText(t *testing.T) {
	for c := wasm.NoTrap + 1; int(c) < wasm.NumTrapCodes; c++ {
		if got, ok := TrapByText(c.Error() + ": more words"); !ok || got != c {
			t.Errorf("%q: %v, %v", c.Error(), got, ok)
		}
	}
	if got, ok := TrapByText("something else"); ok {
		t.Errorf("a text of no trap is %v", got)
	}
}

func TestHostResult(t *testing.T) {
	types := []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.FuncRef, wasm.ExternRef}
	nan := func(bits uint64) []Value { return []Value{{Type: wasm.F32, Bits: bits}} }
	base := HostResult("m", "n", nan(0x7fc00000), types)
	if len(base) != len(types) {
		t.Fatalf("%d results", len(base))
	}
	for i, v := range base {
		if v.Type != types[i] || v.Type.IsRef() && v.Bits != 0 || v.Type == wasm.I32 && v.Bits > math.MaxUint32 {
			t.Errorf("result %d: %+v", i, v)
		}
	}
	equal := func(a, b []Value) bool {
		for i := range a {
			if a[i] != b[i] {
				return false
			}
		}
		return true
	}
	if !equal(base, HostResult("m", "n", nan(0xffc12345), types)) {
		t.Error("results depend on the bits of a NaN")
	}
	for name, other := range map[string][]Value{
		"argument":      HostResult("m", "n", nan(0x3f800000), types),
		"module":        HostResult("x", "n", nan(0x7fc00000), types),
		"name":          HostResult("m", "x", nan(0x7fc00000), types),
		"where to part": HostResult("mn", "", nan(0x7fc00000), types),
	} {
		if equal(base, other) {
			t.Errorf("results do not depend on the %s", name)
		}
	}
	for i := range 1000 {
		for _, v := range HostResult("m", "n", []Value{{Type: wasm.I32, Bits: uint64(i)}}, types[2:4]) {
			if CanonicalNaN(v) != v {
				t.Fatalf("a NaN as result: %+v", v)
			}
		}
	}
}

func TestJobCheck(t *testing.T) {
	for _, w := range []WASI{
		{},
		{Args: []string{"a\x00"}},
		{Args: []string{"a"}, Env: []string{"A"}},
		{Args: []string{"a"}, Env: []string{"=B"}},
		{Args: []string{"a"}, Env: []string{"A=\x00"}},
	} {
		if err := (&Job{WASI: &w}).Check(); err == nil {
			t.Errorf("%+v is accepted", w)
		}
	}
	if err := (&Job{WASI: &WASI{Args: []string{"a", ""}, Env: []string{"A=", "B=c=d"}}}).Check(); err != nil {
		t.Error(err)
	}
}

// TestRewrite gives the rewriter all that it can be asked for. The result must be valid, keep every index, and bound everything.
func TestRewrite(t *testing.T) {
	m := &wasm.Module{
		Types: []wasm.FuncType{{Params: []wasm.ValType{wasm.I64, wasm.ExternRef}, Results: []wasm.ValType{wasm.FuncRef, wasm.F32, wasm.ExternRef}}, {}},
		Funcs: []wasm.Func{
			{Type: 0, Body: wasm.Expr{Code: instr(append(instr(instr(nil, wasm.OpRefNull, uint64(wasm.FuncRef)), wasm.OpF32Const, 0), instr(nil, wasm.OpLocalGet, 1)...), wasm.OpEnd)}},
			{Type: 1, Body: wasm.Expr{Code: instr(nil, wasm.OpEnd)}},
		},
		Tables:   []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}}, {Elem: wasm.ExternRef, Limits: wasm.Limits{Max: 5, HasMax: true}}},
		Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1, Max: 60000, HasMax: true}}},
		Globals:  []wasm.Global{{Type: wasm.GlobalType{Type: wasm.FuncRef}, Init: wasm.Expr{Code: instr(instr(nil, wasm.OpRefNull, uint64(wasm.FuncRef)), wasm.OpEnd)}}},
		Exports: []wasm.Export{
			{Name: "f", Kind: wasm.ExternFunc}, {Name: "plain", Kind: wasm.ExternFunc, Index: 1}, {Name: "touchstone0:x", Kind: wasm.ExternFunc, Index: 1},
			{Name: "t", Kind: wasm.ExternTable}, {Name: "u", Kind: wasm.ExternTable, Index: 1}, {Name: "g", Kind: wasm.ExternGlobal},
		},
	}
	source := wasm.Encode(m)
	p, err := NewPlan(&Job{Module: source, Calls: []Call{{Export: "f"}, {Export: "f"}, {Export: "plain"}}})
	if err != nil {
		t.Fatal(err)
	}
	re := p.rewrite(Lacks{Limits: true, Tables: true, Refs: true}, 100)
	if !re.changed {
		t.Fatal("nothing was changed")
	}
	got, err := wasm.Decode(wasm.Encode(re.module))
	if err != nil {
		t.Fatal(err)
	}
	if err := wasm.Validate(got); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(wasm.Encode(p.Module), source) {
		t.Error("the plan's own module was changed")
	}
	for i := range m.Exports {
		if got.Exports[i] != m.Exports[i] {
			t.Errorf("export %d became %+v", i, got.Exports[i])
		}
	}
	added := map[string]bool{}
	for _, e := range got.Exports[len(m.Exports):] {
		if added[e.Name] = true; !strings.HasPrefix(e.Name, "touchstone1:") {
			t.Errorf("added export %q can collide", e.Name)
		}
	}
	// One wrapper, and one reader of the global, the sizes of both tables and their elements.
	numbers := map[int]bool{re.globals["g"]: true, re.tables["t"]: true, re.tables["t"] + 1: true, re.tables["u"]: true, re.tables["u"] + 1: true}
	if len(added) != 2 || !added[re.calls["f"]] || !added[re.reader] || len(re.reads) != 5 || len(numbers) != 5 {
		t.Errorf("added exports %v for %+v", added, re)
	}
	if re.calls["plain"] != "" {
		t.Error("a function without references has a wrapper")
	}
	if l := got.Memories[0].Limits; l.Max != 100 || l.Min != 1 {
		t.Errorf("memory %v", l)
	}
	if l := got.Tables[0].Limits; !l.HasMax || l.Max != MaxTableElems {
		t.Errorf("table 0 %v", l)
	}
	if l := got.Tables[1].Limits; l.Max != 5 {
		t.Errorf("table 1 %v: a lower bound was raised", l)
	}
	if re := p.rewrite(Lacks{}, 100); re.changed {
		t.Error("a module is changed for an engine that lacks nothing")
	}
}

// TestRewriteImportsAndSegments replaces an import with references wherever the module names it, and leaves out segments of null.
func TestRewriteImportsAndSegments(t *testing.T) {
	withRef := wasm.FuncType{Params: []wasm.ValType{wasm.ExternRef, wasm.I64}, Results: []wasm.ValType{wasm.F64, wasm.FuncRef}}
	null := wasm.Expr{Code: instr(instr(nil, wasm.OpRefNull, uint64(wasm.ExternRef)), wasm.OpEnd)}
	at := func(offset uint64) wasm.Expr {
		return wasm.Expr{Code: instr(instr(nil, wasm.OpI32Const, offset), wasm.OpEnd)}
	}
	refFunc := wasm.Expr{Code: instr(instr(nil, wasm.OpRefFunc, 1), wasm.OpEnd)}
	body := instr(instr(instr(nil, wasm.OpRefNull, uint64(wasm.ExternRef)), wasm.OpI64Const, 1), wasm.OpCall, 1)
	body = instr(instr(body, wasm.OpDrop), wasm.OpDrop)
	init := wasm.Instr{Op: wasm.OpTableInit}
	for i, kind := range init.Op.Info().Imms {
		init.Imm[i] = map[wasm.Imm]uint64{wasm.ImmElem: 3, wasm.ImmTable: 1}[kind]
	}
	for range 3 {
		body = instr(body, wasm.OpI32Const, 0)
	}
	body = wasm.AppendInstr(body, &init)
	segment := func(mode wasm.SegmentMode, offset uint64) wasm.ElemSegment {
		s := wasm.ElemSegment{Mode: mode, Type: wasm.ExternRef, UseExprs: true, Exprs: []wasm.Expr{null, null}}
		if mode == wasm.Active {
			s.Table, s.Offset = 1, at(offset)
		}
		return s
	}
	m := &wasm.Module{
		Types: []wasm.FuncType{withRef, {}},
		Imports: []wasm.Import{
			{Module: "env", Name: "plain", Func: 1}, {Module: "env", Name: "refs", Func: 0},
		},
		Funcs:   []wasm.Func{{Type: 1, Body: wasm.Expr{Code: instr(body, wasm.OpEnd)}}},
		Tables:  []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 2}}, {Elem: wasm.ExternRef, Limits: wasm.Limits{Min: 2}}},
		Globals: []wasm.Global{{Type: wasm.GlobalType{Type: wasm.FuncRef}, Init: refFunc}},
		Exports: []wasm.Export{{Name: "refs", Index: 1}, {Name: "f", Index: 2}},
		Elems: []wasm.ElemSegment{
			{Offset: at(0), Type: wasm.FuncRef, Funcs: []uint32{0, 1}},
			segment(wasm.Active, 0),  // goes
			segment(wasm.Active, 1),  // stays: it does not fit
			segment(wasm.Passive, 0), // stays: table.init names it
			segment(wasm.Passive, 0), // goes
		},
	}
	p, err := NewPlan(&Job{Module: wasm.Encode(m)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := wasm.Decode(wasm.Encode(p.rewrite(Lacks{Refs: true, ExternSegments: true}, 1).module))
	if err != nil {
		t.Fatal(err)
	}
	if err := wasm.Validate(got); err != nil {
		t.Fatal(err)
	}
	const bridge = 3
	if hasRefs(got.Types[got.Imports[1].Func]) || got.Imports[0].Func != 1 {
		t.Errorf("imports %+v", got.Imports)
	}
	if bridged := got.FuncTypes()[bridge]; !bridged.Equal(withRef) {
		t.Errorf("the function in front of the import is of type %v", bridged)
	}
	if got.Exports[0].Index != bridge || got.Exports[1].Index != 2 || got.Elems[0].Funcs[1] != bridge || got.Elems[0].Funcs[0] != 0 {
		t.Errorf("exports %+v, elements %+v", got.Exports, got.Elems[0])
	}
	for i, want := range []wasm.ValType{wasm.FuncRef, wasm.FuncRef, wasm.ExternRef, wasm.ExternRef, wasm.FuncRef} {
		if got.Elems[i].Type != want {
			t.Errorf("segment %d is of type %v, want %v", i, got.Elems[i].Type, want)
		}
	}
	if !bytes.Contains(got.Globals[0].Init.Code, instr(nil, wasm.OpRefFunc, bridge)) || !bytes.Contains(got.Funcs[0].Body.Code, instr(nil, wasm.OpCall, bridge)) {
		t.Error("code still names the import")
	}
}

func TestUnavailable(t *testing.T) {
	cause := errors.New("cause")
	err := error(&Unavailable{Engine: "x", Reason: "needs a C compiler", Err: cause})
	if !errors.Is(err, cause) || !strings.Contains(err.Error(), "x is unavailable: needs a C compiler: cause") {
		t.Error(err)
	}
}
