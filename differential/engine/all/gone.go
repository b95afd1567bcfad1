package all

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// extinct are engines of the field that cannot be had any more in a form that could be run here, and what an adapter of each would need.
var extinct = []struct{ name, needs string }{
	{"lucet", "archived in 2022 in favour of Wasmtime; an adapter needs lucetc and liblucet_runtime built from bytecodealliance/lucet, " +
		"and a program that loads what lucetc made; it compiles ahead of time and has no engine to embed"},
	{"wavm", "without a release since 2022; an adapter needs WAVM built from its source against an old LLVM; if a program wavm were on PATH, " +
		"a row of engine/commandline with `wavm run FILE`"},
	{"awsm", "an ahead-of-time compiler for research; an adapter needs aWsm built from gwsystems/aWsm against an old LLVM, and a C compiler that " +
		"links each module with its runtime before it is run"},
	{"ssvm", "became WasmEdge in 2021: ask for wasmedge-cli; SSVM itself needs its old source, and a row of engine/commandline with " +
		"`ssvm --reactor FILE EXPORT`"},
}

// gone are the entries of extinct engines: asked for, they say why they cannot be had.
func gone() (list []Entry) {
	for _, g := range extinct {
		list = append(list, Entry{Name: g.name, ByName: true, Open: func(context.Context) (engine.Engine, error) {
			return nil, &engine.Unavailable{Engine: g.name, Reason: g.needs}
		}})
	}
	return list
}
