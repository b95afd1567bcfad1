package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/crashes/finding"
	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// open starts the engines with these names, or all; it says which of them cannot run on this machine.
func (a *App) open(ctx context.Context, names []string) ([]engine.Engine, error) {
	chosen, err := session.Choose(a.Engines, names)
	if err != nil {
		return nil, usageError{err}
	}
	engines, skipped, err := session.Open(ctx, chosen)
	if err != nil {
		return nil, err
	}
	for _, s := range skipped {
		fmt.Fprintf(a.Stderr, "crashes: skipped: %v\n", s)
	}
	return engines, nil
}

// replay runs findings on the engines that they expect something of, and prints what changed.
func (a *App) replay(ctx context.Context, ids []string) (int, error) {
	list, err := a.choose(ids)
	if err != nil {
		return 0, err
	}
	var names []string
	for _, c := range a.Engines {
		if slices.ContainsFunc(list, func(f *finding.Finding) bool { return f.Expectation(c.Name) != nil }) {
			names = append(names, c.Name)
		}
	}
	var engines []engine.Engine
	if len(names) > 0 {
		if engines, err = a.open(ctx, names); err != nil {
			return 0, err
		}
		defer session.Close(engines)
	}
	runs, changed := 0, 0
	for _, f := range list {
		for _, e := range engines {
			want := f.Expectation(e.Name())
			if want == nil {
				continue
			}
			changes, err := replay.Replay(ctx, f, e)
			if err != nil {
				return 0, fmt.Errorf("%s: %w", f.ID, err)
			}
			runs++
			if len(changes) == 0 {
				continue
			}
			changed++
			fmt.Fprintf(a.Stdout, "CHANGED  %s  %s (%s %s, seen with %s)\n", f.ID, f.Title, e.Name(), e.Version(), want.Version)
			for _, c := range changes {
				fmt.Fprintf(a.Stdout, "  %s\n", c)
			}
		}
	}
	fmt.Fprintf(a.Stdout, "%d replayed in %d runs, %d changed\n", len(list), runs, changed)
	if changed > 0 {
		return statusFinding, nil
	}
	return statusOK, nil
}

const addUsage = `usage: go run ./crashes add -title TEXT [flags] file.wasm

Add runs a module on the engines and keeps it, with what each of them does, as a finding. An id that exists already is
written anew, for example after an engine's update.

flags:
`

// add makes a finding out of a module.
func (a *App) add(ctx context.Context, args []string) error {
	f := &finding.Finding{}
	fs := flag.NewFlagSet("add", flag.ContinueOnError)
	fs.StringVar(&f.Title, "title", "", "what was found, in one `line`")
	class := fs.String("class", string(finding.Divergence), fmt.Sprintf("one of the `classes` %q", finding.Classes))
	status := fs.String("status", string(finding.Open), fmt.Sprintf("one of the `statuses` %q", finding.Statuses))
	wrong := fs.String("wrong", "", "the `engines` that are wrong, separated by commas")
	fs.StringVar(&f.Note, "note", "", "why, and where it was reported")
	names := fs.String("engines", "", "run these `engines`, separated by commas (default all)")
	if err := a.parse(fs, args, addUsage); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		return usagef("add takes one module")
	}
	f.Class, f.Status, f.Wrong = finding.Class(*class), finding.Status(*status), split(*wrong)
	var err error
	if f.Module, err = os.ReadFile(fs.Arg(0)); err != nil {
		return err
	}
	f.ID = finding.ID(f.Module)
	engines, err := a.open(ctx, split(*names))
	if err != nil {
		return err
	}
	defer session.Close(engines)
	for _, e := range engines {
		saw, err := replay.Saw(ctx, e, f.Module)
		if err != nil {
			return err
		}
		f.Expect = append(f.Expect, finding.Expectation{Engine: e.Name(), Version: e.Version(), Saw: saw})
	}
	if err := f.Save(a.Root); err != nil {
		return errors.Join(errors.New("the finding was not kept"), err)
	}
	return a.show(f.ID)
}

// split splits a list at its commas; an empty text is an empty list.
func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
