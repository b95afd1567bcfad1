//go:build !cgo

// Command worker is built with cgo by the driver; without it, it only says so.
package main

import (
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

func main() { worker.MissingCgo(wasmtime.Name) }
