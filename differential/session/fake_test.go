package session_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// fake is an engine whose results are made by a function.
type fake struct {
	name   string
	run    func(ctx context.Context, job *engine.Job) (*engine.Result, error)
	runs   atomic.Int64
	active atomic.Int32
	closed bool
}

func (f *fake) Name() string    { return f.name }
func (f *fake) Version() string { return "1.0" }
func (f *fake) Close() error    { f.closed = true; return nil }
func (f *fake) Features() engine.Features {
	return engine.Features{WASI: true, Tables: true, ReadOnlyDirs: true}
}

func (f *fake) Run(ctx context.Context, job *engine.Job) (*engine.Result, error) {
	if f.active.Add(1) != 1 {
		return nil, errors.New("an engine is for one goroutine at a time")
	}
	defer f.active.Add(-1)
	f.runs.Add(1)
	return f.run(ctx, job)
}

// echo returns the last byte of the module: all honest engines do the same.
func echo(_ context.Context, job *engine.Job) (*engine.Result, error) {
	return returns(uint64(job.Module[len(job.Module)-1])), nil
}

func returns(bits uint64) *engine.Result {
	return &engine.Result{Stage: engine.StageRun, Calls: []engine.CallResult{
		{Export: "f", Outcome: engine.Returned, Values: []engine.Value{{Type: wasm.I32, Bits: bits}}},
	}}
}

// write leaves text in a file in each of the job's folders.
func write(text string) func(context.Context, *engine.Job) (*engine.Result, error) {
	return func(_ context.Context, job *engine.Job) (*engine.Result, error) {
		for _, d := range job.WASI.Dirs {
			if err := os.WriteFile(filepath.Join(d.Host, "out"), []byte(text), 0o600); err != nil {
				return nil, err
			}
		}
		return returns(0), nil
	}
}

// modules are n valid modules with a random last byte, in a custom section.
func modules(n int) source.Cases {
	return source.Generated(func(tape []byte) ([]byte, error) {
		return append([]byte("\x00asm\x01\x00\x00\x00\x00\x03\x01a"), tape[0]), nil
	}, 1, 0, int64(n))
}

// program is one case that imports WASI.
func program() source.Cases {
	return func(yield func(*source.Case) bool) {
		yield(&source.Case{Name: "p.wasm", Path: "x/p.wasm", Index: -1, Module: []byte("\x00asm"), Program: true})
	}
}
