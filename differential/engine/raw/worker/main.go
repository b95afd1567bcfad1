// Command worker makes system calls from Go, to be timed beside engines that make them for guests.
package main

import (
	"runtime"

	"github.com/touchstone-wasm/touchstone/differential/engine/raw"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

func main() {
	worker.Serve(&worker.Program{
		Name:       raw.Go,
		Version:    runtime.Version(),
		Accepts:    func([]byte) bool { return false },
		NewSubject: func() (timing.Subject, error) { return subject{}, nil },
	})
}
