package oracle

import (
	"regexp"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// quirk is a known difference between wazero's verdict on modules and ours.
type quirk struct {
	refuses string         // who does, "wazero" or "touchstone"
	text    *regexp.Regexp // of the message of who refuses
	why     string         // who is right, and where that is written
	// example is a module with the difference. It has all that it needs.
	example wasm.Module
}

// wazeroQuirks are the differences to wazero 1.12.0.
var wazeroQuirks = []quirk{
	{"wazero", regexp.MustCompile(`over limit of 1024 pages`), "NewWazero sets this limit",
		wasm.Module{Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1025}}}}},
	{"wazero", regexp.MustCompile(`table min must be at most 134217728`), "a limit of the implementation, as appendix A.2 allows",
		wasm.Module{Tables: []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1<<27 + 1}}}}},
	{"touchstone", regexp.MustCompile(`^invalid module at offset \S+: (unknown global|.*the global is mutable)`),
		"sections 3.3.10 and 3.4.10: an element segment may name imported globals only, and no mutable ones; wazero lets it name all",
		wasm.Module{
			Tables:  []wasm.TableType{{Elem: wasm.FuncRef}},
			Globals: []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: constExpr(wasm.OpI32Const)}},
			Elems:   []wasm.ElemSegment{{Type: wasm.FuncRef, Offset: constExpr(wasm.OpGlobalGet)}},
		}},
}

// constExpr returns a constant expression of one instruction with the immediate 0.
func constExpr(op wasm.Op) wasm.Expr {
	in, end := wasm.NewInstr(op, 0), wasm.NewInstr(wasm.OpEnd)
	return wasm.Expr{Code: wasm.AppendInstr(wasm.AppendInstr(nil, &in), &end)}
}

// isQuirk reports whether it is known that someone may refuse a module with err that the other accepts.
func isQuirk(refuses string, err error) bool {
	for i := range wazeroQuirks {
		if q := &wazeroQuirks[i]; q.refuses == refuses && q.text.MatchString(err.Error()) {
			return true
		}
	}
	return false
}
