// Command worker is touchstone as a worker process, to be timed under the same conditions as the other engines.
package main

import (
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
	"github.com/touchstone-wasm/touchstone/runtime"
)

func main() {
	worker.Serve(&worker.Program{
		Name:    touchstone.Name,
		Version: touchstone.Version(),
		Accepts: func(module []byte) bool {
			_, err := runtime.Compile(module)
			return err == nil
		},
		NewSubject: func() (timing.Subject, error) { return newSubject(), nil },
	})
}
