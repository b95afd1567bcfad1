package report

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/bench/measure"
)

// named returns the table in LMbench's form, if workloads have names in that form: latencies in microseconds with four digits, bandwidths
// in MB/s (10^6 bytes) with two.
func (s *Suite) named() (grid, bool) {
	g := grid{title: s.Name + ": in LMbench's form, medians; these are not results of LMbench", header: append([]string{"name", "unit"}, s.Engines...)}
	for _, row := range s.Rows {
		w := &row[0].Workload
		if w.Title == "" {
			continue
		}
		line := []string{w.Title, "microseconds"}
		if w.Bytes > 0 {
			line[1] = "MB/s"
		}
		for _, series := range row {
			cell := ""
			if series.Err == nil {
				cell = inForm(measure.Median(series.Samples), w.Bytes)
			}
			line = append(line, cell)
		}
		g.lines = append(g.lines, line)
	}
	return g, len(g.lines) > 0
}

// inForm returns a time in nanoseconds in which so many bytes were moved.
func inForm(ns float64, bytes int) string {
	switch {
	case bytes > 0 && ns == 0: // a command whose start took longer than the work
		return "-"
	case bytes > 0:
		return fmt.Sprintf("%.2f", 1e3*float64(bytes)/ns)
	}
	return fmt.Sprintf("%.4f", ns/1e3)
}
