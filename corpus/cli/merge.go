package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/corpus/cover"
	"github.com/touchstone-wasm/touchstone/corpus/store"
	"github.com/touchstone-wasm/touchstone/harness"
)

const mergeUsage = `usage: go run ./corpus/cmd/corpus merge [flags] TARGET [FOLDER ...]

Merge leaves in the corpus of a target few inputs that together execute all blocks of code that the corpus and the inputs in the folders do;
of several that do as much, the smallest. What counts is the code that the target is for. Seeds whose names do not begin with "found-" always
stay. Inputs that fail the target are no seeds: they are named, and the exit status is 1. Ctrl-C leaves the corpus as it was.

flags:
`

// merge minimises a corpus by coverage.
func (a *App) merge(ctx context.Context, args []string) (int, error) {
	fs := flag.NewFlagSet("merge", flag.ContinueOnError)
	out := fs.String("o", "", "write what is left to this `folder`, and leave the corpus as it is")
	coverpkg := fs.String("coverpkg", "", "count the code of these `packages`, as go build -coverpkg takes them (default those that the target is for)")
	dry := fs.Bool("n", false, "only say what would be done")
	rest, err := a.mixed(fs, args, mergeUsage)
	if err != nil {
		return 0, err
	}
	if len(rest) < 1 {
		return 0, usagef("merge takes a target")
	}
	target, dir, err := a.target(rest[0])
	if err != nil {
		return 0, err
	}
	inputs, err := a.gather(dir, rest[1:])
	if err != nil {
		return 0, err
	}
	m, err := a.measure(ctx, target, inputs, *coverpkg)
	if err != nil {
		return 0, err
	}
	chosen := cover.Choose(m.covers, m.sizes, func(i int) bool { return m.inputs[i].own && !isFound(m.inputs[i].Name) })
	if !*dry {
		if err := write(dir, *out, m.inputs, chosen); err != nil {
			return 0, err
		}
	}
	size := 0
	for _, i := range chosen {
		size += m.sizes[i]
	}
	fmt.Fprintf(a.Stdout, "%s: %d of %d inputs, %d bytes, execute the same %d blocks\n", target.Name, len(chosen), len(inputs), size, m.blocks)
	return m.status, nil
}

func isFound(name string) bool { return strings.HasPrefix(name, store.Found) }

// candidate is an input that may be left.
type candidate struct {
	corpus.Input
	own bool // it is in the corpus already
}

// gather returns the inputs of the corpus and those of folders that are not in it.
func (a *App) gather(dir string, folders []string) (list []candidate, err error) {
	own, err := read(dir)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, input := range own {
		if !isFound(input.Name) || !seen[string(input.Data)] {
			list = append(list, candidate{input, true})
		}
		seen[string(input.Data)] = true
	}
	for _, folder := range folders {
		inputs, err := store.Read(folder)
		if err != nil {
			return nil, err
		}
		for _, input := range inputs {
			if !seen[string(input.Data)] {
				list = append(list, candidate{corpus.Input{Name: store.Name(input.Data), Data: bytes.Clone(input.Data)}, false})
			}
			seen[string(input.Data)] = true
		}
	}
	return list, nil
}

// measured is what inputs cover, by index; those that fail are left out.
type measured struct {
	inputs []candidate
	covers [][]cover.Unit
	sizes  []int
	blocks int
	status int
}

// measure runs inputs in a process with counters.
func (a *App) measure(ctx context.Context, target harness.Target, inputs []candidate, coverpkg string) (*measured, error) {
	packages := cover.Packages(target)
	if coverpkg != "" {
		packages = strings.Split(coverpkg, ",")
	}
	fmt.Fprintf(a.Stderr, "corpus: building %s with counters for %s\n", target.Name, strings.Join(packages, ", "))
	meter, err := cover.NewMeter(ctx, target, packages, Self)
	if err != nil {
		return nil, err
	}
	defer meter.Close()
	m := &measured{status: statusOK}
	all := map[cover.Unit]bool{}
	told := time.Now()
	for i, c := range inputs {
		got, err := meter.Measure(ctx, c.Data)
		if err != nil {
			return nil, err
		}
		if now := time.Now(); now.Sub(told) > interval {
			told = now
			fmt.Fprintf(a.Stderr, "corpus: %d of %d inputs\n", i, len(inputs))
		}
		if got.Failure != "" {
			m.status = statusFinding
			fmt.Fprintf(a.Stdout, "%s fails %s: %s\n", c.Name, target.Name, got.Failure)
			continue
		}
		for _, u := range got.Units {
			all[u] = true
		}
		m.inputs, m.covers, m.sizes = append(m.inputs, c), append(m.covers, got.Units), append(m.sizes, len(c.Data))
	}
	m.blocks = len(all)
	return m, nil
}

// interval is how often the progress is told.
const interval = 3 * time.Second

// write leaves what was chosen in the corpus, or writes it to another folder. New inputs are written before old ones are removed.
func write(dir, out string, inputs []candidate, chosen []int) error {
	for _, i := range chosen {
		c := inputs[i]
		to := dir
		if out != "" {
			to = out
		} else if c.own {
			continue
		}
		if err := store.Write(to, c.Name, c.Data); err != nil {
			return err
		}
	}
	if out != "" {
		return nil
	}
	var errs []error
	for i, c := range inputs {
		if c.own && !slices.Contains(chosen, i) {
			errs = append(errs, os.Remove(filepath.Join(dir, c.Name)))
		}
	}
	return errors.Join(errs...)
}
