package commandline

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// export is the name of the function that is added to kernels.
const export = "repeat"

// repeat returns the module of a kernel with one more export, without parameters, that calls the kernel's so many times with an
// argument and returns the last result. Arguments are part of the module since not all commands can pass any.
func repeat(k *timing.Kernel, arg uint32, calls int) ([]byte, error) {
	m, err := wasm.Decode(k.Module)
	if err != nil {
		return nil, fmt.Errorf("kernel: %w", err)
	}
	at := slices.IndexFunc(m.Exports, func(e wasm.Export) bool { return e.Kind == wasm.ExternFunc && e.Name == k.Export })
	if at < 0 {
		return nil, fmt.Errorf("no exported function %q", k.Export)
	}
	a := asm.Module{Module: *m}
	a.Exports = slices.Clip(a.Exports)
	const left, result = 0, 1
	body := new(asm.Body).I32(int32(calls)).Set(left).Block(wasm.OpLoop)
	body.I32(int32(arg)).Op(wasm.OpCall, uint64(m.Exports[at].Index)).Set(result)
	body.Get(left).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, left).Op(wasm.OpBrIf, 0).End().Get(result)
	a.Func(export, ":i", "ii", body)
	return a.Encode(), nil
}
