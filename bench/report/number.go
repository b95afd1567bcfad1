package report

import (
	"fmt"
	"math"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/measure"
)

// Time returns the median of samples in nanoseconds with its spread: "1.23ms ± 2%".
func Time(samples []float64) string {
	if len(samples) == 0 {
		return "-"
	}
	return fmt.Sprintf("%s ±%2.0f%%", duration(measure.Median(samples)), 100*measure.Spread(samples))
}

// ratioText returns a ratio with three digits.
func ratioText(r float64) string {
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return "-"
	}
	return threeDigits(r)
}

// duration returns nanoseconds in the unit that leaves one to three digits before the point.
func duration(ns float64) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		if ns >= float64(u.size) {
			return threeDigits(ns/float64(u.size)) + u.name
		}
	}
	return threeDigits(ns) + "ns"
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
