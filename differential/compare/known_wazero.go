package compare

import (
	"bytes"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// wazeroDefects are the known defects of wazero.
var wazeroDefects = []Known{
	{
		Name:     "wazero-active-data",
		Engines:  []string{"wazero", "wazero-interp"},
		Versions: []string{"1.12.0"},
		Reason: "memory.init still finds the bytes of an active data segment; the specification drops an active segment at " +
			"instantiation, so that its length is 0 from then on (section 4.5.4)",
		// Evidence: (memory 1) (data (i32.const 0) "x") (func i32.const 8 i32.const 0 i32.const 1 memory.init 0) traps
		// on touchstone, wasmtime and wasmer and returns on wazero. table.init of an active element segment traps on
		// all of them.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			if !v.Diverges() {
				return false
			}
			majority, _ := v.Majority()
			return trapsFirst(v, &sides[majority[0]], wasm.MemoryOutOfBounds) && !trapsFirst(v, &sides[i], wasm.MemoryOutOfBounds) &&
				anyFunc(module, initsActive)
		},
	},
	{
		Name:     "wazero-elem-own-global",
		Engines:  []string{"wazero", "wazero-interp"},
		Versions: []string{"1.12.0"},
		Reason: "accepts a global.get of a global of the module itself as the offset of an element segment; WebAssembly 2.0 has only imported ones in " +
			"that context (section 3.4.10)",
		// Evidence: (table 1 funcref) (global i32 (i32.const 0)) (elem (global.get 0) func); touchstone and wasmtime refuse it. wazero does so, too, in the
		// offset of a data segment and in a global.
		Explains: func(module []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].Result.Stage == engine.StageCompiled && unknownOwnGlobal(module) && ownGlobalAsOffset(module)
		},
	},
	{
		Name:     "wazero-dead-select",
		Engines:  []string{"wazero", "wazero-interp"},
		Versions: []string{"1.12.0"},
		Reason: "takes the result of a select with a type in unreachable code for one of any type; it has the type that the instruction names " +
			"(section 3.3.4)",
		// Evidence: (func (result i32) unreachable (select (result f64))); touchstone, wasmtime and wasmer refuse it.
		Explains: func(module []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].Result.Stage == engine.StageCompiled && strings.HasPrefix(invalid(module), "type mismatch") &&
				anyFunc(module, func(_ *wasm.Module, ins []wasm.Instr) bool { return uses(ins, wasm.OpSelectT) })
		},
		Without: withoutTypedSelect,
	},
	{
		Name:     "wazero-unknown-type",
		Engines:  []string{"wazero", "wazero-interp"},
		Versions: []string{"1.12.0"},
		Reason: "panics on a call of a function whose type is none of the module's, where it has to refuse the module: the types of functions must be " +
			"defined (section 3.4.1)",
		// Evidence: two functions, of types 0 and 1, of which the first calls the second, in a module with one type, end CompileModule with "index out of
		// range [1] with length 1"; the other engines refuse the module, and wazero does so if there is no call.
		Explains: func(module []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].words(engine.StageCrash, "runtime error: index out of range") && strings.Contains(invalid(module), "unknown type")
		},
	},
	{
		Name:     "wazero-const-mutable",
		Engines:  []string{"wazero", "wazero-interp"},
		Versions: []string{"1.12.0"},
		Reason: "accepts a global.get of a mutable global in a constant expression; the specification asks for an immutable one " +
			"(section 3.3.10)",
		// Evidence: (global (import "test" "g") (mut i32)) (data (global.get 0)) of the specification's data.wast, which
		// says assert_invalid; touchstone, wasmtime and wasmer refuse it.
		Explains: func(module []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].Result.Stage == engine.StageCompiled && invalid(module) == "constant expression required: the global is mutable"
		},
	},
	{
		Name:     "wazero-float-select",
		Engines:  []string{"wazero"},
		Versions: []string{"1.12.0"},
		Reason: "select of two floats or vectors returns the first where the condition is zero, if the compiler loads the first from the stack for it (x86-64); " +
			"the specification pushes the second back then (section 4.4.4)",
		// Evidence: (func $one (result f32) f32.const 1) (func $nop (param f32)) (func (export "f") (result i32) (local f32) call $one local.tee 0
		// local.get 0 call $nop f32.const 0 i32.const 0 select i32.reinterpret_f32) gives 1065353216; touchstone, wasmtime, wasmer and wazero's
		// interpreter give 0. The conditional move between registers of floats is a use of its target too, which its list of uses lacks, so that the
		// target's register is given away between the two moves.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			return v.Diverges() && sides[i].Result.Stage == engine.StageRun && !bytes.Equal(withoutFloatSelect(module), module)
		},
		Without: withoutFloatSelect,
	},
}

func withoutFloatSelect(module []byte) []byte {
	return withoutSelect(module, wasm.F32, wasm.F64, wasm.V128)
}

// initsActive reports whether a function copies from an active data segment.
func initsActive(m *wasm.Module, ins []wasm.Instr) bool {
	return slices.ContainsFunc(ins, func(in wasm.Instr) bool {
		// The first immediate is the segment, the second the memory.
		return in.Op == wasm.OpMemoryInit && in.Imm[0] < uint64(len(m.Datas)) && m.Datas[in.Imm[0]].Mode == wasm.Active
	})
}

// ownGlobalAsOffset reports whether the offset of an element segment reads a global that a well-formed module defines.
func ownGlobalAsOffset(module []byte) bool {
	m, err := wasm.Decode(module)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(m.Elems, func(e wasm.ElemSegment) bool {
		var in wasm.Instr
		r := wasm.NewReader(e.Offset)
		return e.Mode == wasm.Active && r.Next(&in) == nil && in.Op == wasm.OpGlobalGet && in.Imm[0] >= uint64(m.ImportedGlobals())
	})
}
