package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// list writes the bugs.
func list(w io.Writer, o *options) error {
	table := newTable(w)
	table.Header("bug", "area", "target", "needs", "what is wrong")
	for _, b := range o.bugs {
		row := b.Row()
		var needs []string
		if row.Sequence {
			needs = append(needs, "sequence")
		}
		if row.Guard {
			needs = append(needs, "monitor")
		}
		table.Append(row.Name, row.Area, row.Target, strings.Join(needs, ", "), row.Doc)
	}
	return table.Render()
}

func newTable(w io.Writer) *tablewriter.Table {
	return tablewriter.NewTable(w, tablewriter.WithHeaderAutoFormat(tw.Off))
}

// line says in one line what became of a bug.
func (r *result) line() string {
	if !r.found() {
		return fmt.Sprintf("%-20s missed after %v (%v CPU), %d executions", r.bug, r.took().Round(time.Second), r.cpu().Round(time.Second), r.executions())
	}
	return fmt.Sprintf("%-20s %s in %v (%v CPU): %s", r.bug, r.last().Target, r.took().Round(10*time.Millisecond),
		r.cpu().Round(10*time.Millisecond), r.how())
}

// how says what found the bug.
func (r *result) how() string {
	a := r.last()
	how := a.Key
	if a.Crash {
		how = "crash: " + how
	}
	if a.Seeds {
		how += " (seed)"
	}
	return how
}

// record is a result in JSON.
type record struct {
	Bug, Area, Doc string
	Sequence       bool
	Target         string  `json:",omitempty"` // that found it
	Seconds        float64 // until it was found, or in all
	CPU            float64 // seconds
	Executions     int     // until then
	Found          bool
	How            string `json:",omitempty"`
	Missed         string `json:",omitempty"` // why it is missed, as the table of bugs says
}

// report writes the results and what they come to.
func report(w io.Writer, o *options, results []*result) error {
	if o.json {
		records := []record{}
		for _, r := range results {
			row := r.bug.Row()
			x := record{Bug: row.Name, Area: row.Area, Doc: row.Doc, Sequence: row.Sequence, Seconds: r.took().Seconds(), CPU: r.cpu().Seconds(), Executions: r.executions(),
				Found: r.found(), Missed: row.Missed}
			if r.found() {
				x.Target, x.How = r.last().Target, r.how()
			}
			records = append(records, x)
		}
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(records)
	}
	table := newTable(w)
	table.Header("bug", "area", "target", "time", "CPU", "executions", "found by")
	for _, r := range results {
		row := r.bug.Row()
		cells := []any{row.Name, row.Area, "", r.took().Round(10 * time.Millisecond).String(), r.cpu().Round(10 * time.Millisecond).String(),
			fmt.Sprint(r.executions()), "missed"}
		if r.found() {
			cells[2], cells[6] = r.last().Target, shorten(r.how())
		}
		table.Append(cells...)
	}
	if err := table.Render(); err != nil {
		return err
	}
	summary(w, o, results)
	return nil
}

// shorten keeps a cell of the table narrow.
func shorten(s string) string {
	const most = 70
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// summary writes the rate, the median time, and what was missed.
func summary(w io.Writer, o *options, results []*result) {
	var times []time.Duration
	crashes, seeds := 0, 0
	for _, r := range results {
		if !r.found() {
			continue
		}
		times = append(times, r.took())
		if r.last().Crash {
			crashes++
		}
		if r.last().Seeds {
			seeds++
		}
	}
	if len(results) == 0 {
		return
	}
	slices.Sort(times)
	fmt.Fprintf(w, "found: %d of %d (%.1f %%), %d of them by crashes, %d by seeds\n", len(times), len(results),
		100*float64(len(times))/float64(len(results)), crashes, seeds)
	if len(times) > 0 {
		fmt.Fprintf(w, "median time: %v\n", times[len(times)/2].Round(10*time.Millisecond))
	}
	for _, r := range results {
		missed := r.bug.Row().Missed
		switch {
		case o.control && r.wrong(true):
			fmt.Fprintf(w, "found without oracles: %s\n", r.line())
		case o.control:
		case r.found() && missed != "":
			fmt.Fprintf(w, "found, though its row says that it is missed: %s\n", r.bug)
		case !r.found() && missed != "":
			fmt.Fprintf(w, "missed: %s (%s): %s\n", r.bug, r.bug.Row().Doc, missed)
		case !r.found():
			fmt.Fprintf(w, "MISSED: %s (%s): its row says nothing of that\n", r.bug, r.bug.Row().Doc)
		}
	}
}
