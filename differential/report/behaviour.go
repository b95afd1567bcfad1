package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter/tw"

	"github.com/touchstone-wasm/touchstone/differential/behaviour"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

// maxBreaches bounds the breaches of generated sequences that are written in full.
const maxBreaches = 10

// Behaviour writes the behaviour matrix: what each hostcall did in each situation on each engine, what of it is not allowed, and why.
func Behaviour(w io.Writer, m *behaviour.Matrix, seed int64) error {
	aligns := slices.Repeat([]tw.Align{tw.AlignLeft}, 2+len(m.Engines))
	t := grid(w, append([]string{"hostcall", "situation"}, m.Engines...), aligns)
	for i := range m.Written {
		if err := t.Append(cells(&m.Written[i])); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("!  not what preview 1 allows   *  not allowed, and known   ?  could not be run   -  not come to\n")
	for i := range m.Written {
		breaches(&b, &m.Written[i])
	}
	sequences(&b, m.Generated, "sequences")
	sequences(&b, m.Mixed, "mixed modules")
	totals(&b, m)
	fmt.Fprintf(&b, "seed %d\n", seed)
	_, err := io.WriteString(w, b.String())
	return err
}

// sequences writes what is not allowed, and not known, in generated sequences or modules, with the calls.
func sequences(b *strings.Builder, rows []behaviour.Row, what string) {
	shown := 0
	for i := range rows {
		if !unexplained(&rows[i]) {
			continue
		}
		if shown++; shown <= maxBreaches {
			breaches(b, &rows[i])
			b.WriteString(indent(hostcall.Format(rows[i].Situation.Calls)))
		}
	}
	if shown > maxBreaches {
		fmt.Fprintf(b, "%d more %s of which a call is not allowed\n", shown-maxBreaches, what)
	}
}

// BehaviourMarkdown writes the matrix as a table of Markdown, and the totals.
func BehaviourMarkdown(w io.Writer, m *behaviour.Matrix, seed int64) error {
	var b strings.Builder
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	heads := []string{"hostcall", "situation"}
	for i, name := range m.Engines {
		heads = append(heads, name+" "+m.Versions[i])
	}
	line(heads)
	line(slices.Repeat([]string{"---"}, len(heads)))
	for i := range m.Written {
		line(cells(&m.Written[i]))
	}
	b.WriteString("\n`!` is not what preview 1 allows, `*` is not allowed and known, `?` could not be run, `-` was not come to.\n\n```\n")
	totals(&b, m)
	fmt.Fprintf(&b, "seed %d\n```\n", seed)
	_, err := io.WriteString(w, b.String())
	return err
}

// cells are those of a row.
func cells(r *behaviour.Row) []string {
	list := []string{r.Hostcall(), r.Situation.Name}
	for _, a := range r.Accounts {
		list = append(list, cell(a, len(r.Situation.Calls)))
	}
	return list
}

// cell is what an engine made of the last of n calls.
func cell(a *behaviour.Account, n int) string {
	if a == nil {
		return "-"
	}
	if a.Lacks != "" {
		return "?"
	}
	text := "-"
	if last := len(a.Results) - 1; last == n-1 || a.Breach != nil && last >= 0 {
		text = strings.TrimPrefix(a.Results[last], "E")
	}
	switch {
	case a.Known != nil:
		return text + " *"
	case a.Breach != nil:
		return text + " !"
	}
	return text
}

func unexplained(r *behaviour.Row) bool {
	return slices.ContainsFunc(r.Accounts, func(a *behaviour.Account) bool { return a != nil && a.Breach != nil && a.Known == nil })
}

// breaches says what is not allowed in a row, and is not known.
func breaches(b *strings.Builder, r *behaviour.Row) {
	for _, a := range r.Accounts {
		if a != nil && a.Breach != nil && a.Known == nil {
			fmt.Fprintf(b, "%s: %s, %s: %s: %s\n", a.Engine, r.Guilty(a), r.Situation.Name, a.Breach.Key, indent(a.Breach.Detail))
		}
	}
}

func indent(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n    ") + "\n" }

// totals writes a line for each engine, and one for each known deviation.
func totals(b *strings.Builder, m *behaviour.Matrix) {
	for i, t := range m.Totals {
		known := 0
		for _, n := range t.Known {
			known += n
		}
		fmt.Fprintf(b, "%s %s: %d sequences and %d mixed modules, %d calls judged, %d not allowed, %d not allowed and known, %d could not be run\n",
			m.Engines[i], m.Versions[i], t.Sequences, t.Mixed, t.Calls, t.Unexplained, known, t.Lacking)
		for _, name := range slices.Sorted(maps.Keys(t.Known)) {
			fmt.Fprintf(b, "  known %s: %d, %s\n", name, t.Known[name], behaviour.Reason(name))
		}
	}
}
