package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter/tw"

	"github.com/touchstone-wasm/touchstone/differential/engine/all"
)

// Engines writes which engines there are, and below them what their settings mean.
func Engines(w io.Writer, states []all.State) error {
	heads := []string{"engine", "found", "version", "features", "releases of", "settings"}
	aligns := slices.Repeat([]tw.Align{tw.AlignLeft}, len(heads))
	table := grid(w, heads, aligns)
	var notes strings.Builder
	for i := range states {
		s := &states[i]
		found, module, settings := "no", "", ""
		if s.Version != "" {
			found = "yes"
		}
		if s.Variants != nil {
			module = s.Variants.Module
			for _, x := range s.Variants.Settings {
				settings += x.Name + "\n"
				fmt.Fprintf(&notes, "%s:%s  %s\n", s.Name, x.Name, x.Doc)
			}
		}
		row := []string{s.Name, found, s.Version, strings.Join(s.Features.List(), "\n"), module, strings.TrimSpace(settings)}
		if err := table.Append(row); err != nil {
			return err
		}
	}
	if err := table.Render(); err != nil {
		return err
	}
	for i := range states {
		if reason := states[i].Reason(); reason != "" {
			fmt.Fprintf(&notes, "%s: %s\n", states[i].Name, reason)
		}
	}
	_, err := io.WriteString(w, notes.String())
	return err
}
