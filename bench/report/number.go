package report

import (
	"fmt"
	"math"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// Time returns the median of samples in nanoseconds with its confidence interval: "1.23ms ± 2%". Few samples have none: "1.23ms ± ∞".
func Time(samples []float64) string { return spread(samples, duration) }

// spread is Time for samples in another unit.
func spread(samples []float64, unit func(float64) string) string {
	if len(samples) == 0 {
		return "-"
	}
	s := measure.Summarize(samples)
	if math.IsInf(s.Margin(), 0) {
		return unit(s.Median) + " ± ∞"
	}
	return fmt.Sprintf("%s ±%2.0f%%", unit(s.Median), 100*s.Margin())
}

// unit returns what shows the samples of a workload: times, or bytes.
func unit(w *workload.Workload) func(float64) string {
	if w.Step == timing.Footprint {
		return size
	}
	return duration
}

// size returns bytes in the unit that leaves one to three digits before the point, as far as there is one.
func size(bytes float64) string {
	switch {
	case bytes >= 1<<20:
		return threeDigits(bytes/(1<<20)) + "MiB"
	case bytes >= 1<<10:
		return threeDigits(bytes/(1<<10)) + "KiB"
	}
	return threeDigits(bytes) + "B"
}

// ratioText returns a ratio with three digits.
func ratioText(r float64) string {
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return "-"
	}
	return threeDigits(r)
}

// units are those of times, the largest first; below is the nanosecond.
var units = []struct {
	size time.Duration
	name string
}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}}

// duration returns nanoseconds in the unit that leaves one to three digits before the point.
func duration(ns float64) string { return inUnit(ns, threeDigits) }

// inUnit returns nanoseconds in the largest unit that is not larger.
func inUnit(ns float64, format func(float64) string) string {
	for _, u := range units {
		if ns >= float64(u.size) {
			return format(ns/float64(u.size)) + u.name
		}
	}
	return format(ns) + "ns"
}

func threeDigits(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}
