package cli

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/finding"
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

// openFor starts the engines that findings are about, and those that show where modules of fuzz targets go wrong.
func (a *App) openFor(ctx context.Context, list []*finding.Finding) ([]engine.Engine, error) {
	var names []string
	for _, f := range list {
		for _, name := range enginesOf(f) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if names == nil {
		return nil, nil
	}
	return a.open(ctx, names)
}

// enginesOf returns the names of the engines that a replay of f needs.
func enginesOf(f *finding.Finding) (names []string) {
	for _, e := range f.Expect {
		names = append(names, e.Engine)
	}
	if f.Kind == finding.Failure && f.Module != nil {
		return replay.Locators
	}
	return names
}

const replayUsage = `usage: go run ./crashes replay [flags] [ID ...]

Replay shows all findings again, or those named, each three times, and compares what engines or targets do with what is expected of them:
a finding that is fixed must not show any more, any other one must still show the same, in the same bucket. What is not the same each time
is said to be flaky.

flags:
`

// replay shows findings again, and prints what changed.
func (a *App) replay(ctx context.Context, args []string) (int, error) {
	opts := replay.Options{Search: true}
	fs := flag.NewFlagSet("replay", flag.ContinueOnError)
	fs.IntVar(&opts.Times, "times", 3, "show each finding so many `times`")
	fs.DurationVar(&opts.Timeout, "timeout", 0, "allow each run this `duration` (default what the finding says, or 10s)")
	ids, err := a.mixed(fs, args, replayUsage)
	if err != nil {
		return 0, err
	}
	if opts.Times < 1 || opts.Timeout < 0 {
		return 0, usagef("replay takes -times at least 1 and a -timeout that is not negative")
	}
	list, broken := a.choose(ids)
	if broken != nil && (len(ids) > 0 || len(list) == 0) {
		return 0, broken
	}
	engines, err := a.openFor(ctx, list)
	if err != nil {
		return 0, err
	}
	defer session.Close(engines)
	n := counts{}
	for _, f := range list {
		begun := time.Now()
		out, err := replay.Replay(ctx, f, enginesFor(f, engines), opts)
		if err != nil && ctx.Err() != nil {
			fmt.Fprintf(a.Stderr, "crashes: interrupted\n")
			break
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", f.ID, err)
		}
		a.tell(f, out, time.Since(begun), &n)
	}
	fmt.Fprintf(a.Stdout, "%d of %d replayed in %d runs: %d changed, %d flaky, %d not on this machine\n",
		n.replayed, len(list), n.runs, n.changed, n.flaky, n.absent)
	if broken != nil || ctx.Err() != nil {
		return 0, broken
	}
	if n.changed+n.flaky > 0 {
		return statusFinding, nil
	}
	return statusOK, nil
}

// enginesFor leaves out the engines that a finding is not about.
func enginesFor(f *finding.Finding, engines []engine.Engine) (list []engine.Engine) {
	names := enginesOf(f)
	for _, e := range engines {
		if slices.Contains(names, e.Name()) {
			list = append(list, e)
		}
	}
	return list
}

// counts are the figures of a replay.
type counts struct{ replayed, runs, changed, flaky, absent int }

// tell prints what came of one finding, a line if it is as expected.
func (a *App) tell(f *finding.Finding, out *replay.Outcome, took time.Duration, n *counts) {
	n.runs += out.Runs
	word, why := "ok", ""
	switch {
	case out.Runs == 0:
		word = "ABSENT"
		n.absent++
	case out.Flaky && f.Origin.Flaky:
		word, why = "ok", "  (flaky, as it was when it was found)"
		n.replayed++
	case out.Flaky:
		word = "FLAKY"
		n.replayed, n.flaky = n.replayed+1, n.flaky+1
	case !out.OK():
		word = "CHANGED"
		n.replayed, n.changed = n.replayed+1, n.changed+1
	default:
		n.replayed++
	}
	if word == "ok" && !out.Complete {
		why += "  (bucket not compared: engines are missing)"
	}
	fmt.Fprintf(a.Stdout, "%-7s  %s  %s, %s, %.2fs%s\n", word, f.ID, f.Title, f.State, took.Seconds(), why)
	if word != "FLAKY" && word != "CHANGED" {
		return
	}
	for _, c := range out.Changes {
		version := ""
		if e := f.Expectation(c.Engine); e != nil {
			version = fmt.Sprintf(" (seen with %s)", e.Version)
		}
		fmt.Fprintf(a.Stdout, "  %s%s\n", c, version)
	}
	if out.Detail != "" {
		first, _, _ := strings.Cut(out.Detail, "\n")
		fmt.Fprintf(a.Stdout, "  %s\n", first)
	}
}

// split splits a list at its commas; an empty text is an empty list.
func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
