package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// wasmer20 is the version of Wasmer that was looked into.
var wasmer20 = []string{"2.0.0 (wasmer-go 1.0.4)"}

// wasmerDefects are the known defects of Wasmer.
var wasmerDefects = []Known{
	{
		Name:     "wasmer-wide-load",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason: "i32.load whose value is sign-extended, or becomes one lane or all of i8x16 or i16x8, reads eight bytes instead of four, and so traps " +
			"in the last seven bytes of memory; the specification lets it read exactly four (section 4.4.7)",
		// Evidence: (memory 1) (func (result i32) i32.const 0 i32.load offset=65532 i32.extend16_s) returns 0 on
		// touchstone, wasmtime and wazero and traps on wasmer. Without the extension it returns 0 there too, and so
		// do all other pairs of a load and a conversion. So do i16x8.splat and i8x16.replace_lane in its place.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			return trapsFirst(v, &sides[i], wasm.MemoryOutOfBounds) && anyFunc(module, func(_ *wasm.Module, ins []wasm.Instr) bool {
				return uses(ins, wasm.OpI32Load) && slices.ContainsFunc(widening, func(op wasm.Op) bool { return uses(ins, op) })
			})
		},
	},
	{
		Name:     "wasmer-vector-operand",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason: "an instruction of i8x16 or v128 on an operand that was just loaded traps where the address is no multiple of 16; the alignment of a " +
			"load has no effect on what it does (section 4.4.7)",
		// Evidence: v128.const 0, i32.const 1, v128.load, i8x16.add, i64x2.extract_lane 0 returns 0 on touchstone, wasmtime and wazero and traps on wasmer, on
		// x86-64 without AVX, whose instructions on memory ask for that. Other lanes are not concerned. What
		// https://github.com/bytecodealliance/wasmtime/issues/4890 says of copysign in a later Cranelift is the same.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			return trapsFirst(v, &sides[i], wasm.MemoryOutOfBounds) && anyFunc(module, func(_ *wasm.Module, ins []wasm.Instr) bool {
				return uses(ins, wasm.OpV128Load) && slices.ContainsFunc(ins, func(in wasm.Instr) bool { return ofBytes(in.Op) })
			})
		},
	},
	{
		Name:     "wasmer-replace-lane",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason:   "f64x2.replace_lane 0 by an operand that was just loaded makes lane 1 zero; the specification changes one lane alone (section 4.4.3)",
		// Evidence: v128.const of ones, i32.const 0, f64.load, f64x2.replace_lane 0, i64x2.extract_lane 1 gives -1 on touchstone, wasmtime and wazero and 0 on
		// wasmer, on x86-64.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			return onlyValues(v, sides, i) && anyFunc(module, func(_ *wasm.Module, ins []wasm.Instr) bool {
				return uses(ins, wasm.OpF64Load) && uses(ins, wasm.OpF64x2ReplaceLane)
			})
		},
	},
	{
		Name:     "wasmer-vector-select",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason: "select of two vectors takes the lowest 32 bits alone from the first operand and the others from the second, if the condition is not " +
			"zero; the specification pushes the first operand back, all of it (section 4.4.4)",
		// Evidence: v128.const of ones, v128.const of twos, i32.const 1, select, i32x4.extract_lane 1 gives a one on touchstone, wasmtime and wazero and
		// a two on wasmer, on x86-64. It is Cranelift's: see wasmtime-vector-select.
		Explains: vectorSelect,
		Without:  withoutVectorSelect,
	},
	{
		Name:     "wasmer-vector-not",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason: "v128.not of what an instruction on lanes of floats gave compares it with itself as floats, and so leaves lanes that are NaNs wrong; " +
			"the specification inverts each bit (section 4.4.3)",
		// Evidence: v128.const i64x2 0x7fc0000000000000 0x7fc000007fc00000, f32x4.abs, v128.not, i64x2.extract_lane 1 gives 0x7fc000007fc00000; touchstone,
		// wasmtime 0.36.0 and 42 and wazero give its inverse. https://github.com/bytecodealliance/wasmtime/issues/3327 is of the same Cranelift.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			return onlyValues(v, sides, i) && anyFunc(module, func(_ *wasm.Module, ins []wasm.Instr) bool { return uses(ins, wasm.OpV128Not) })
		},
	},
	{
		Name:     "wasmer-swizzle",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason:   swizzleReason,
		// Evidence: as of wasmtime-swizzle.
		Explains: swizzle,
	},
	{
		Name:     "wasmer-br-table-bottom",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason: "refuses a br_table in unreachable code whose labels have different types; there the operands have any type, so that " +
			"they fit each label (section 3.3.8, and the appendix on validation)",
		// Evidence: meet-bottom of the specification's unreached-valid.wast; the other engines run it.
		Explains: func(module []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].words(engine.StageRejected, "br_table target labels have different types") && refusal(module) == nil
		},
	},
	{
		Name:     "wasmer-const-own-global",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason: "accepts a global.get of an earlier global of the module itself in a constant expression; WebAssembly 2.0 has only " +
			"imported ones in that context (section 3.4.10)",
		// Evidence: (global i32 (i32.const 0)) (global i32 (global.get 0)) of the specification's global.wast, which says assert_invalid; the other
		// engines refuse it.
		Explains: func(module []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].Result.Stage == engine.StageCompiled && unknownOwnGlobal(module)
		},
	},
	{
		Name:     "wasmer-elem-global",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason:   "refuses global.get in an element segment's expressions; they are constant expressions like others (section 3.4.5)",
		// Evidence: (import "module4" "f" (global funcref)) (elem (i32.const 0) funcref (global.get 0)) of the
		// specification's elem.wast; the other engines accept it.
		Explains: func(module []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].words(engine.StageRejected, "invalid passive segment") && globalInElem(module)
		},
	},
	{
		Name:     "wasmer-long-flag",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason:   "accepts the flag of limits as a number of several bytes; it is one byte, 0 or 1 (section 5.3.7)",
		// Evidence: the table type 70 81 00 00 of the specification's binary.wast, which says assert_malformed; the
		// other engines refuse it.
		Explains: func(module []byte, _ *Verdict, sides []Side, i int) bool {
			m := malformed(module) // a number of one byte is too long at its second: limits' flags are the only ones
			return sides[i].Result.Stage == engine.StageCompiled && m != nil && m.Msg == "integer representation too long" &&
				m.Offset >= 2 && module[m.Offset-2] < 0x80 && (module[m.Offset-1] == 0x80 || module[m.Offset-1] == 0x81)
		},
	},
	{
		Name:     "wasmer-unimplemented",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason:   "panics and ends its process on sections, imports and exports of later proposals, where it has to refuse the module",
		// Evidence: a module with a tag section, or with an import of kind 4, ends the worker with "panicked at 'not
		// implemented: module linking not implemented yet', lib/compiler/src/translator/module.rs".
		Explains: func(module []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].words(engine.StageCrash, "panicked at 'not implemented: ") && malformed(module) != nil
		},
	},
	{
		Name:     "wasmer-sock-accept",
		Engines:  []string{"wasmer"},
		Versions: wasmer20,
		Reason:   "has no sock_accept, which WASI preview 1 has had since 2022",
		// Evidence: programs of Rust's and Zig's libraries for WASI import it and are not linked.
		Explains: func(_ []byte, _ *Verdict, sides []Side, i int) bool {
			return sides[i].words(engine.StageUnlinkable, fmt.Sprintf("Missing import: `%s`.`sock_accept`", engine.WASIModule))
		},
	},
}

// widening are the instructions that Wasmer does together with a load of their operand, and a load too wide.
var widening = []wasm.Op{wasm.OpI32Extend8S, wasm.OpI32Extend16S, wasm.OpI8x16Splat, wasm.OpI16x8Splat, wasm.OpI8x16ReplaceLane, wasm.OpI16x8ReplaceLane}

// ofBytes reports whether op works on vectors of bytes, or on vectors as a whole.
func ofBytes(op wasm.Op) bool {
	info := op.Info()
	return info.Class == wasm.ClassVector && (strings.HasPrefix(info.Name, "i8x16.") || strings.HasPrefix(info.Name, "v128."))
}

// unknownOwnGlobal reports whether a module is invalid because a constant expression names a global that there is, but that
// is not imported.
func unknownOwnGlobal(module []byte) bool {
	var index int
	if _, err := fmt.Sscanf(invalid(module), "unknown global %d", &index); err != nil {
		return false
	}
	m, err := wasm.Decode(module)
	if err != nil {
		return false
	}
	all := len(m.Globals)
	for i := range m.Imports {
		if m.Imports[i].Kind == wasm.ExternGlobal {
			all++
		}
	}
	return index < all
}

// globalInElem reports whether an expression of an element segment of a valid module reads a global.
func globalInElem(module []byte) bool {
	m, err := wasm.Decode(module)
	if err != nil || wasm.Validate(m) != nil {
		return false
	}
	return slices.ContainsFunc(m.Elems, func(e wasm.ElemSegment) bool {
		return slices.ContainsFunc(e.Exprs, func(x wasm.Expr) bool {
			var in wasm.Instr
			r := wasm.NewReader(x)
			return r.Next(&in) == nil && in.Op == wasm.OpGlobalGet
		})
	})
}
