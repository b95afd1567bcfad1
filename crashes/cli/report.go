package cli

import (
	"flag"
	"path/filepath"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/crashes/report"
	"github.com/touchstone-wasm/touchstone/differential/finding"
)

const reportUsage = `usage: go run ./crashes report [-format FORMAT] ID|all

Report writes a finding, or all, to standard output: as Markdown for an issue, as JSON, as JUnit's XML for continuous integration, where what
is open or confirmed fails, or as SARIF 2.1.0 for code scanning.

flags:
`

// report writes findings in a format.
func (a *App) report(args []string) error {
	fs := flag.NewFlagSet("report", flag.ContinueOnError)
	format := fs.String("format", report.Formats[0], "the `format`: "+strings.Join(report.Formats, ", "))
	rest, err := a.mixed(fs, args, reportUsage)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("report takes one ID or all")
	}
	if !slices.Contains(report.Formats, *format) {
		return usagef("unknown format %q; there are %s", *format, strings.Join(report.Formats, ", "))
	}
	var list []*finding.Finding
	if rest[0] == "all" {
		list, err = finding.List(a.Root)
	} else {
		var f *finding.Finding
		f, err = a.find(rest[0])
		list = []*finding.Finding{f}
	}
	if err != nil {
		return err
	}
	return report.Write(a.Stdout, *format, filepath.ToSlash(a.Root), list)
}
