// Package machine says what the benchmarks run on.
package machine

import (
	"fmt"
	"runtime"
)

// busy is the number of running programs from which on figures are not to be trusted.
const busy = 0.7

// Describe returns one line about this machine and its load: how many programs want to run, as a mean over the last minute. It
// ends in a warning if other programs run.
func Describe() string {
	model, err := model()
	if err != nil {
		model = "unknown processor"
	}
	line := fmt.Sprintf("%s, %d CPUs, %s/%s, %s", model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	n, err := load()
	switch {
	case err != nil:
		return line + ", load unknown"
	case n >= busy:
		return fmt.Sprintf("%s, load %.2f: BUSY, other programs run; trust ratios, not times", line, n)
	}
	return fmt.Sprintf("%s, load %.2f", line, n)
}
