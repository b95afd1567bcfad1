package cli

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/touchstone-wasm/touchstone/differential/finding"
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
	table.Header([]string{"ID", "STATE", "KIND", "BUCKET", "ENGINES", "TITLE"})
	for _, f := range list {
		who := f.Target
		if who == "" {
			var names []string
			for _, e := range f.Expect {
				names = append(names, e.Engine)
			}
			who = strings.Join(names, ", ")
		}
		_, bucket, _ := strings.Cut(f.Bucket.String(), " | ") // the kind has a column of its own
		if err := table.Append([]string{f.ID, string(f.State), string(f.Kind), bucket, who, f.Title}); err != nil {
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
	dir := path.Join(filepath.ToSlash(a.Root), f.ID)
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s, %s\n%s\n  bucket  %s\n", f.ID, f.Kind, f.State, f.Title, f.Bucket)
	if len(f.Wrong) > 0 {
		fmt.Fprintf(&b, "  wrong   %s\n", strings.Join(f.Wrong, ", "))
	}
	if f.Note != "" {
		fmt.Fprintf(&b, "  note    %s\n", f.Note)
	}
	if f.Module != nil {
		fmt.Fprintf(&b, "  module  %s (%d bytes)\n", path.Join(dir, finding.ModuleFile), len(f.Module))
	}
	if f.Target != "" {
		fmt.Fprintf(&b, "  target  %s, input %s (%d bytes)\n", f.Target, path.Join(dir, finding.InputFile), len(f.Input))
	}
	if f.Original != nil {
		fmt.Fprintf(&b, "  reduced from %s (%d bytes)\n", path.Join(dir, finding.OriginalFile), len(f.Original))
	}
	var others []string
	for name := range f.Files {
		others = append(others, name)
	}
	if slices.Sort(others); others != nil {
		fmt.Fprintf(&b, "  also    %s\n", strings.Join(others, ", "))
	}
	for _, e := range f.Expect {
		fmt.Fprintf(&b, "  %s %s\n", e.Engine, e.Version)
		for _, line := range e.Saw {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	if f.Origin.Command != "" {
		fmt.Fprintf(&b, "  found   %s\n", f.Origin.Command)
	}
	fmt.Fprintf(&b, "  again   go run ./crashes replay %s\n", f.ID)
	if f.Kind != finding.Failure {
		fmt.Fprintf(&b, "          go run ./differential -explain %s\n", path.Join(dir, finding.ModuleFile))
	}
	_, err = fmt.Fprint(a.Stdout, b.String())
	return err
}
