package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

const addUsage = `usage: go run ./crashes add [flags] FOLDER
       go run ./crashes add -title TEXT [flags] file.wasm
       go run ./crashes add -title TEXT -target FuzzNAME [flags] FILE

Add keeps a finding: a folder that ./differential or a fuzzing loop left, which is moved; or a module, which is run on the engines; or the
input of a fuzz target, which is run. If one of the same bucket is here, it is named and nothing is kept, so that no defect is here twice. An
id that exists already is written anew, for example after an engine's update.

flags:
`

// addOptions are the flags of add.
type addOptions struct {
	title, state, wrong, note, engines, target string
	level                                      int
	again                                      bool
}

// add keeps a finding.
func (a *App) add(ctx context.Context, args []string) error {
	o := &addOptions{}
	fs := flag.NewFlagSet("add", flag.ContinueOnError)
	fs.StringVar(&o.title, "title", "", "what was found, in one `line`")
	fs.StringVar(&o.state, "state", "", fmt.Sprintf("one of the `states` %q (default open)", finding.States))
	fs.StringVar(&o.wrong, "wrong", "", "the `engines` that are wrong, separated by commas")
	fs.StringVar(&o.note, "note", "", "why, and where it was reported")
	fs.StringVar(&o.engines, "engines", "", "run these `engines`, separated by commas (default those of the folder, or all)")
	fs.StringVar(&o.target, "target", "", "the file is an input of this fuzz `target`")
	fs.IntVar(&o.level, "level", 0, "compare traces of this `level`, 0 or 2, as ./differential does")
	fs.BoolVar(&o.again, "again", false, "keep it although one of the same bucket is here")
	rest, err := a.mixed(fs, args, addUsage)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("add takes one folder or file")
	}
	if o.level != 0 && o.level != 2 {
		return usagef("-level %d: it is 0 or 2", o.level)
	}
	path := rest[0]
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f := &finding.Finding{State: finding.Open, Origin: finding.Origin{Level: o.level}}
	if info.IsDir() {
		if f, err = finding.Load(filepath.Clean(path)); err != nil {
			return err
		}
	} else if err := take(f, path, o.target); err != nil {
		return err
	}
	if old, err := finding.Load(filepath.Join(a.Root, f.ID)); err == nil {
		if info.IsDir() && !o.again && !same(filepath.Join(a.Root, f.ID), path) {
			_, err := fmt.Fprintf(a.Stdout, "not kept: %s (%s) is here already; -again writes it anew\n", old.ID, old.Title)
			return err
		}
		f.Title, f.State, f.Wrong, f.Note = old.Title, old.State, old.Wrong, old.Note
	}
	o.apply(f)
	if f.Kind == finding.Failure {
		err = a.addFailure(ctx, f)
	} else {
		err = a.addEngines(ctx, f, split(o.engines))
	}
	if err != nil {
		return err
	}
	if twin, err := a.twin(f); err != nil || twin != nil && !o.again {
		if err == nil {
			_, err = fmt.Fprintf(a.Stdout, "not kept: %s (%s) is in the same bucket; -again keeps both\n  %s\n", twin.ID, twin.Title, twin.Bucket)
		}
		return err
	}
	if err := f.Save(a.Root); err != nil {
		return errors.Join(errors.New("the finding was not kept"), err)
	}
	if info.IsDir() {
		if !same(filepath.Join(a.Root, f.ID), path) {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return a.show(f.ID)
}

// take fills in what was found from a file.
func take(f *finding.Finding, path, target string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if target == "" {
		f.Module, f.ID = data, finding.ModuleID(data)
		return nil
	}
	f.Kind, f.Target, f.Input, f.ID = finding.Failure, target, data, finding.InputID(target, data)
	return nil
}

// apply takes over what the command line says.
func (o *addOptions) apply(f *finding.Finding) {
	if o.title != "" {
		f.Title = o.title
	}
	if o.state != "" {
		f.State = finding.State(o.state)
	}
	if o.wrong != "" {
		f.Wrong = split(o.wrong)
	}
	if o.note != "" {
		f.Note = o.note
	}
}

// addEngines runs the module of f on engines and enters what they do, and the bucket.
func (a *App) addEngines(ctx context.Context, f *finding.Finding, names []string) error {
	if names == nil {
		names = enginesOf(f)
	}
	engines, err := a.open(ctx, names)
	if err != nil {
		return err
	}
	defer session.Close(engines)
	seen, err := replay.Observe(ctx, f, f.Module, engines, true, 0)
	if err != nil {
		return err
	}
	bucket := seen.Bucket()
	was := f.Bucket.Coarse()
	if bucket.Kind == "" || was.Kind != "" && was.String() != bucket.Coarse().String() {
		switch {
		case was.Kind == "" && f.State.Shows():
			return errors.New("the engines agree: there is nothing to keep")
		case was.Kind == "":
			return errors.New("the engines agree, so that nothing says which bucket this was: add it before it is fixed, and close it")
		}
		fmt.Fprintf(a.Stderr, "crashes: it does not show in the same way here, and is kept as it was found, as flaky\n")
		f.Origin.Flaky = true
		return nil
	}
	f.Kind, f.Bucket, f.Expect, f.Origin.Flaky = bucket.Kind, bucket, nil, seen.Flaky
	for i, e := range engines {
		f.Expect = append(f.Expect, finding.Expectation{Engine: e.Name(), Version: e.Version(), Saw: finding.Lines(&seen.Sides[i])})
	}
	if f.Files == nil {
		f.Files = map[string][]byte{}
	}
	if seen.Explanation != nil {
		f.Files["explanation.txt"] = []byte(seen.Explanation.Text(f.Module))
		for name, text := range finding.Traces(f.Module, seen.Explanation) {
			f.Files[name] = text
		}
	}
	return nil
}

// addFailure runs the input of f on its target and enters what that says.
func (a *App) addFailure(ctx context.Context, f *finding.Finding) (err error) {
	t, err := replay.OpenTarget(ctx, f.Target)
	if err != nil {
		return usageError{err}
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	engines, err := a.open(ctx, replay.Locators)
	if err != nil {
		return err
	}
	defer session.Close(engines)
	failed, err := t.Run(ctx, f.Input, engines)
	if err != nil {
		return err
	}
	if !failed.Fails() {
		return fmt.Errorf("the input does not fail %s: there is nothing to keep", f.Target)
	}
	failed.Enter(f)
	return nil
}

// twin returns another finding of the same bucket that is kept and not fixed; nil if there is none.
func (a *App) twin(f *finding.Finding) (*finding.Finding, error) {
	list, err := finding.List(a.Root)
	for _, other := range list {
		if other.ID != f.ID && other.State.Shows() && other.Bucket.String() == f.Bucket.String() {
			return other, nil
		}
	}
	return nil, err
}

// same reports whether two names are of the same folder.
func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
