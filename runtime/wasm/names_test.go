package wasm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// code assembles instructions.
func code(ins ...wasm.Instr) wasm.Expr {
	var b []byte
	for i := range ins {
		b = wasm.AppendInstr(b, &ins[i])
	}
	return wasm.Expr{Code: b}
}

func op(o wasm.Op, imm ...uint64) wasm.Instr {
	in := wasm.Instr{Op: o}
	copy(in.Imm[:], imm)
	return in
}

// sample is a built module that uses most parts of the format.
func sample() *wasm.Module {
	zero := code(op(wasm.OpI32Const, 0), op(wasm.OpEnd))
	start := uint32(0)
	count := uint32(2)
	return &wasm.Module{
		Types:    []wasm.FuncType{{}, {Params: []wasm.ValType{wasm.I32}, Results: []wasm.ValType{wasm.I32}}},
		Imports:  []wasm.Import{{Module: "env", Name: "f", Kind: wasm.ExternFunc}, {Module: "env", Name: "g", Kind: wasm.ExternGlobal, Global: wasm.GlobalType{Type: wasm.I32}}},
		Tables:   []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1, Max: 2, HasMax: true}}, {Elem: wasm.ExternRef}},
		Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1}}},
		Globals:  []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: code(op(wasm.OpGlobalGet, 0), op(wasm.OpEnd))}},
		Exports:  []wasm.Export{{Name: "run", Kind: wasm.ExternFunc, Index: 1}},
		Start:    &start,
		Elems: []wasm.ElemSegment{
			{Type: wasm.FuncRef, Offset: zero, Funcs: []uint32{0, 1}},
			{Mode: wasm.Declarative, Type: wasm.FuncRef, Funcs: []uint32{1}},
			{Mode: wasm.Passive, Type: wasm.ExternRef, UseExprs: true, Exprs: []wasm.Expr{code(op(wasm.OpRefNull, uint64(wasm.ExternRef)), op(wasm.OpEnd))}},
			{Table: 1, Type: wasm.ExternRef, UseExprs: true, Offset: zero},
		},
		DataCount: &count,
		Datas:     []wasm.DataSegment{{Offset: zero, Init: []byte("abc")}, {Mode: wasm.Passive, Init: []byte("d")}},
		Funcs: []wasm.Func{{Type: 1, Locals: []wasm.Locals{{Count: 2, Type: wasm.F64}}, Body: code(
			op(wasm.OpBlock, ^uint64(0)),                                                  // i32
			op(wasm.OpLocalGet, 0), op(wasm.OpI32Load, 2, 16), op(wasm.OpIf, ^uint64(63)), // empty
			op(wasm.OpF64Const, 0x3ff8000000000000), op(wasm.OpLocalSet, 1),
			op(wasm.OpElse), op(wasm.OpCall, 0), op(wasm.OpEnd),
			op(wasm.OpI32Const, 1<<32-1), op(wasm.OpLocalGet, 0),
			wasm.Instr{Op: wasm.OpBrTable, Labels: []uint32{0, 1}},
			op(wasm.OpEnd),
			op(wasm.OpI32Const, 0), op(wasm.OpI32Const, 0), op(wasm.OpI32Const, 0), op(wasm.OpMemoryInit, 1, 0),
			op(wasm.OpEnd),
		)}},
		Customs: []wasm.Custom{
			{Name: "name", After: wasm.SectionData, Data: []byte("\x00\x02\x01m" + "\x01\x07\x02\x00\x01f\x01\x01\xff" + "\x01\x04\x01\x01\x01r")},
			{Name: "first"},
		},
	}
}

func TestBuiltModule(t *testing.T) {
	m := sample()
	if err := wasm.Validate(m); err != nil {
		t.Fatal(err)
	}
	back, err := wasm.Decode(wasm.Encode(m))
	if err != nil {
		t.Fatal(err)
	}
	if err := wasm.Validate(back); err != nil {
		t.Error(err)
	}
	checkRoundTrip(t, "decoded sample", back)
	m.DataCount = nil
	var malformed *wasm.MalformedError
	if err := wasm.Validate(m); !errors.As(err, &malformed) {
		t.Errorf("memory.init without data count: %v", err)
	}
}

func TestFuncNames(t *testing.T) {
	m := sample()
	names := m.FuncNames()
	if len(names) != 2 || names[0] != "f" || names[1] != "r" {
		t.Errorf("names %v", names)
	}
	data := m.Customs[0].Data
	for n := range data {
		m.Customs[0].Data = data[:n] // must not panic
		if names := m.FuncNames(); len(names) > 1 {
			t.Errorf("%d names from a section cut at %d", len(names), n)
		}
	}
}

func TestDisassemble(t *testing.T) {
	m, err := wasm.Decode(wasm.Encode(sample()))
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	if err := wasm.Disassemble(&s, m); err != nil {
		t.Fatal(err)
	}
	last := 0
	for _, want := range []string{
		`import func 0: "env" "f" type 0`, `import global 0: "env" "g" i32`, `func 1 "r": type 1`, "local f64 × 2",
		"    block -> (i32)\n", "      i32.load offset=16 align=4\n", "      if\n", "        f64.const 1.5 (bits 0x3ff8000000000000)\n",
		"      else\n", `        call 0 "f"`, "      end\n", "      br_table [0 1]\n", "    memory.init 1 0\n",
		"table 1: externref 0", "memory 0: 1 pages", "global 1: mut i32", `export "run": func 1`, `start: func 0 "f"`,
		"elem 2: passive externref, 1 elements", "data 1: passive, 1 bytes", `custom "name": `,
	} {
		i := strings.Index(s.String()[last:], want)
		if i < 0 {
			t.Fatalf("no %q after byte %d of\n%s", want, last, s.String())
		}
		last += i
	}
	t.Log("\n" + s.String())
}
