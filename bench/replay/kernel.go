package replay

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// Replay is a recording with the module that was made of it.
type Replay struct {
	Kernel    *timing.Kernel
	Recording *Recording
}

// Of records a program and returns the kernel that makes its hostcalls. Files are kept in the directory dir, which must be empty or absent.
func Of(ctx context.Context, program *timing.Kernel, dir string) (*Replay, error) {
	original := *program
	original.Dir = filepath.Join(dir, "world")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	r, err := Record(ctx, &original)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	module, err := r.Module()
	if err != nil {
		return nil, err
	}
	// The world that the replay finds is that of the program, with a file more.
	tree := filepath.Join(dir, "tree")
	if err := os.MkdirAll(tree, 0o700); err != nil {
		return nil, err
	}
	if program.Program.Tree != "" {
		if err := os.CopyFS(tree, os.DirFS(program.Program.Tree)); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(tree, Marker), nil, 0o600); err != nil {
		return nil, err
	}
	p := *program.Program
	p.Tree, p.Status, p.Returns = tree, 0, true
	p.Stdout = false // a part of it may be missing: a program would write the rest by a further call
	return &Replay{&timing.Kernel{Module: module, Export: Export, Program: &p, Calls: r.made}, r}, nil
}

// Explain says which call went otherwise, for the number that a replay returns.
func (r *Recording) Explain(number uint32) string {
	if number == 0 || int(number) > len(r.calls) {
		return fmt.Sprintf("the replay returned %d", number)
	}
	c := &r.calls[number-1]
	did := "succeed and move bytes"
	if c.errno != 0 {
		did = "fail"
	}
	return fmt.Sprintf("call %d of %d, %s, did not %s as in the recording", number, len(r.calls), c.row.Name, did)
}

// Calls returns the number of calls.
func (r *Recording) Calls() int { return len(r.calls) }

// made returns the calls for those who make them without a guest.
func (r *Recording) made() (list []timing.MadeCall) {
	for i := range r.calls {
		c := &r.calls[i]
		m := timing.MadeCall{Name: c.row.Name, Args: c.args, Inputs: c.inputs, Buffers: map[int][]timing.Buffer{}, Failed: c.errno != 0}
		for slot, buffers := range c.buffers {
			for _, b := range buffers {
				m.Buffers[slot] = append(m.Buffers[slot], timing.Buffer{Size: b.size, Data: b.data})
			}
		}
		_ = c.each(func(p *wasi.Param, slot int) error { // nothing fails
			if p.Kind == wasi.FDOut {
				m.Opened = c.results[slot]
			}
			return nil
		})
		list = append(list, m)
	}
	return list
}
