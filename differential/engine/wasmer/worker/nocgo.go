//go:build !cgo

// Command worker is built with cgo by the driver; without it, it only says so.
package main

import (
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

func main() { worker.MissingCgo(wasmer.Name) }
