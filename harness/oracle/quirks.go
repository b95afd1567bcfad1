package oracle

import (
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// quirk is a known difference between wazero's verdict on modules and ours.
type quirk struct {
	refuses string   // who does, "wazero" or "touchstone"
	begins  string   // the message of who refuses begins so, and
	texts   []string // contains one of these
	why     string   // who is right, and where that is written
	op      wasm.Op  // only in modules that have this instruction, if it is not 0
	// example is a module with the difference. It has all that it needs.
	example wasm.Module
}

// wazeroQuirks are the differences to wazero 1.12.0.
var wazeroQuirks = []quirk{
	{"wazero", "", []string{"over limit of 1024 pages"}, "NewWazero sets this limit", 0,
		wasm.Module{Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1025}}}}},
	{"wazero", "", []string{"table min must be at most 134217728"}, "a limit of the implementation, as appendix A.2 allows", 0,
		wasm.Module{Tables: []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1<<27 + 1}}}}},
	{"wazero", "failed to read custom section name[", []string{"]: EOF"},
		"section 5.5.3: a custom section may have nothing behind its name; at the end of the module wazero wants a byte there", 0,
		wasm.Module{Customs: []wasm.Custom{{Name: "x"}}}},
	{"touchstone", "invalid module at offset ", []string{": unknown global", "the global is mutable"},
		"sections 3.3.10 and 3.4.10: an element segment may name imported globals only, and no mutable ones; wazero lets it name all", 0,
		wasm.Module{
			Tables:  []wasm.TableType{{Elem: wasm.FuncRef}},
			Globals: []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: constExpr(wasm.OpI32Const)}},
			Elems:   []wasm.ElemSegment{{Type: wasm.FuncRef, Offset: constExpr(wasm.OpGlobalGet)}},
		}},
	{"touchstone", "", []string{"malformed value type", "is not a type"},
		"section 5.3.4: 0x69 is no value type; it is exnref in the proposal for exceptions, of which wazero knows as much", 0,
		wasm.Module{Types: []wasm.FuncType{{Params: []wasm.ValType{0x69}}}}},
	{"touchstone", "", []string{"type mismatch"},
		"section 3.3.4: the operands of a select with a type, and its result, are of that type; wazero does not look at it", wasm.OpSelectT,
		wasm.Module{
			Types: []wasm.FuncType{{}},
			Funcs: []wasm.Func{{Body: wasm.Expr{Code: []byte("\x41\x00\x41\x00\x41\x00\x1c\x01\x7e\x1a\x0b")}}}, // select (i64) of i32
		}},
}

// constExpr returns a constant expression of one instruction with the immediate 0.
func constExpr(op wasm.Op) wasm.Expr {
	in, end := wasm.NewInstr(op, 0), wasm.NewInstr(wasm.OpEnd)
	return wasm.Expr{Code: wasm.AppendInstr(wasm.AppendInstr(nil, &in), &end)}
}

// isQuirk reports whether it is known that someone may refuse src with err, and the other accept it.
func isQuirk(refuses string, err error, src []byte) bool {
	for i := range wazeroQuirks {
		q := &wazeroQuirks[i]
		if q.refuses == refuses && q.says(err.Error()) && (q.op == 0 || hasInstr(src, q.op)) {
			return true
		}
	}
	return false
}

// says reports whether a message is that of the quirk.
func (q *quirk) says(message string) bool {
	return strings.HasPrefix(message, q.begins) && slices.ContainsFunc(q.texts, func(text string) bool { return strings.Contains(message, text) })
}

// hasInstr reports whether a function of a module has an instruction.
func hasInstr(src []byte, op wasm.Op) bool {
	m, err := wasm.Decode(src)
	if err != nil {
		return false
	}
	var in wasm.Instr
	for i := range m.Funcs {
		for r := wasm.NewReader(m.Funcs[i].Body); r.Next(&in) == nil; {
			if in.Op == op {
				return true
			}
		}
	}
	return false
}
