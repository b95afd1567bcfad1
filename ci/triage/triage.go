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

// Triage sorts inputs.
type Triage struct {
	Found   string   // the folder that new findings are written to
	Also    []string // further folders with known findings
	Flaky   string   // the folder for inputs that do not fail each time
	Scratch string   // for temporary files of the targets
	Reduce  time.Duration

	buckets map[string]string // the folder of each known bucket
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
	outcome, same, err := Replay(ctx, program, input)
	if err != nil {
		return nil, err
	}
	bucket := outcome.Bucket(target.Name)
	switch folder, isKnown := t.buckets[bucket]; {
	case !same || bucket == "":
		name := filepath.Join(t.Flaky, target.Name, build.FileName(input))
		return &Verdict{State: Flaky, Bucket: bucket, Folder: name}, store.Write(name, input)
	case isKnown:
		return &Verdict{State: Known, Bucket: bucket, Folder: folder}, nil
	}
	small, err := t.smaller(ctx, program, target, input, bucket)
	if err != nil {
		return nil, err
	}
	f := &finding{Title: fmt.Sprintf("%s: %s", target.Name, outcome.Stage), State: "open", Kind: "failure", Bucket: bucket, Target: target.Name}
	dir, err := save(t.Found, f, small, input, outcome.Detail)
	if err != nil {
		return nil, err
	}
	t.buckets[bucket] = dir
	return &Verdict{State: New, Bucket: bucket, Folder: dir, Size: len(small)}, nil
}

// Replay runs an input several times and reports whether it did the same each time.
func Replay(ctx context.Context, program *execute.Program, input []byte) (first *execute.Outcome, same bool, err error) {
	for i := range Replays {
		o, err := program.Run(ctx, input)
		if err != nil {
			return nil, false, err
		}
		if i == 0 {
			first = o
		}
		if o.Bucket(program.Target) != first.Bucket(program.Target) {
			return o, false, nil
		}
	}
	return first, true, nil
}

// smaller returns the smallest input that it finds in the time for it, of the same bucket.
func (t *Triage) smaller(ctx context.Context, program *execute.Program, target harness.Target, input []byte, bucket string) ([]byte, error) {
	opts := &reduce.Options{Workers: 1, Time: t.Reduce}
	if target.Corpus != "decode" { // all other targets read decisions, not the formats that the reduction knows
		opts.Form = reduce.Bytes
	}
	result, err := reduce.Reduce(ctx, input, func(ctx context.Context, candidate []byte) (bool, error) {
		o, err := program.Run(ctx, candidate)
		if err != nil && ctx.Err() != nil {
			return false, nil // the time is over, and the answer does not count
		}
		return err == nil && o.Bucket(target.Name) == bucket, err
	}, opts)
	if errors.Is(err, reduce.ErrUninteresting) {
		return input, nil // it failed each time until now: keep it as it is
	}
	if err != nil {
		return nil, err
	}
	return result.Best, nil
}
