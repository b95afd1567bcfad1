// Package triage makes findings of what fuzzing engines leave: it replays an input, looks whether its defect is known, and if it is not,
// reduces the input and keeps it.
package triage

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/execute"
	"github.com/touchstone-wasm/touchstone/ci/store"
	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/generators/reduce"
	"github.com/touchstone-wasm/touchstone/harness"
)

// State is what became of an input.
type State string

// The states. Each input is in one of them.
const (
	New   State = "new"   // it fails in a way that was not known; it is kept
	Known State = "known" // it fails as a finding does that is kept already
	Flaky State = "flaky" // it passes, or fails in other ways, when it is replayed; it is set aside
)

// Replays is how often an input must fail in the same way.
const Replays = 3

// Triage sorts inputs. It is for one goroutine at a time.
type Triage struct {
	Found   string   // the folder that new findings are written to
	Also    []string // further folders with known findings
	Flaky   string   // the folder for inputs that do not fail each time
	Scratch string   // for temporary files of the targets
	Reduce  time.Duration

	buckets map[string]string // the folder of the finding of each known bucket
	engines []engine.Engine   // of [replay.Locators], from when the first module fails
}

// Verdict is what became of one input.
type Verdict struct {
	State  State
	Bucket string
	Folder string // of the finding
	Size   int    // of the input that is kept, in bytes
}

// Input sorts one input of a target.
func (t *Triage) Input(ctx context.Context, target harness.Target, input []byte) (v *Verdict, err error) {
	if t.buckets == nil {
		if t.buckets, err = known(append(t.Also, t.Found)); err != nil {
			return nil, err
		}
	}
	program, err := execute.New(target.Name, t.Scratch)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, program.Close()) }()
	failed, same, err := replayed(ctx, program, input)
	if err == nil {
		err = t.locate(ctx, failed)
	}
	if err != nil {
		return nil, err
	}
	bucket := failed.Bucket.String()
	switch folder, isKnown := t.buckets[bucket]; {
	case !same || !failed.Fails():
		name := filepath.Join(t.Flaky, target.Name, build.FileName(input))
		return &Verdict{State: Flaky, Bucket: bucket, Folder: name}, store.Write(name, input)
	case isKnown:
		return &Verdict{State: Known, Bucket: bucket, Folder: folder}, nil
	}
	small, err := t.smaller(ctx, program, target, input, failed.Bucket)
	if err != nil {
		return nil, err
	}
	dir, err := t.keep(ctx, program, target, input, small, failed)
	if err != nil {
		return nil, err
	}
	t.buckets[bucket] = dir
	return &Verdict{State: New, Bucket: bucket, Folder: dir, Size: len(small)}, nil
}

// Close ends the engines that were started.
func (t *Triage) Close() error {
	var errs []error
	for _, e := range t.engines {
		errs = append(errs, e.Close())
	}
	t.engines = nil
	return errors.Join(errs...)
}

// known returns the folders of the findings below some folders by their buckets, without those that are fixed: they are new when they
// show again.
func known(roots []string) (map[string]string, error) {
	found := map[string]string{}
	for _, root := range roots {
		list, err := finding.List(root)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			if f.State.Shows() {
				found[f.Bucket.String()] = filepath.Join(root, f.ID)
			}
		}
	}
	return found, nil
}

// keep writes a finding and returns its folder. The reduced input is run once more for what it says.
func (t *Triage) keep(ctx context.Context, program *execute.Program, target harness.Target, input, small []byte, failed *replay.Failed) (string, error) {
	f := &finding.Finding{State: finding.Open, Kind: finding.Failure, Target: target.Name, Input: small, ID: finding.InputID(target.Name, input)}
	if len(small) < len(input) {
		f.Original = input
		again, err := program.Run(ctx, small)
		if err != nil {
			return "", err
		}
		again.Bucket, failed = failed.Bucket, again
	}
	failed.Enter(f)
	dir := filepath.Join(t.Found, f.ID)
	f.Origin.Command = fmt.Sprintf("go run ./ci replay %s %s", f.Target, filepath.Join(dir, finding.InputFile))
	return dir, f.Save(t.Found)
}

// replayed runs an input several times and reports whether it did the same each time.
func replayed(ctx context.Context, program *execute.Program, input []byte) (first *replay.Failed, same bool, err error) {
	for i := range Replays {
		o, err := program.Run(ctx, input)
		if err != nil {
			return nil, false, err
		}
		if i == 0 {
			first = o
		}
		if o.Bucket.String() != first.Bucket.String() {
			return o, false, nil
		}
	}
	return first, true, nil
}

// locate finds out which instruction a failure is about, if a module shows it and the engines for that can run.
func (t *Triage) locate(ctx context.Context, failed *replay.Failed) error {
	if failed.Module == nil {
		return nil
	}
	if t.engines == nil {
		engines, err := replay.OpenLocators(ctx)
		if err != nil {
			return err
		}
		t.engines = engines
	}
	return failed.Locate(ctx, t.engines, execute.DefaultPatience)
}

// smaller returns the smallest input that it finds in the time for it, of the same bucket.
func (t *Triage) smaller(ctx context.Context, program *execute.Program, target harness.Target, input []byte, bucket finding.Bucket) ([]byte, error) {
	opts := &reduce.Options{Workers: 1, Time: t.Reduce}
	if target.Corpus != "decode" { // all other targets read decisions, not the formats that the reduction knows
		opts.Form = reduce.Bytes
	}
	result, err := reduce.Reduce(ctx, input, func(ctx context.Context, candidate []byte) (bool, error) {
		o, err := program.Run(ctx, candidate)
		if err == nil && o.Bucket.Coarse().String() == bucket.Coarse().String() {
			err = t.locate(ctx, o)
		}
		if err != nil && ctx.Err() != nil {
			return false, nil // the time is over, and the answer does not count
		}
		return err == nil && o.Bucket.String() == bucket.String(), err
	}, opts)
	if errors.Is(err, reduce.ErrUninteresting) {
		return input, nil // it failed each time until now: keep it as it is
	}
	if err != nil {
		return nil, err
	}
	return result.Best, nil
}
