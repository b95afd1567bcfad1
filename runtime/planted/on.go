//go:build planted

package planted

import (
	"fmt"
	"os"
)

// Selected is the bug that this process has. Tests change it, from one goroutine.
var Selected = fromEnvironment()

// Blind makes the fuzz targets say nothing of what their oracles find. What fails all the same has crashed.
var Blind = os.Getenv(BlindVariable) != ""

// fromEnvironment ends the process if the environment names a bug that there is not: it would seem to be one that nobody finds.
func fromEnvironment() Bug {
	name := os.Getenv(Variable)
	if name == "" {
		return None
	}
	b, ok := Named(name)
	if !ok {
		fmt.Fprintf(os.Stderr, "planted: %s=%q: there is no such bug\n", Variable, name)
		os.Exit(2)
	}
	return b
}
