package report

import (
	"fmt"
	"io"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// Format is the form of tables.
type Format int

// The forms.
const (
	Text     Format = iota // for a terminal
	Markdown               // for a page
)

// grid is one table. Its first column is text, the others are figures.
type grid struct {
	title  string
	header []string
	lines  [][]string
}

// write writes the table below its title.
func (g *grid) write(w io.Writer, format Format) error {
	if format == Markdown {
		if _, err := fmt.Fprintf(w, "**%s**\n\n", g.title); err != nil {
			return err
		}
	} else if _, err := fmt.Fprintln(w, g.title); err != nil {
		return err
	}
	table := tablewriter.NewTable(w, g.options(format)...)
	table.Header(g.header)
	if err := table.Bulk(g.lines); err != nil {
		return err
	}
	return table.Render()
}

func (g *grid) options(format Format) []tablewriter.Option {
	align := []tw.Align{tw.AlignLeft}
	for range g.header[1:] {
		align = append(align, tw.AlignRight)
	}
	options := []tablewriter.Option{
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithTrimSpace(tw.Off),
	}
	if format == Markdown {
		return append(options, tablewriter.WithRenderer(renderer.NewMarkdown()))
	}
	return append(options, tablewriter.WithRendition(
		tw.Rendition{Borders: tw.BorderNone, Settings: tw.Settings{Separators: tw.Separators{BetweenColumns: tw.Off}}}))
}
