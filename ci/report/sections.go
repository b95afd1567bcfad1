package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/loop"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/harness/coverage"
)

// section is a part of the report: a table, and on the page also pictures.
type section struct {
	Title, Note string
	Header      []string
	Lines       [][]string
	Bars        *bars
	Charts      []chart
	Grid        *grid
	Key         []key // what the classes of pictures mean
}

// key says what a class of style means.
type key struct{ Class, Text string }

// ofTargets says how much was executed.
func ofTargets(histories []history) section {
	s := section{Title: "Targets", Header: []string{"target", "rounds", "engine", "seconds", "executions", "a second", "corpus", "coverage", "new", "known", "flaky", "problems"},
		Bars: &bars{Name: "executions a second"}}
	var sum loop.Record
	first, end := histories[0].records[0].Time, histories[0].last().Time
	for i := range histories {
		h := &histories[i]
		if t := h.records[0].Time; t.Before(first) {
			first = t
		}
		if t := h.last().Time; t.After(end) {
			end = t
		}
		t, last, problems := h.total(), h.last(), 0
		for _, r := range h.records {
			if r.Problem != "" {
				problems++
			}
		}
		s.Lines = append(s.Lines, []string{h.target, fmt.Sprint(len(h.records)), last.Engine, fmt.Sprintf("%.0f", t.Seconds), fmt.Sprint(t.Executions),
			fmt.Sprintf("%.0f", rate(&t)), fmt.Sprintf("%d → %d", h.records[0].Before, last.Corpus), unitOf(last).text(last),
			fmt.Sprint(t.New), fmt.Sprint(t.Known), fmt.Sprint(t.Flaky), fmt.Sprint(problems)})
		s.Bars.add(h.target, fmt.Sprintf("%.0f/s", rate(&t)), segment{Value: rate(&t), Class: "bar"})
		sum.Executions, sum.Seconds = sum.Executions+t.Executions, sum.Seconds+t.Seconds
	}
	s.Note = fmt.Sprintf("%d targets, %d executions in %.0f seconds of fuzzing; sessions began between %s and %s UTC. Bars are executions a second.",
		len(histories), sum.Executions, sum.Seconds, first.UTC().Format(time.DateTime), end.UTC().Format(time.DateTime))
	s.Bars.place()
	return s
}

// unit is what an engine counts coverage in. Values of different units do not compare.
type unit string

func unitOf(r *loop.Record) unit {
	switch c := r.Coverage; {
	case c.Features > 0:
		return "features"
	case c.Edges > 0:
		return "edges"
	}
	return "% of statements"
}

func (u unit) of(r *loop.Record) float64 {
	switch u {
	case "features":
		return float64(r.Coverage.Features)
	case "edges":
		return float64(r.Coverage.Edges)
	}
	return r.Coverage.Percent
}

func (u unit) text(r *loop.Record) string {
	if u.of(r) == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%.4g %s", u.of(r), u)
}

// ofCoverage draws coverage and corpus of each target over the rounds, of the engine that ran last.
func ofCoverage(histories []history) section {
	s := section{Title: "Coverage and corpus over the rounds", Key: []key{{"line coverage", "coverage"}, {"line corpus", "inputs of the corpus"}}}
	for i := range histories {
		h := &histories[i]
		u := unitOf(h.last())
		var covered, inputs []float64
		for j := range h.records {
			if r := &h.records[j]; r.Engine == h.last().Engine && u.of(r) > 0 {
				covered, inputs = append(covered, u.of(r)), append(inputs, float64(r.Corpus))
			}
		}
		if len(covered) > 0 {
			s.Charts = append(s.Charts, newChart(h.target, line{Class: "coverage", Unit: string(u), values: covered}, line{Class: "corpus", Unit: "inputs", values: inputs}))
		}
	}
	return s
}

// ofFindings says what failed in the loop, and in which states the findings are that folders hold. The error is of folders that are no findings.
func ofFindings(histories []history, roots []string) (section, error) {
	s := section{Title: "Findings", Header: []string{"state", "kind", "findings"}, Bars: &bars{Name: "inputs that failed"}}
	var sum loop.Record
	for i := range histories {
		t := histories[i].total()
		sum.Artifacts, sum.New, sum.Known, sum.Flaky = sum.Artifacts+t.Artifacts, sum.New+t.New, sum.Known+t.Known, sum.Flaky+t.Flaky
		if t.Artifacts > 0 {
			s.Bars.add(histories[i].target, fmt.Sprintf("%d new, %d known, %d flaky", t.New, t.Known, t.Flaky), segment{Value: float64(t.New), Class: "new"},
				segment{Value: float64(t.Known), Class: "known"}, segment{Value: float64(t.Flaky), Class: "flaky"})
		}
	}
	s.Note = fmt.Sprintf("%d inputs failed in the loop: %d new, %d known, %d flaky.", sum.Artifacts, sum.New, sum.Known, sum.Flaky)
	s.Bars.place()
	if sum.Artifacts > 0 {
		s.Key = []key{{"new", "new"}, {"known", "known"}, {"flaky", "flaky"}}
	}
	var errs []error
	counts, all := map[[2]string]int{}, 0
	for _, root := range roots {
		list, err := finding.List(root)
		errs = append(errs, err)
		for _, f := range list {
			counts[[2]string{string(f.State), string(f.Kind)}]++
			all++
		}
	}
	s.Note += fmt.Sprintf(" %d findings are kept, of the loop and of the project.", all)
	for _, state := range finding.States {
		for _, kind := range finding.Kinds {
			if n := counts[[2]string{string(state), string(kind)}]; n > 0 {
				s.Lines = append(s.Lines, []string{string(state), string(kind), fmt.Sprint(n)})
			}
		}
	}
	return s, errors.Join(errs...)
}

// bug is what became of a planted bug, as the command detect writes it.
type bug struct {
	Bug, Area string
	Found     bool
}

// ofBugs says how many planted bugs the targets find, by area.
func ofBugs(bugs []bug) section {
	s := section{Title: "Planted bugs", Header: []string{"area", "bugs", "found", "", "missed"}, Bars: &bars{Name: "planted bugs that are found", full: 100}}
	var areas []string
	for _, b := range bugs {
		if !slices.Contains(areas, b.Area) {
			areas = append(areas, b.Area)
		}
	}
	var all coverage.Part
	for _, area := range areas {
		var p coverage.Part
		var missed []string
		for _, b := range bugs {
			if b.Area == area {
				p.Add(b.Found)
				if !b.Found {
					missed = append(missed, b.Bug)
				}
			}
		}
		all.All, all.Executed = all.All+p.All, all.Executed+p.Executed
		s.Lines = append(s.Lines, []string{area, fmt.Sprint(p.All), fmt.Sprint(p.Executed), percent(p), strings.Join(missed, " ")})
		s.Bars.add(area, fmt.Sprintf("%d of %d", p.Executed, p.All), segment{Value: p.Percent(), Class: "bar"})
	}
	s.Note = fmt.Sprintf("The targets find %d of %d planted bugs, %s.", all.Executed, all.All, percent(all))
	s.Bars.place()
	return s
}

func percent(p coverage.Part) string { return fmt.Sprintf("%.1f %%", p.Percent()) }
