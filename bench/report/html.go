package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/raw"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
)

//go:embed report.html
var pageText string

var page = template.Must(template.New("report").Parse(pageText))

// HTML writes a page with a chart of each workload and the tables, which needs no other file. machine and engines are for its head.
func HTML(w io.Writer, machine, engines string, suites []Suite) error {
	data := struct {
		Machine, Engines string
		Suites           []htmlSuite
	}{Machine: machine, Engines: engines}
	for i := range suites {
		for _, part := range suites[i].parts() {
			data.Suites = append(data.Suites, htmlOf(part))
		}
	}
	return page.Execute(w, data)
}

// htmlSuite is a suite as the page shows it.
type htmlSuite struct {
	Name, Clock string
	Charts      []chart
	Grids       []htmlGrid
	Notes       []string
}

type htmlGrid struct {
	Title  string
	Header []string
	Lines  [][]string
}

func htmlOf(s *Suite) htmlSuite {
	out := htmlSuite{Name: s.Name, Clock: s.clock()}
	var notes notes
	for _, g := range s.grids(&notes) {
		out.Grids = append(out.Grids, htmlGrid{g.title, g.header, g.lines})
	}
	for i := range notes.list {
		out.Notes = append(out.Notes, notes.list[i].String())
	}
	for _, row := range s.Rows {
		if c, ok := s.chart(row); ok {
			out.Charts = append(out.Charts, c)
		}
	}
	return out
}

// The measures of charts, in pixels.
const (
	labelWidth = 130
	plotWidth  = 520
	barHeight  = 16
	barGap     = 5
	plotTop    = 8
	axisHeight = 22
	timeWidth  = 110 // beside the plot, for the times
)

// chart is the bars of one workload. The axis is logarithmic: engines differ by orders of magnitude.
type chart struct {
	Name, Doc     string
	Width, Height int
	PlotLeft      int
	PlotBottom    int
	Bars          []bar
	Ticks         []tick
	Floor         float64 // where the raw system call is; 0 is nowhere
	HasFloor      bool
}

// bar is one engine: its median, and the confidence interval of that.
type bar struct {
	Engine, Text     string
	Y, Middle        int
	Width, Low, High float64
	HasInterval      bool
	Ours             bool
}

// tick is a line of the axis.
type tick struct {
	X    float64
	Text string
}

// chart returns the chart of a row, or false if nothing of it was measured.
func (s *Suite) chart(row Row) (chart, bool) {
	w := &row[0].Workload
	c := chart{Name: w.Name, Doc: w.Doc, PlotLeft: labelWidth, Width: labelWidth + plotWidth + timeWidth}
	var summaries []measure.Summary
	var engines []string
	low, high := math.Inf(1), 0.0
	for i, series := range row {
		if series.Err != nil || len(series.Samples) == 0 {
			continue
		}
		sum := measure.Summarize(series.Samples)
		if sum.Median <= 0 {
			continue
		}
		summaries, engines = append(summaries, sum), append(engines, s.Engines[i])
		low, high = min(low, sum.Median), max(high, sum.Median, finite(sum.High, sum.Median))
	}
	if len(summaries) == 0 {
		return c, false
	}
	// The axis begins at the power of ten below the fastest, so that the fastest has a bar too.
	first := math.Floor(math.Log10(low / 2))
	last := math.Log10(high * 1.1)
	x := func(ns float64) float64 {
		return math.Max(0, (math.Log10(ns)-first)/(last-first)) * plotWidth
	}
	for i, sum := range summaries {
		y := plotTop + i*(barHeight+barGap)
		b := bar{Engine: engines[i], Text: unit(w)(sum.Median), Y: y, Middle: y + barHeight/2, Width: x(sum.Median), Ours: engines[i] == touchstone.Name}
		if b.HasInterval = !math.IsInf(sum.Margin(), 0) && sum.Low > 0; b.HasInterval {
			b.Low, b.High = x(sum.Low), x(sum.High)
		}
		c.Bars = append(c.Bars, b)
	}
	for e := first; e <= last; e++ {
		ns := math.Pow(10, e)
		c.Ticks = append(c.Ticks, tick{x(ns), tickText(w, ns)})
	}
	if at := slices.Index(engines, raw.Go); at >= 0 {
		c.HasFloor, c.Floor = true, x(summaries[at].Median)
	}
	c.PlotBottom = plotTop + len(c.Bars)*(barHeight+barGap)
	c.Height = c.PlotBottom + axisHeight
	return c, true
}

// tickText returns a power of ten in the unit of a workload.
func tickText(w *workload.Workload, n float64) string {
	if w.Step == timing.Footprint {
		return fmt.Sprintf("%.0e B", n)
	}
	return inUnit(n, func(x float64) string { return fmt.Sprintf("%.3g", x) })
}

func finite(x, otherwise float64) float64 {
	if math.IsInf(x, 0) {
		return otherwise
	}
	return x
}
