package cli

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/touchstone-wasm/touchstone/crashes/finding"
)

// list prints a table of the findings.
func (a *App) list() error {
	list, broken := finding.List(a.Root)
	if len(list) == 0 && broken == nil {
		_, err := fmt.Fprintf(a.Stdout, "no findings in %s\n", a.Root)
		return err
	}
	table := tablewriter.NewTable(a.Stdout,
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithRendition(tw.Rendition{Borders: tw.BorderNone}),
	)
	table.Header([]string{"ID", "CLASS", "STATUS", "WRONG", "TITLE"})
	for _, f := range list {
		wrong := strings.Join(f.Wrong, ", ")
		if wrong == "" {
			wrong = "-"
		}
		if err := table.Append([]string{f.ID, string(f.Class), string(f.Status), wrong, f.Title}); err != nil {
			return err
		}
	}
	if err := table.Render(); err != nil {
		return err
	}
	return broken
}

// show prints all that is known about one finding.
func (a *App) show(id string) error {
	f, err := a.find(id)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s, %s\n%s\n", f.ID, f.Class, f.Status, f.Title)
	if len(f.Wrong) > 0 {
		fmt.Fprintf(&b, "  wrong   %s\n", strings.Join(f.Wrong, ", "))
	}
	if f.Note != "" {
		fmt.Fprintf(&b, "  note    %s\n", f.Note)
	}
	file := path.Join(filepath.ToSlash(a.Root), f.ID, finding.ModuleFile)
	fmt.Fprintf(&b, "  module  %s (%d bytes)\n", file, len(f.Module))
	for _, e := range f.Expect {
		fmt.Fprintf(&b, "  %s %s\n", e.Engine, e.Version)
		for _, line := range e.Saw {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	fmt.Fprintf(&b, "  again   go run ./differential %s\n", file)
	fmt.Fprintf(&b, "          go run ./crashes replay %s\n", f.ID)
	_, err = fmt.Fprint(a.Stdout, b.String())
	return err
}
