// Package replay runs a finding's module again and says what became different.
//
// What an engine does is written as lines, one for each place that can be observed, "place: what was seen": the
// observations of package differential/compare, so that a replay and a comparison can never see different things.
package replay

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/crashes/finding"
	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/tree"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Change is a place where an engine does something else than is expected of it.
type Change struct {
	Engine string
	Was    string // empty for a place that was not seen before
	Is     string // empty for a place that is not seen any more
}

// String returns the change as one line.
func (c Change) String() string {
	switch {
	case c.Was == "":
		return fmt.Sprintf("%s: new: %s", c.Engine, c.Is)
	case c.Is == "":
		return fmt.Sprintf("%s: gone: %s", c.Engine, c.Was)
	}
	return fmt.Sprintf("%s: was %q, is %q", c.Engine, c.Was, c.Is)
}

// Saw runs a module on an engine and returns what it does, as lines.
func Saw(ctx context.Context, e engine.Engine, module []byte) ([]string, error) {
	side, err := run(ctx, e, module, 0)
	if err != nil {
		return nil, err
	}
	return lines(side), nil
}

// run runs a module on an engine; a WASI program in an empty folder. The timeout is that of [engine.Job].
func run(ctx context.Context, e engine.Engine, module []byte, timeout time.Duration) (*compare.Side, error) {
	job := &engine.Job{Module: module, Timeout: timeout}
	var root string
	if isProgram(module) {
		var err error
		if root, err = os.MkdirTemp("", "replay"); err != nil {
			return nil, err
		}
		defer tree.Remove(root)
		if root, err = filepath.EvalSymlinks(root); err != nil { // macOS: the temporary folder is behind a link
			return nil, err
		}
		job.WASI = &engine.WASI{Args: []string{finding.ModuleFile}, Dirs: []engine.Dir{{Host: root, Guest: "/"}}}
	}
	result, err := e.Run(ctx, job)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Name(), err)
	}
	side := &compare.Side{Engine: e.Name(), Features: e.Features(), Result: result}
	if root != "" {
		if side.Tree, err = tree.Snap(root); err != nil {
			return nil, err
		}
	}
	return side, nil
}

// lines writes the observations of one side. The engine's own words are left out: they change with every version.
func lines(side *compare.Side) []string {
	quiet := *side.Result
	quiet.Message = ""
	quiet.Calls = slices.Clone(quiet.Calls)
	for i := range quiet.Calls {
		quiet.Calls[i].Message = ""
	}
	side.Result = &quiet
	var list []string
	for _, o := range compare.Observe(side) {
		list = append(list, o.Where+": "+o.Text)
	}
	return list
}

// isProgram reports whether a module imports WASI.
func isProgram(module []byte) bool {
	m, err := wasm.Decode(module)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(m.Imports, func(i wasm.Import) bool { return i.Module == engine.WASIModule })
}

// Compare returns where what was seen differs from what is expected.
func Compare(want *finding.Expectation, saw []string) []Change {
	var changes []Change
	for i := range max(len(want.Saw), len(saw)) {
		c := Change{Engine: want.Engine}
		if i < len(want.Saw) {
			c.Was = want.Saw[i]
		}
		if i < len(saw) {
			c.Is = saw[i]
		}
		if c.Was != c.Is {
			changes = append(changes, c)
		}
	}
	return changes
}

// Replay runs a finding on one engine and returns what changed.
func Replay(ctx context.Context, f *finding.Finding, e engine.Engine) ([]Change, error) {
	want := f.Expectation(e.Name())
	if want == nil {
		return nil, fmt.Errorf("nothing is expected of %s", e.Name())
	}
	saw, err := Saw(ctx, e, f.Module)
	if err != nil {
		return nil, err
	}
	return Compare(want, saw), nil
}
