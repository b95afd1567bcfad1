package wasm_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// TestBuiltModuleErrors breaks the sample module in ways that mostly cannot come out of a decoder: nothing may panic,
// and the error must say what is wrong.
func TestBuiltModuleErrors(t *testing.T) {
	body := func(ins ...wasm.Instr) func(*wasm.Module) {
		return func(m *wasm.Module) { m.Funcs[0].Body = code(ins...) }
	}
	big := uint32(1 << 30)
	end, drop, zero := op(wasm.OpEnd), op(wasm.OpDrop), op(wasm.OpI32Const, 0)
	for _, test := range []struct {
		name    string
		damage  func(*wasm.Module)
		verdict string
		words   string
	}{
		{"no body", body(), spectest.Malformed, "unexpected end"},
		{"no end", body(zero), spectest.Malformed, "unexpected end"},
		{"code after the end", body(zero, end, op(wasm.OpNop)), spectest.Malformed, "END opcode expected"},
		{"else without if", body(op(wasm.OpElse), end), spectest.Malformed, "END opcode expected"},
		{"two elses", body(zero, op(wasm.OpIf, ^uint64(63)), op(wasm.OpElse), op(wasm.OpElse), end, zero, end), spectest.Malformed, "END opcode expected"},
		{"cut immediate", func(m *wasm.Module) { m.Funcs[0].Body.Code = []byte{0x41} }, spectest.Malformed, "unexpected end"},
		{"cut vector", func(m *wasm.Module) { m.Funcs[0].Body.Code = []byte{0xfd, 0x0c} }, spectest.Malformed, "unexpected end"},
		{"no such vector instruction", func(m *wasm.Module) { m.Funcs[0].Body.Code = []byte{0xfd, 0x9a, 0x01} }, spectest.Malformed, "illegal opcode"},
		{"unknown block type", body(op(wasm.OpBlock, 2), end, end), spectest.Invalid, "unknown type 2"},
		{"empty stack", body(drop, end), spectest.Invalid, "type mismatch: want an operand, got none"},
		{"stack of another block", body(zero, op(wasm.OpBlock, ^uint64(63)), drop, end, end), spectest.Invalid, "type mismatch"},
		{"wrong operand", body(op(wasm.OpI64Const, 0), op(wasm.OpI32Eqz), end), spectest.Invalid, "want i32, got i64"},
		{"values left", body(zero, zero, end), spectest.Invalid, "1 values too many"},
		{"undeclared function", func(m *wasm.Module) { m.Elems, m.Exports = nil, nil; body(op(wasm.OpRefFunc, 1), drop, zero, end)(m) }, spectest.Invalid, "undeclared function reference"},
		{"tables of two types", body(zero, zero, zero, op(wasm.OpTableCopy, 0, 1), zero, end), spectest.Invalid, "type mismatch: want externref, got funcref"},
		{"segment of another type", body(zero, zero, zero, op(wasm.OpTableInit, 2, 0), zero, end), spectest.Invalid, "type mismatch: want funcref, got externref"},
		{"type of function", func(m *wasm.Module) { m.Funcs[0].Type = big }, spectest.Invalid, "unknown type"},
		{"type of import", func(m *wasm.Module) { m.Imports[0].Func = big }, spectest.Invalid, "unknown type"},
		{"kind of import", func(m *wasm.Module) { m.Imports[0].Kind = 9 }, spectest.Invalid, "import 0: malformed import kind"},
		{"kind of export", func(m *wasm.Module) { m.Exports[0].Kind = 9 }, spectest.Invalid, "malformed export kind"},
		{"index of export", func(m *wasm.Module) { m.Exports[0].Index = big }, spectest.Invalid, "export 0: unknown function 1073741824"},
		{"start", func(m *wasm.Module) { m.Start = &big }, spectest.Invalid, "unknown function"},
		{"type of parameter", func(m *wasm.Module) { m.Types[1].Params[0] = 1 }, spectest.Invalid, "type 1: "},
		{"type of local", func(m *wasm.Module) { m.Funcs[0].Locals[0].Type = 0 }, spectest.Invalid, "is not a type"},
		{"type of global", func(m *wasm.Module) { m.Globals[0].Type.Type = 0 }, spectest.Invalid, "global 0: "},
		{"no initial value", func(m *wasm.Module) { m.Globals[0].Init.Code = nil }, spectest.Malformed, "unexpected end"},
		{"computed initial value", func(m *wasm.Module) { m.Globals[0].Init = code(zero, op(wasm.OpI32Eqz), end) }, spectest.Invalid, "constant expression required"},
		{"type of elements", func(m *wasm.Module) { m.Elems[0].Type = 0 }, spectest.Invalid, "elem segment 0: type mismatch"},
		{"functions as externref", func(m *wasm.Module) { m.Elems[0].Type = wasm.ExternRef }, spectest.Invalid, "elem segment 0: type mismatch"},
		{"table of segment", func(m *wasm.Module) { m.Elems[0].Table = 2 }, spectest.Invalid, "unknown table 2"},
		{"type of table", func(m *wasm.Module) { m.Tables[0].Elem = wasm.I32 }, spectest.Invalid, "table 0: "},
		{"size of table", func(m *wasm.Module) { m.Tables[0].Limits = wasm.Limits{Min: 1 << 32} }, spectest.Invalid, "table size"},
		{"size of memory", func(m *wasm.Module) { m.Memories[0].Limits.Min = 65537 }, spectest.Invalid, "memory size must be at most 65536 pages (4GiB)"},
		{"maximum below minimum", func(m *wasm.Module) { m.Memories[0].Limits = wasm.Limits{Min: 2, Max: 1, HasMax: true} }, spectest.Invalid, "size minimum must not be greater than maximum"},
		{"two memories", func(m *wasm.Module) { m.Memories = append(m.Memories, m.Memories[0]) }, spectest.Invalid, "multiple memories"},
		{"memory of segment", func(m *wasm.Module) { m.Datas[0].Memory = 1 }, spectest.Invalid, "unknown memory 1"},
		{"mode of segment", func(m *wasm.Module) { m.Datas[0].Mode = wasm.Declarative }, spectest.Invalid, "data segment 0: "},
		{"data count", func(m *wasm.Module) { m.DataCount = &big }, spectest.Invalid, "inconsistent lengths"},
	} {
		m := sample()
		test.damage(m)
		err := wasm.Validate(m)
		if got := verdict(err); got != test.verdict || err == nil || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: want %s with %q, got %v", test.name, test.verdict, test.words, err)
		}
	}
}

func TestInvalidErrorPlace(t *testing.T) {
	m := sample()
	m.Funcs[0].Body = code(op(wasm.OpNop), op(wasm.OpI64Const, 0), op(wasm.OpI32Eqz), op(wasm.OpEnd))
	src := wasm.Encode(m)
	m, err := wasm.Decode(src)
	if err != nil {
		t.Fatal(err)
	}
	var invalid *wasm.InvalidError
	if err := wasm.Validate(m); !errors.As(err, &invalid) {
		t.Fatalf("got %v", err)
	}
	if want := m.Funcs[0].Body.Offset + 3; invalid.Func != 1 || invalid.Op != wasm.OpI32Eqz || invalid.Offset != want || src[want] != 0x45 {
		t.Errorf("got %+v, want function 1, i32.eqz at offset %d", invalid, want)
	}
	m.Exports[0].Index = 5
	if err := wasm.Validate(m); !errors.As(err, &invalid) || invalid.Func != -1 || invalid.Offset != m.SectionOffsets[wasm.SectionExport] {
		t.Errorf("got %+v, want the offset of the export section", invalid)
	}
}

func TestLimits(t *testing.T) {
	var limit *wasm.LimitError
	locals := func(n uint32) error {
		m := sample()
		m.Funcs[0].Locals = []wasm.Locals{{Count: n - 4, Type: wasm.F64}, {Count: 3, Type: wasm.I64}} // and a parameter
		return wasm.Validate(m)
	}
	if err := locals(wasm.MaxLocals); err != nil {
		t.Error(err)
	}
	if err := locals(wasm.MaxLocals + 1); !errors.As(err, &limit) || limit.Got != wasm.MaxLocals+1 || limit.Max != wasm.MaxLocals {
		t.Errorf("one local too many: %v", err)
	}
	operands := func(n int) error {
		var ins []wasm.Instr
		for range n {
			ins = append(ins, op(wasm.OpI32Const, 0))
		}
		m := sample()
		m.Funcs[0].Body = code(append(ins, op(wasm.OpReturn), op(wasm.OpEnd))...)
		return wasm.Validate(m)
	}
	if err := operands(wasm.MaxStackHeight); err != nil {
		t.Error(err)
	}
	if err := operands(wasm.MaxStackHeight + 1); !errors.As(err, &limit) || limit.Got != wasm.MaxStackHeight+1 {
		t.Errorf("one operand too many: %v", err)
	}
}

// TestNoAllocationPerInstruction holds the reader and the validator to what fuzzing needs.
func TestNoAllocationPerInstruction(t *testing.T) {
	m, err := wasm.Decode(largeModule())
	if err != nil {
		t.Fatal(err)
	}
	var in wasm.Instr
	walk := testing.AllocsPerRun(1, func() {
		r := wasm.NewReader(m.Funcs[0].Body)
		for r.Next(&in) == nil {
		}
		if err := r.Next(&in); err != io.EOF {
			t.Errorf("the reader ends with %v", err)
		}
	})
	if walk > 1 {
		t.Errorf("%v allocations of the reader", walk)
	}
	if n := testing.AllocsPerRun(1, func() { err = wasm.Validate(m) }); n > 20 || err != nil {
		t.Errorf("%v allocations of the validator, error %v", n, err)
	}
}
