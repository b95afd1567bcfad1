package report

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
)

// monitor returns the table of what the monitor of hostcalls costs, if touchstone was measured with it and without.
func (s *Suite) monitor() (grid, bool) {
	return s.share("the monitor's share", touchstone.Name, touchstone.Unmonitored)
}

// traced returns the table of what a trace costs, if touchstone was measured with one and without.
func (s *Suite) traced() (grid, bool) {
	return s.share("the trace's share", touchstone.Traced, touchstone.Name)
}

// share returns the table of what one engine takes more than another: the median of the differences within rounds, in nanoseconds and as a
// part of the time of the first. What is within the spread of the differences is noise.
func (s *Suite) share(title, more, less string) (grid, bool) {
	with, without := slices.Index(s.Engines, more), slices.Index(s.Engines, less)
	if with < 0 || without < 0 {
		return grid{}, false
	}
	var lines [][]string
	for _, row := range s.Rows {
		if row[with].Err != nil || row[without].Err != nil {
			continue
		}
		var costs []float64
		for i, ns := range row[with].Samples {
			costs = append(costs, ns-row[without].Samples[i])
		}
		cost := measure.Median(costs)
		lines = append(lines, []string{row[0].Workload.Name, fmt.Sprintf("%.1fns", cost), fmt.Sprintf("±%.1fns", measure.HalfSpread(costs)),
			fmt.Sprintf("%.1f%%", 100*cost/measure.Median(row[with].Samples))})
	}
	title = fmt.Sprintf("%s: %s: %s less %s, round by round", s.Name, title, more, less)
	return grid{title, []string{"workload", "median", "spread", "part"}, lines}, true
}
