package report

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
)

// monitor returns the table of what the monitor of hostcalls costs, if touchstone was measured with it and without: the median of the
// differences within rounds, in nanoseconds and as a part of the time with the monitor. What is within the spread of the differences is
// noise.
func (s *Suite) monitor() (grid, bool) {
	with, without := slices.Index(s.Engines, touchstone.Name), slices.Index(s.Engines, touchstone.Unmonitored)
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
	title := fmt.Sprintf("%s: the monitor's share: %s less %s, round by round", s.Name, touchstone.Name, touchstone.Unmonitored)
	return grid{title, []string{"workload", "median", "spread", "part"}, lines}, true
}
