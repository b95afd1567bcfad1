package report

import (
	"fmt"
	"strings"
)

// The measures of pictures, in pixels.
const (
	barHeight  = 14
	barPitch   = 19
	barLabels  = 200 // left of the bars
	barPlot    = 520
	barTexts   = 190 // right of them
	cellSize   = 13
	cellPitch  = 15
	chartWide  = 250
	chartHigh  = 70
	chartInset = 6
)

// bars are horizontal bars of one or more segments.
type bars struct {
	Name string
	full float64 // the value of a whole bar; that of the longest if it is 0
	Bars []bar
}

type bar struct {
	Label, Text string
	Y, Middle   int
	End         float64
	Segments    []segment
}

// segment is a part of a bar.
type segment struct {
	Value    float64
	Class    string
	X, Width float64 // as placed
}

func (b *bars) add(label, text string, segments ...segment) {
	y := len(b.Bars) * barPitch
	b.Bars = append(b.Bars, bar{Label: label, Text: text, Y: y, Middle: y + barHeight/2, Segments: segments})
}

// place computes where the segments are. It is called when all bars are there.
func (b *bars) place() {
	full := b.full
	for i := range b.Bars {
		sum := 0.0
		for _, s := range b.Bars[i].Segments {
			sum += s.Value
		}
		full = max(full, sum)
	}
	for i := range b.Bars {
		x := 0.0
		for j := range b.Bars[i].Segments {
			s := &b.Bars[i].Segments[j]
			s.X = x
			if full > 0 {
				s.Width = s.Value / full * barPlot
			}
			x += s.Width
		}
		b.Bars[i].End = x
	}
}

// Width returns the width of the picture.
func (*bars) Width() int { return barLabels + barPlot + barTexts }

// Height returns its height.
func (b *bars) Height() int { return len(b.Bars) * barPitch }

// Labels returns where the bars begin.
func (*bars) Labels() int { return barLabels }

// chart has lines over rounds, each with an axis of its own: the units differ.
type chart struct {
	Name   string
	Rounds int
	Lines  []line
}

// line is a series of values.
type line struct {
	Class, Unit string
	First, Last string // as text
	Points      string // as placed, for a polyline
	EndX, EndY  float64
	values      []float64
}

// newChart places lines, which have a value for each round.
func newChart(name string, lines ...line) chart {
	c := chart{Name: name, Rounds: len(lines[0].values), Lines: lines}
	for i := range c.Lines {
		l := &c.Lines[i]
		high := 0.0
		for _, v := range l.values {
			high = max(high, v)
		}
		var points []string
		for j, v := range l.values {
			x, y := float64(chartInset), float64(chartHigh-chartInset)
			if len(l.values) > 1 {
				x += float64(j) / float64(len(l.values)-1) * (chartWide - 2*chartInset)
			}
			if high > 0 {
				y -= v / high * (chartHigh - 3*chartInset - float64(i)*2*chartInset) // lines that do not change lie beside each other
			}
			l.EndX, l.EndY = x, y
			points = append(points, fmt.Sprintf("%.1f,%.1f", x, y))
		}
		l.Points = strings.Join(points, " ")
		l.First, l.Last = fmt.Sprintf("%.4g", l.values[0]), fmt.Sprintf("%.4g", l.values[len(l.values)-1])
	}
	return c
}

// Width returns the width of the picture.
func (*chart) Width() int { return chartWide }

// Height returns its height.
func (*chart) Height() int { return chartHigh }

// Floor returns where the axis of 0 is.
func (*chart) Floor() int { return chartHigh - chartInset }

// grid is rows of cells, with labels at the left and, if there are columns, above.
type grid struct {
	Name        string
	Rows        []gridRow
	Columns     []gridColumn
	labels, top int // the room for them
	wide        int
}

type gridRow struct {
	Label     string
	Y, Middle int
	Cells     []cell
}

type gridColumn struct {
	Label string
	X     int
}

type cell struct {
	Class, Title string
	Opacity      float64
	X            int
}

func (g *grid) row(label string) {
	y := g.top + len(g.Rows)*cellPitch
	g.Rows = append(g.Rows, gridRow{Label: label, Y: y, Middle: y + cellSize/2})
}

func (g *grid) column(label string) {
	g.Columns = append(g.Columns, gridColumn{label, g.labels + len(g.Columns)*cellPitch + cellSize/2})
}

// cell puts a cell into a column of the last row.
func (g *grid) cell(column int, c cell) {
	c.X = g.labels + column*cellPitch
	g.wide = max(g.wide, c.X+cellPitch)
	r := &g.Rows[len(g.Rows)-1]
	r.Cells = append(r.Cells, c)
}

// Width returns the width of the picture.
func (g *grid) Width() int { return g.wide + cellPitch }

// Height returns its height.
func (g *grid) Height() int { return g.top + len(g.Rows)*cellPitch }

// Labels returns where the labels of rows end.
func (g *grid) Labels() int { return g.labels - 6 }

// Top returns where the labels of columns end.
func (g *grid) Top() int { return g.top - 5 }
