package report

import (
	"fmt"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// rates returns the table of how often a second something is done, if there are workloads that are to be shown so.
func (s *Suite) rates() (grid, bool) {
	g := grid{title: s.Name + ": a second, medians; higher is better", header: append([]string{"workload"}, s.Engines...)}
	for _, row := range s.Rows {
		if !row[0].Workload.Rate {
			continue
		}
		line := []string{row[0].Workload.Name}
		for _, series := range row {
			cell := ""
			if series.Err == nil && len(series.Samples) > 0 {
				cell = fmt.Sprintf("%.0f", 1e9/measure.Median(series.Samples))
			}
			line = append(line, cell)
		}
		g.lines = append(g.lines, line)
	}
	return g, len(g.lines) > 0
}

// mostHostcalls is how many of a program's hostcalls have lines of their own, those that took longest.
const mostHostcalls = 5

// inside returns the table of what touchstone's hostcalls take of the programs that were measured, from one more run in which each is
// timed: how many there are, how long one takes on average, and which part of the run they are.
func (s *Suite) inside() (grid, bool) {
	g := grid{title: s.Name + ": inside the hostcalls of touchstone, in a run of its own", header: []string{"workload, hostcall", "count", "mean", "total", "share of the run"}}
	for _, row := range s.Rows {
		for _, series := range row {
			if in := series.Inside; in != nil {
				g.lines = append(g.lines, insideLines(series.Workload.Name, in)...)
			}
		}
	}
	return g, len(g.lines) > 0
}

func insideLines(name string, in *measure.Inside) (lines [][]string) {
	all := sum(in.Hostcalls)
	add := func(name string, c timing.Hostcall) {
		mean := "-"
		if c.Count > 0 {
			mean = duration(float64(c.Time) / float64(c.Count))
		}
		lines = append(lines, []string{name, fmt.Sprint(c.Count), mean, duration(float64(c.Time)), fmt.Sprintf("%.1f%%", 100*float64(c.Time)/float64(max(in.Total, time.Nanosecond)))})
	}
	add(name, all)
	for _, c := range in.Hostcalls[:min(mostHostcalls, len(in.Hostcalls))] {
		add("  "+c.Name, c)
	}
	return lines
}

func sum(calls []timing.Hostcall) (all timing.Hostcall) {
	for _, c := range calls {
		all.Count, all.Time = all.Count+c.Count, all.Time+c.Time
	}
	return all
}
