// Command worker is touchstone as a worker process, to be timed under the same conditions as the other engines.
package main

import (
	"fmt"
	"os"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

func main() {
	// The build decides whether there is a monitor; the argument must say the same.
	name, traced := touchstone.Name, false
	if !wasi.Monitored {
		name = touchstone.Unmonitored
	} else if len(os.Args) == 2 && os.Args[1] == touchstone.Traced {
		name, traced = touchstone.Traced, true
	}
	if len(os.Args) != 2 || os.Args[1] != name {
		fmt.Fprintf(os.Stderr, "usage: worker %s\n", name)
		os.Exit(2)
	}
	worker.Serve(&worker.Program{
		Name:    name,
		Version: touchstone.Version(),
		Accepts: func(module []byte) bool {
			_, err := runtime.Compile(module)
			return err == nil
		},
		NewSubject: func() (timing.Subject, error) { return newSubject(traced), nil },
	})
}
