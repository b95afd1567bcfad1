// Package report says what became of the continuous loop: a table, or a page that needs no other file.
package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/olekukonko/tablewriter"

	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/ci/loop"
	"github.com/touchstone-wasm/touchstone/ci/store"
	"github.com/touchstone-wasm/touchstone/harness/coverage"
)

const usage = `usage: go run ./ci report [flags]

Report says what became of the rounds of go run ./ci loop: executions, coverage, corpora and findings of each target. Files that other
commands write add what else is known of the targets.

`

// Command is the subcommand report.
var Command = command.Command{Name: "report", Short: "say what became of the loop, in tables or as a page", Run: run}

type options struct {
	out, html, pairs, hostcalls, detect string
}

func run(_ context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	fs := command.Flags("report")
	fs.StringVar(&o.out, "out", "", "the `folder` of the loop; in the user's cache without")
	fs.StringVar(&o.html, "html", "", "write a page to this `file` instead of tables")
	fs.StringVar(&o.pairs, "pairs", "", "the `file` with what go run ./harness/cmd/coverage -pairs -json writes")
	fs.StringVar(&o.hostcalls, "hostcalls", "", "the `file` with what go run ./harness/cmd/coverage -hostcalls -json writes")
	fs.StringVar(&o.detect, "detect", "", "the `file` with what go run ./harness/cmd/detect -json writes")
	if status, ok := command.Parse(fs, args, usage, stdout, stderr); !ok {
		return status
	}
	if fs.NArg() > 0 {
		return command.Fail(stderr, fmt.Errorf("report: %q is no argument; there are only flags", fs.Arg(0)))
	}
	if err := o.report(stdout, stderr); err != nil {
		return command.Fail(stderr, err)
	}
	return command.OK
}

// report writes all sections for which there is something.
func (o *options) report(stdout, stderr io.Writer) error {
	sections, err := o.sections(stderr)
	if err != nil {
		return err
	}
	if o.html == "" {
		return writeTables(stdout, sections)
	}
	var b bytes.Buffer
	if err := writePage(&b, sections); err != nil {
		return err
	}
	return store.Write(o.html, b.Bytes())
}

// sections reads the files. What is wrong with single findings is said, and the rest is shown.
func (o *options) sections(stderr io.Writer) (list []section, err error) {
	dir, err := loop.Folder(o.out)
	if err != nil {
		return nil, err
	}
	records, broken, err := readRecords(filepath.Join(dir, loop.StatsFile))
	if err != nil {
		return nil, err
	}
	if broken > 0 {
		fmt.Fprintf(stderr, "ci: %d lines of %s are not whole and are left out\n", broken, loop.StatsFile)
	}
	histories := byTarget(records)
	list = append(list, ofTargets(histories), ofCoverage(histories))
	root, err := command.Root()
	if err != nil {
		return nil, err
	}
	findings, problems := ofFindings(histories, []string{filepath.Join(dir, "found"), filepath.Join(root, "crashes", "found")})
	if problems != nil {
		fmt.Fprintf(stderr, "ci: findings that cannot be read are left out: %v\n", problems)
	}
	list = append(list, findings)
	var bugs []bug
	var pairs coverage.Pairs
	var errnos coverage.Errnos
	err = errors.Join(readJSON(o.detect, &bugs, func() bool { return len(bugs) > 0 && bugs[0].Bug != "" }),
		readJSON(o.pairs, &pairs, func() bool { return len(pairs.Instructions) > 0 }),
		readJSON(o.hostcalls, &errnos, func() bool { return len(errnos.Hostcalls) > 0 }))
	if err != nil {
		return nil, err
	}
	if o.detect != "" {
		list = append(list, ofBugs(bugs))
	}
	if o.pairs != "" {
		list = append(list, ofPairs(&pairs))
	}
	if o.hostcalls != "" {
		list = append(list, ofHostcalls(&errnos))
	}
	return list, nil
}

// writeTables writes the sections for a terminal.
func writeTables(w io.Writer, sections []section) error {
	for _, s := range sections {
		if len(s.Lines) == 0 && s.Note == "" {
			continue
		}
		fmt.Fprintf(w, "%s\n%s\n", s.Title, s.Note)
		if len(s.Lines) == 0 {
			continue
		}
		table := tablewriter.NewTable(w)
		table.Header(s.Header)
		if err := errors.Join(table.Bulk(s.Lines), table.Render()); err != nil {
			return err
		}
	}
	return nil
}
