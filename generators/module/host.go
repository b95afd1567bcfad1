package module

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// HostModule is the module name of the functions that generated modules import when Options.Imports is set.
const HostModule = "host"

// hostFunc is a function that generated modules import from HostModule.
type hostFunc struct {
	name string
	sig  wasm.FuncType
}

// hostFuncs are the imports of modules that have any. Engines offer every function of the module "host" and
// compute its results from its arguments.
var hostFuncs = []hostFunc{
	{"nothing", wasm.FuncType{}},
	{"i32", wasm.FuncType{Params: []wasm.ValType{wasm.I32}, Results: []wasm.ValType{wasm.I32}}},
	{"i64", wasm.FuncType{Params: []wasm.ValType{wasm.I64, wasm.I32}, Results: []wasm.ValType{wasm.I64}}},
	{"f32", wasm.FuncType{Params: []wasm.ValType{wasm.F32}, Results: []wasm.ValType{wasm.F32}}},
	{"f64", wasm.FuncType{Params: []wasm.ValType{wasm.F64, wasm.I64}, Results: []wasm.ValType{wasm.F64}}},
	{"many", wasm.FuncType{
		Params:  []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64},
		Results: []wasm.ValType{wasm.F64, wasm.F32, wasm.I64, wasm.I32},
	}},
}
