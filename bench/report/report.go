// Package report writes what was measured: as tables for people and in Go's benchmark format for benchstat.
package report

import (
	"errors"
	"fmt"
	"io"
	goruntime "runtime"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/commandline"
	"github.com/touchstone-wasm/touchstone/differential/engine/raw"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// Row is one workload measured on all engines, in the order of the columns.
type Row []*measure.Series

// Suite is the rows of a suite.
type Suite struct {
	Name     string
	Baseline string   // the column that others are compared with, if it was measured
	Engines  []string // the columns
	Wall     bool     // times are of the wall clock
	Apart    bool     // engines that are commands have tables of their own
	Rows     []Row
}

// Trim removes the columns of engines that the suite is not meant for.
func (s *Suite) Trim() {
	for i := len(s.Engines) - 1; i >= 0; i-- {
		if slices.ContainsFunc(s.Rows, func(row Row) bool { return !errors.As(row[i].Err, new(*timing.Inapplicable)) }) {
			continue
		}
		s.Engines = slices.Delete(slices.Clone(s.Engines), i, i+1)
		for r := range s.Rows {
			s.Rows[r] = slices.Delete(slices.Clone(s.Rows[r]), i, i+1)
		}
	}
}

// Write writes the tables of the suite. The first says how many times slower engines are than the baseline, by their medians, with
// geometric means over the scalar workloads; the second has the times. A suite that has names in LMbench's form has a table in that form,
// and one that was measured with and without the monitor of hostcalls one of its share; one of programs has tables of what is inside of
// hostcalls. What could not be measured is a number in
// brackets, which is explained at the end.
func (s *Suite) Write(w io.Writer, format Format) error {
	var notes notes
	var grids []grid
	for _, part := range s.parts() {
		grids = append(grids, part.grids(&notes)...)
	}
	for i, g := range grids {
		if i > 0 {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		if err := g.write(w, format); err != nil {
			return err
		}
	}
	return notes.write(w, format)
}

// parts returns the suite, or if engines that are commands are apart, the suite without them and that of them, to the raw system calls.
func (s *Suite) parts() []*Suite {
	if !s.Apart || !slices.ContainsFunc(s.Engines, commandline.IsCommand) {
		return []*Suite{s}
	}
	bindings := s.only(func(engine string) bool { return !commandline.IsCommand(engine) })
	commands := s.only(func(engine string) bool { return engine == raw.Go || commandline.IsCommand(engine) })
	commands.Name += ", commands"
	if s.Baseline != raw.Go {
		commands.Baseline += commandline.Suffix
	}
	if len(bindings.Engines) == 0 {
		return []*Suite{commands}
	}
	return []*Suite{bindings, commands}
}

// only returns the suite with some of its columns.
func (s *Suite) only(take func(engine string) bool) *Suite {
	part := *s
	part.Engines, part.Rows = nil, make([]Row, len(s.Rows))
	for i, name := range s.Engines {
		if !take(name) {
			continue
		}
		part.Engines = append(part.Engines, name)
		for r := range s.Rows {
			part.Rows[r] = append(part.Rows[r], s.Rows[r][i])
		}
	}
	return &part
}

// grids returns the tables.
func (s *Suite) grids(notes *notes) []grid {
	base := s.base()
	title := fmt.Sprintf("%s: times as ratios to %s, medians; lower is better; ~ is no difference at 95 %% confidence", s.Name, s.Engines[base])
	if s.Engines[base] != s.Baseline {
		title += fmt.Sprintf(" (%s was not measured)", s.Baseline)
	}
	header := append([]string{"workload"}, s.Engines...)
	grids := []grid{
		{title, header, s.ratios(base, notes)},
		{fmt.Sprintf("%s: %s, median ± its 95 %% confidence interval, and minimum", s.Name, s.clock()), header, s.times(notes)},
	}
	for _, more := range []func() (grid, bool){s.named, s.rates, s.monitor, s.traced, s.inside} {
		if g, ok := more(); ok {
			grids = append(grids, g)
		}
	}
	return grids
}

// base returns the column that others are compared with.
func (s *Suite) base() int { return max(slices.Index(s.Engines, s.Baseline), 0) }

// clock says what the times are of.
func (s *Suite) clock() string {
	if s.Wall {
		return "time as the guest sees it"
	}
	return "processor time"
}

// ratios returns the lines of the first table: the scalar workloads, their means, the others.
func (s *Suite) ratios(base int, notes *notes) (lines [][]string) {
	var scalar, others []Row
	for _, row := range s.Rows {
		if row[0].Workload.Scalar {
			scalar = append(scalar, row)
		} else {
			others = append(others, row)
		}
	}
	add := func(rows []Row) {
		for _, row := range rows {
			line := []string{row[0].Workload.Name}
			for i := range row {
				line = append(line, notes.or(row[i], func() string { return ratioText(ratio(row, i, base, measure.Median)) + doubt(row, i, base) }))
			}
			lines = append(lines, line)
		}
	}
	add(scalar)
	if len(scalar) > 1 {
		of := fmt.Sprintf("geomean of %d", len(scalar))
		lines = append(lines, means(of, scalar, base, measure.Median), means(of+", minima", scalar, base, measure.Min))
	}
	add(others)
	return lines
}

// doubt marks the ratio of an engine whose samples could be those of the baseline.
func doubt(row Row, i, base int) string {
	if i == base || row[base].Err != nil || measure.Differ(row[i].Samples, row[base].Samples) {
		return ""
	}
	return "~"
}

// means returns a line of geometric means of ratios. An engine that lacks a workload has none: it could not be compared.
func means(name string, rows []Row, base int, of func([]float64) float64) []string {
	line := []string{name}
	for i := range rows[0] {
		var ratios []float64
		for _, row := range rows {
			ratios = append(ratios, ratio(row, i, base, of))
		}
		line = append(line, ratioText(measure.Geomean(ratios)))
	}
	return line
}

// ratio returns how many times slower an engine is than the baseline, and NaN if one of the two was not measured.
func ratio(row Row, i, base int, of func([]float64) float64) float64 {
	if row[i].Err != nil || row[base].Err != nil {
		return measure.Median(nil)
	}
	return of(row[i].Samples) / of(row[base].Samples)
}

// times returns the lines of the second table.
func (s *Suite) times(notes *notes) (lines [][]string) {
	for _, row := range s.Rows {
		name := row[0].Workload.Name
		if row[0].Workload.PerTurn {
			name += ", a turn"
		}
		medians, minima := []string{name}, []string{"  minimum"}
		for _, series := range row {
			medians = append(medians, notes.or(series, func() string { return spread(series.Samples, unit(&series.Workload)) }))
			minimum := ""
			if series.Err == nil {
				minimum = unit(&series.Workload)(measure.Min(series.Samples))
			}
			minima = append(minima, minimum)
		}
		lines = append(lines, medians, minima)
	}
	return lines
}

// notes are the reasons for cells without figures.
type notes struct{ list []note }

// note is one reason and the engines that it holds for; none are all.
type note struct {
	reason  string
	engines []string
}

func (n *note) String() string {
	if n.engines == nil {
		return n.reason
	}
	return strings.Join(n.engines, ", ") + ": " + n.reason
}

// or returns the text of a cell, or the number of the note that says why there is none. Cells of engines that a workload is not meant
// for are empty.
func (n *notes) or(s *measure.Series, text func() string) string {
	switch {
	case s.Err == nil:
		return text()
	case errors.As(s.Err, new(*timing.Inapplicable)):
		return ""
	}
	reason, _, _ := strings.Cut(s.Err.Error(), "\n")
	at := slices.IndexFunc(n.list, func(x note) bool { return x.reason == reason })
	if at < 0 {
		at = len(n.list)
		n.list = append(n.list, note{reason: reason})
	}
	of := &n.list[at].engines
	if !errors.As(s.Err, new(*workload.Skipped)) && !slices.Contains(*of, s.Engine) { // those are on all engines
		*of = append(*of, s.Engine)
	}
	return fmt.Sprintf("[%d]", at+1)
}

func (n *notes) write(w io.Writer, format Format) error {
	end := ""
	if format == Markdown {
		end = "\\" // a line of its own
	}
	for i := range n.list {
		if _, err := fmt.Fprintf(w, "[%d] %s%s\n", i+1, &n.list[i], end); err != nil {
			return err
		}
	}
	return nil
}

// benchUnit is the unit of samples in Go's benchmark format.
func benchUnit(s *measure.Series) string {
	if s.Workload.Step == timing.Footprint {
		return "B/op"
	}
	return "ns/op"
}

// Benchfmt writes every sample as a line in Go's benchmark format; benchstat -col /engine compares the engines.
func Benchfmt(w io.Writer, suites []Suite) error {
	if _, err := fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: github.com/touchstone-wasm/touchstone/bench\n", goruntime.GOOS, goruntime.GOARCH); err != nil {
		return err
	}
	for _, suite := range suites {
		name := strings.ToUpper(suite.Name[:1]) + suite.Name[1:]
		for _, row := range suite.Rows {
			for _, s := range row {
				for _, ns := range s.Samples {
					if _, err := fmt.Fprintf(w, "Benchmark%s/name=%s/engine=%s 1 %.6g %s\n", name, s.Workload.Name, s.Engine, ns, benchUnit(s)); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}
