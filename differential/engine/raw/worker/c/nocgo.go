//go:build !cgo

package main

import (
	"github.com/touchstone-wasm/touchstone/differential/engine/raw"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

func main() { worker.MissingCgo(raw.C) }
