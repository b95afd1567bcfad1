package report

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/perf/benchfmt"

	"github.com/touchstone-wasm/touchstone/bench/measure"
)

// Samples are the samples of a file in Go's benchmark format, by the benchmark's full name.
type Samples struct {
	names  []string // in the order of the file
	byName map[string][]float64
	bytes  map[string]bool // by name: the samples are bytes, not nanoseconds
}

// ReadBenchfmt reads what [Benchfmt] wrote. name is the file's, for errors.
func ReadBenchfmt(r io.Reader, name string) (*Samples, error) {
	s := &Samples{byName: map[string][]float64{}, bytes: map[string]bool{}}
	var errs []error
	for reader := benchfmt.NewReader(r, name); reader.Scan(); {
		switch record := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			errs = append(errs, record)
		case *benchfmt.Result:
			key := record.Name.String()
			value, ok := record.Value("sec/op")
			value *= 1e9
			if !ok {
				value, ok = record.Value("B/op")
				s.bytes[key] = ok
			}
			if !ok {
				continue
			}
			if _, seen := s.byName[key]; !seen {
				s.names = append(s.names, key)
			}
			s.byName[key] = append(s.byName[key], value)
		}
	}
	if len(errs) == 0 && len(s.names) == 0 {
		errs = append(errs, fmt.Errorf("%s: no benchmarks with ns/op", name))
	}
	return s, errors.Join(errs...)
}

// Compare writes a table of what is in both of two files, in the order of the newer one, and below it what is in one alone.
func Compare(w io.Writer, before, after *Samples, format Format) error {
	g := grid{title: "old and new: medians ± their 95 % confidence intervals; ~ is no difference at 95 % confidence",
		header: []string{"benchmark", "old", "new", "new ÷ old"}}
	var alone []string
	agree := agreement{}
	for _, name := range after.names {
		b, a := before.byName[name], after.byName[name]
		if len(b) == 0 {
			alone = append(alone, "only in the new file: "+name)
			continue
		}
		agree.add(b, a)
		change := ratioText(measure.Median(a) / measure.Median(b))
		if !measure.Differ(b, a) {
			change += "~"
		}
		show := duration
		if after.bytes[name] {
			show = size
		}
		g.lines = append(g.lines, []string{name, spread(b, show), spread(a, show), change})
	}
	for _, name := range before.names {
		if !slices.Contains(after.names, name) {
			alone = append(alone, "only in the old file: "+name)
		}
	}
	if len(g.lines) > 0 {
		if err := g.write(w, format); err != nil {
			return err
		}
		alone = append([]string{agree.String()}, alone...)
	}
	for _, line := range alone {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// agreement counts how well two runs say the same.
type agreement struct {
	rows   int
	either int // rows in which a median is in the other run's interval
	both   int // rows in which both are
}

func (a *agreement) add(before, after []float64) {
	b, n := measure.Summarize(before), measure.Summarize(after)
	newInOld := n.Median >= b.Low && n.Median <= b.High
	oldInNew := b.Median >= n.Low && b.Median <= n.High
	a.rows++
	if newInOld || oldInNew {
		a.either++
	}
	if newInOld && oldInNew {
		a.both++
	}
}

// String returns the counts as a line.
func (a *agreement) String() string {
	part := func(n int) string { return fmt.Sprintf("%.0f %%", 100*float64(n)/float64(a.rows)) }
	return fmt.Sprintf("of %d rows, %d (%s) have one median in the other's interval, %d (%s) each in the other's", a.rows, a.either, part(a.either), a.both, part(a.both))
}
