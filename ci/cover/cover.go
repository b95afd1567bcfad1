// Package cover measures how much of what a fuzz target aims at the inputs of a corpus execute.
package cover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/olekukonko/tablewriter"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/ci/targets"
	"github.com/touchstone-wasm/touchstone/harness"
)

const usage = `usage: go run ./ci cover [flags]

Cover runs the corpora of targets and prints how many statements of what each target aims at they execute. Without -corpus it runs the seeds of
the project. A corpus is a folder of raw inputs that has the target's name, as loop makes them.

`

// Command is the subcommand cover.
var Command = command.Command{Name: "cover", Short: "measure which statements of the project the corpora of targets execute", Run: run}

type options struct {
	targets, corpus, html, profile string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	fs := command.Flags("cover")
	fs.StringVar(&o.targets, "targets", "", "the `names` of the targets, separated by commas; all without")
	fs.StringVar(&o.corpus, "corpus", "", "the `folder` of the corpora, one folder a target; the seeds without")
	fs.StringVar(&o.profile, "profile", "", "write a profile of all targets together to this `file`, which go tool cover takes")
	fs.StringVar(&o.html, "html", "", "write the sources with what was executed to this `file`, a page")
	if status, ok := command.Parse(fs, args, usage, stdout, stderr); !ok {
		return status
	}
	if fs.NArg() > 0 {
		return command.Fail(stderr, fmt.Errorf("cover: %q is no argument; there are only flags", fs.Arg(0)))
	}
	if err := o.cover(ctx, stdout, stderr); err != nil {
		return command.Fail(stderr, err)
	}
	return command.OK
}

// cover measures the targets in turn and writes the table, and the files that the flags ask for.
func (o *options) cover(ctx context.Context, stdout, stderr io.Writer) (err error) {
	list, err := o.choose(stderr)
	if err != nil {
		return err
	}
	root, err := command.Root()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "touchstone-cover-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	m := &meter{root: root, dir: dir, binary: filepath.Join(dir, "cover.test"), counters: filepath.Join(dir, "counters")}
	if err := os.Mkdir(m.counters, 0o755); err != nil {
		return err
	}
	fmt.Fprintln(stderr, "ci: building the binary that measures")
	if err := (&build.Builder{Root: root, Tags: build.Tags()}).CoverBinary(ctx, m.binary); err != nil {
		return err
	}
	table := tablewriter.NewTable(stdout)
	table.Header("target", "inputs", "what it aims at", "statements", "executed", "")
	for _, target := range list {
		inputs, parts, err := m.measure(ctx, target, o.corpus)
		if err != nil {
			return err
		}
		for i, aim := range target.Concerns() {
			p := parts[i]
			table.Append(target.Name, fmt.Sprint(inputs), aim.What, fmt.Sprint(p.All), fmt.Sprint(p.Executed), fmt.Sprintf("%.1f %%", p.Percent()))
		}
	}
	if err := table.Render(); err != nil {
		return err
	}
	if o.profile == "" && o.html == "" {
		return nil
	}
	profile := cmp.Or(o.profile, filepath.Join(dir, "profile"))
	if err := m.profile(ctx, profile); err != nil || o.html == "" {
		return err
	}
	return m.page(ctx, profile, o.html)
}

// choose returns the targets that are named. Of all targets, it leaves out those that have no corpus, and says so.
func (o *options) choose(stderr io.Writer) ([]harness.Target, error) {
	for _, file := range []*string{&o.corpus, &o.profile, &o.html} { // the tools run elsewhere
		if *file != "" {
			var err error
			if *file, err = filepath.Abs(*file); err != nil {
				return nil, err
			}
		}
	}
	list, err := targets.Named(o.targets)
	if err != nil || o.corpus == "" {
		return list, err
	}
	var have []harness.Target
	for _, target := range list {
		info, err := os.Stat(filepath.Join(o.corpus, target.Name))
		switch {
		case err == nil && info.IsDir():
			have = append(have, target)
		case o.targets != "":
			return nil, fmt.Errorf("%s has no folder %s", o.corpus, target.Name)
		}
	}
	if len(have) == 0 {
		return nil, fmt.Errorf("%s has no folder with the name of a target", o.corpus)
	}
	if n := len(list) - len(have); n > 0 {
		fmt.Fprintf(stderr, "ci: %d targets have no corpus in %s\n", n, o.corpus)
	}
	return have, nil
}
