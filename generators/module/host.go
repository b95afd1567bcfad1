package module

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// HostModule is the module name of the functions that generated modules import when Options.Imports is set.
const HostModule = "host"

// hostFunc is a function that generated modules import.
type hostFunc struct {
	name string
	sig  wasm.FuncType

	module string // HostModule if it is empty
}

// hostFuncs are the imports of modules that have any. Engines offer every function of the module "host" and
// compute its results from its arguments.
var hostFuncs = []hostFunc{
	{name: "nothing", sig: wasm.FuncType{}},
	{name: "i32", sig: wasm.FuncType{Params: []wasm.ValType{wasm.I32}, Results: []wasm.ValType{wasm.I32}}},
	{name: "i64", sig: wasm.FuncType{Params: []wasm.ValType{wasm.I64, wasm.I32}, Results: []wasm.ValType{wasm.I64}}},
	{name: "f32", sig: wasm.FuncType{Params: []wasm.ValType{wasm.F32}, Results: []wasm.ValType{wasm.F32}}},
	{name: "f64", sig: wasm.FuncType{Params: []wasm.ValType{wasm.F64, wasm.I64}, Results: []wasm.ValType{wasm.F64}}},
	{name: "many", sig: wasm.FuncType{
		Params:  []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64},
		Results: []wasm.ValType{wasm.F64, wasm.F32, wasm.I64, wasm.I32},
	}},
}
