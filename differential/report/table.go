package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// columns are the columns of the final table; the numbers stand right.
var columns = []struct {
	head  string
	align tw.Align
	cell  func(e *session.EngineStats) string
}{
	{"engine", tw.AlignLeft, func(e *session.EngineStats) string { return e.Name }},
	{"version", tw.AlignLeft, func(e *session.EngineStats) string { return e.Version }},
	{"modules", tw.AlignRight, func(e *session.EngineStats) string { return fmt.Sprint(e.Modules) }},
	{"agreed", tw.AlignRight, func(e *session.EngineStats) string { return fmt.Sprint(e.Agreed) }},
	{"differed", tw.AlignRight, func(e *session.EngineStats) string { return fmt.Sprint(e.Differed) }},
	{"skipped", tw.AlignLeft, func(e *session.EngineStats) string { return counts(e.Skipped, ",\n") }},
	{"crashes", tw.AlignRight, func(e *session.EngineStats) string { return fmt.Sprint(e.Crashes) }},
	{"hangs", tw.AlignRight, func(e *session.EngineStats) string { return fmt.Sprint(e.Hangs) }},
	{"modules/s", tw.AlignRight, func(e *session.EngineStats) string { return rate(e.Modules, e.Busy) }},
}

// Table writes what every engine did, and below it what holds for all of them.
func Table(w io.Writer, s *session.Stats) error {
	var heads []string
	var aligns []tw.Align
	for _, c := range columns {
		heads, aligns = append(heads, c.head), append(aligns, c.align)
	}
	table := grid(w, heads, aligns)
	for i := range s.Engines {
		var cells []string
		for _, c := range columns {
			cells = append(cells, c.cell(&s.Engines[i]))
		}
		if err := table.Append(cells); err != nil {
			return err
		}
	}
	if err := table.Render(); err != nil {
		return err
	}
	return summary(w, s)
}

// grid begins a table without frames.
func grid(w io.Writer, heads []string, aligns []tw.Align) *tablewriter.Table {
	t := tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.Border{Left: tw.Off, Right: tw.Off, Top: tw.Off, Bottom: tw.Off},
			Settings: tw.Settings{Separators: tw.Separators{BetweenColumns: tw.Off}},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: aligns}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: aligns}))
	t.Header(heads)
	return t
}

func summary(w io.Writer, s *session.Stats) error {
	var b strings.Builder
	share := 0.0
	if s.Modules > 0 {
		share = 100 * float64(s.Compared) / float64(s.Modules)
	}
	fmt.Fprintf(&b, "%s in %s (%s/s), %d compared on all engines to the end (%.1f %%)\n",
		plural(s.Modules, "module"), clock(s.Elapsed), rate(s.Modules, s.Elapsed), s.Compared, share)
	if len(s.Skipped) > 0 {
		fmt.Fprintf(&b, "not compared on all: %s\n", counts(s.Skipped, ", "))
	}
	if s.Unreadable > 0 {
		fmt.Fprintf(&b, "%s could not be read: for example %v\n", plural(s.Unreadable, "module"), s.WhyUnread)
	}
	examples(&b, s)
	for i := range s.Engines {
		e := &s.Engines[i]
		if e.Unread > 0 {
			fmt.Fprintf(&b, "%s has no way to read some exported tables or globals: they were left out for it in %s\n",
				e.Name, plural(e.Unread, "module"))
		}
	}
	if s.NoState > 0 {
		fmt.Fprintf(&b, "memory, globals and tables were left out in %s that can read clocks, random numbers or inodes\n",
			plural(s.NoState, "WASI program"))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Accepted)) {
		fmt.Fprintf(&b, "accepted, a known defect: %s: %s\n", name, plural(s.Accepted[name], "module"))
	}
	if n := s.Findings(); n > len(s.Alike) {
		for _, what := range slices.SortedFunc(maps.Keys(s.Alike), func(a, b string) int { return cmp.Or(s.Alike[b].N-s.Alike[a].N, strings.Compare(a, b)) }) {
			fmt.Fprintf(&b, "%d alike: %s; first %s\n", s.Alike[what].N, what, s.Alike[what].First)
		}
	}
	fmt.Fprintf(&b, "%s, %s, %s\n", plural(s.Divergences, "divergence"), plural(s.Crashes(), "crash"),
		plural(s.Hangs(), "hang"))
	_, err := io.WriteString(w, b.String())
	return err
}

// examples writes, for each reason, the first module that was skipped for it, once for all engines that skipped the same one.
func examples(b *strings.Builder, s *session.Stats) {
	type example struct {
		reason compare.Reason
		module string
	}
	shown := map[example]bool{}
	for i := range s.Engines {
		e := &s.Engines[i]
		for _, reason := range slices.Sorted(maps.Keys(e.Examples)) {
			x := e.Examples[reason]
			if key := (example{reason, x.Module}); !shown[key] {
				shown[key] = true
				fmt.Fprintf(b, "skipped, %s: for example %s on %s: %s\n", reason, x.Module, e.Name, x.Words)
			}
		}
	}
}

// counts writes a count by reason as "5 (time-out 3, fuel 2)", the most frequent first, with comma between the reasons.
func counts[R ~string](m map[R]int, comma string) string {
	total := 0
	for _, n := range m {
		total += n
	}
	if total == 0 {
		return "0"
	}
	keys := slices.SortedFunc(maps.Keys(m), func(a, b R) int { return cmp.Or(m[b]-m[a], strings.Compare(string(a), string(b))) })
	var parts []string
	for _, k := range keys {
		parts = append(parts, fmt.Sprintf("%s %d", k, m[k]))
	}
	return fmt.Sprintf("%d (%s)", total, strings.Join(parts, comma))
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if strings.HasSuffix(word, "sh") {
		word += "e"
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// rate writes n per second of d, or "-" if nothing was done.
func rate(n int, d time.Duration) string {
	if n == 0 || d <= 0 {
		return "-"
	}
	r := float64(n) / d.Seconds()
	if r < 10 {
		return fmt.Sprintf("%.1f", r)
	}
	return fmt.Sprintf("%.0f", r)
}

func clock(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}
