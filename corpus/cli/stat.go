package cli

import (
	"context"
	"flag"
	"fmt"
	"slices"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/touchstone-wasm/touchstone/harness"
)

const statUsage = `usage: go run ./corpus/cmd/corpus stat [-cover] [TARGET ...]

Stat shows how many seeds targets have, and how large they are; with -cover, also how many blocks of the code that a target is for they
execute, which takes some seconds for each target. Targets of single hostcalls share the seeds of FuzzHostcall.

flags:
`

// stat prints a table of the seeds.
func (a *App) stat(ctx context.Context, args []string) (int, error) {
	fs := flag.NewFlagSet("stat", flag.ContinueOnError)
	blocks := fs.Bool("cover", false, "count the blocks of code that they execute")
	names, err := a.mixed(fs, args, statUsage)
	if err != nil {
		return 0, err
	}
	if len(names) == 0 {
		for _, t := range harness.Targets() {
			if t.Hostcall == "" {
				names = append(names, t.Name)
			}
		}
	}
	header := []string{"target", "files", "found", "bytes", "smallest", "median", "largest"}
	if *blocks {
		header = append(header, "blocks")
	}
	table := tablewriter.NewTable(a.Stdout, tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAlignment(tw.AlignRight), tablewriter.WithRendition(tw.Rendition{Borders: tw.BorderNone}))
	table.Header(header)
	status := statusOK
	for _, name := range names {
		row, s, err := a.row(ctx, name, *blocks)
		if err != nil {
			return 0, err
		}
		status = max(status, s)
		if err := table.Append(row); err != nil {
			return 0, err
		}
	}
	return status, table.Render()
}

// row returns a target's row of the table.
func (a *App) row(ctx context.Context, name string, blocks bool) ([]string, int, error) {
	target, dir, err := a.target(name)
	if err != nil {
		return nil, 0, err
	}
	inputs, err := a.gather(dir, nil)
	if err != nil {
		return nil, 0, err
	}
	var sizes []int
	total, found := 0, 0
	for _, c := range inputs {
		sizes = append(sizes, len(c.Data))
		total += len(c.Data)
		if isFound(c.Name) {
			found++
		}
	}
	row := []string{name, fmt.Sprint(len(inputs)), fmt.Sprint(found), fmt.Sprint(total), "-", "-", "-"}
	if slices.Sort(sizes); len(sizes) > 0 {
		row[4], row[5], row[6] = fmt.Sprint(sizes[0]), fmt.Sprint(sizes[len(sizes)/2]), fmt.Sprint(sizes[len(sizes)-1])
	}
	if !blocks {
		return row, statusOK, nil
	}
	m, err := a.measure(ctx, target, inputs, "")
	if err != nil {
		return nil, 0, err
	}
	return append(row, fmt.Sprint(m.blocks)), m.status, nil
}
