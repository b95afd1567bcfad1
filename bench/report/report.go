// Package report writes what was measured: as a table for people and in Go's benchmark format for benchstat.
package report

import (
	"fmt"
	"io"
	"math"
	goruntime "runtime"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/touchstone-wasm/touchstone/bench/measure"
)

// Row is one workload measured on all engines, in the order of the columns.
type Row []*measure.Series

// Table writes a table: a row a workload, a column an engine with median and spread, and a column for each engine but
// the first that says how many times slower it is than the first. The last row has the geometric means of those.
func Table(w io.Writer, engines []string, rows []Row) error {
	header := append([]string{"workload"}, engines...)
	for _, e := range engines[1:] {
		header = append(header, e+" / "+engines[0])
	}
	align := []tw.Align{tw.AlignLeft}
	for range header[1:] {
		align = append(align, tw.AlignRight)
	}
	table := tablewriter.NewTable(w,
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithFooterAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithFooterAutoFormat(tw.Off),
		tablewriter.WithRendition(tw.Rendition{Borders: tw.BorderNone}),
	)
	table.Header(header)
	ratios := make([][]float64, len(engines))
	for _, row := range rows {
		cells := []string{row[0].Workload.Name}
		for _, s := range row {
			cells = append(cells, Time(s.Samples))
		}
		for i, s := range row[1:] {
			ratio := measure.Median(s.Samples) / measure.Median(row[0].Samples)
			ratios[i+1] = append(ratios[i+1], ratio)
			cells = append(cells, Ratio(ratio))
		}
		if err := table.Append(cells); err != nil {
			return err
		}
	}
	if len(engines) > 1 && len(rows) > 1 {
		footer := append([]string{"geomean"}, make([]string, len(engines))...)
		for i := range engines[1:] {
			footer = append(footer, Ratio(measure.Geomean(ratios[i+1])))
		}
		table.Footer(footer)
	}
	return table.Render()
}

// Time returns the median of samples in nanoseconds with its spread: "1.23ms ± 2%".
func Time(samples []float64) string {
	if len(samples) == 0 {
		return "-"
	}
	return fmt.Sprintf("%s ± %.0f%%", duration(measure.Median(samples)), 100*measure.Spread(samples))
}

// Ratio returns a ratio with three digits: "12.3x".
func Ratio(r float64) string {
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return "-"
	}
	return fmt.Sprintf("%sx", threeDigits(r))
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

// Benchfmt writes every sample as a line in Go's benchmark format, under the names that go test gives the same
// benchmarks; benchstat -col /engine compares the engines.
func Benchfmt(w io.Writer, rows []Row) error {
	if _, err := fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: github.com/touchstone-wasm/touchstone/bench\n", goruntime.GOOS, goruntime.GOARCH); err != nil {
		return err
	}
	for _, row := range rows {
		for _, s := range row {
			for _, ns := range s.Samples {
				if _, err := fmt.Fprintf(w, "Benchmark%s/name=%s/engine=%s 1 %.1f ns/op\n", s.Workload.Suite, s.Workload.Name, s.Engine, ns); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
