package cli

import (
	"context"
	"flag"
	"fmt"

	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

const closeUsage = `usage: go run ./crashes close -as STATE [-note TEXT] ID

Close says what became of a finding. One that is fixed is shown again first, and must not show any more; what the engines do now is what is
expected of them from then on. The states wontfix and foreign need a note that says why.

flags:
`

// close gives a finding another state.
func (a *App) close(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("close", flag.ContinueOnError)
	as := fs.String("as", "", fmt.Sprintf("the new `state`, one of %q", finding.States))
	note := fs.String("note", "", "why, in place of the note that there is")
	rest, err := a.mixed(fs, args, closeUsage)
	if err != nil {
		return err
	}
	if len(rest) != 1 || *as == "" {
		return usagef("close takes -as STATE and one ID")
	}
	f, err := a.find(rest[0])
	if err != nil {
		return err
	}
	f.State = finding.State(*as)
	if *note != "" {
		f.Note = *note
	}
	if err := f.Check(); err != nil {
		return usageError{err}
	}
	if f.State == finding.Fixed {
		if err := a.mended(ctx, f); err != nil {
			return err
		}
	}
	if err := f.Save(a.Root); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "%s  %s is %s\n", f.ID, f.Title, f.State)
	return err
}

// mended makes sure that a finding does not show any more, and enters what the engines do now.
func (a *App) mended(ctx context.Context, f *finding.Finding) error {
	engines, err := a.openFor(ctx, []*finding.Finding{f})
	if err != nil {
		return err
	}
	defer session.Close(engines)
	if f.Kind == finding.Failure {
		out, err := replay.Replay(ctx, f, engines, replay.Options{Times: 3})
		if err == nil && !out.OK() {
			err = fmt.Errorf("%s still fails %s: %s", f.ID, f.Target, out.Bucket)
		}
		return err
	}
	seen, err := replay.Observe(ctx, f, f.Module, engines, false, 0)
	if err != nil {
		return err
	}
	if b := seen.Bucket(); b.Concerns("touchstone") {
		return fmt.Errorf("%s still shows: %s", f.ID, b)
	}
	for i, e := range engines {
		*f.Expectation(e.Name()) = finding.Expectation{Engine: e.Name(), Version: e.Version(), Saw: finding.Lines(&seen.Sides[i])}
	}
	return nil
}
