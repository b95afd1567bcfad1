package workload

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// SPECConfig is a configuration for SPEC CPU2006 or CPU2017 that builds programs for WASI with clang and runs them by this project's
// command. It is ours.
//
//go:embed testdata/touchstone.cfg
var SPECConfig string

// specTree returns the programs of the user's SPEC that were built and set up for a size of input: a row for each of their commands. How
// they are built is SPEC's affair: runspec --config=touchstone.cfg --action=setup --size=test.
func specTree(dir, size string) ([]Workload, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "benchspec", "*", "*", "run", "run_*_"+size+"*", "speccmds.cmd"))
	if err != nil || files == nil {
		return nil, &Skipped{fmt.Sprintf("below %s there is no benchspec/*/*/run/run_*_%s*/speccmds.cmd: set SPEC's programs up first, "+
			"as in runspec --config=touchstone.cfg --action=setup --size=%s; bench -spec-config prints that file", dir, size, size)}
	}
	var list []Workload
	for _, file := range files {
		rows, err := specRows(dir, file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		list = append(list, rows...)
	}
	return list, nil
}

// unfit is what cannot be in a name.
var unfit = regexp.MustCompile(`[^a-z0-9]+`)

// specRows returns the rows of one program.
func specRows(spec, file string) (list []Workload, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	commands, err := parseSpecCommands(string(text))
	if err != nil {
		return nil, err
	}
	run := filepath.Dir(file)
	name := strings.Trim(unfit.ReplaceAllString(strings.ToLower(filepath.Base(filepath.Dir(filepath.Dir(run)))), "_"), "_")
	for i, c := range commands {
		row := Workload{Name: name, Doc: "the user's SPEC: an estimate, and no result of SPEC", Scalar: true}
		if len(commands) > 1 {
			row.Name = fmt.Sprintf("%s_%d", name, i+1)
		}
		row.Program = func(context.Context, string) (*timing.Kernel, error) { return specKernel(spec, run, c) }
		list = append(list, row)
	}
	return list, nil
}

// specKernel returns one command of a program in its directory.
func specKernel(spec, run string, c specCommand) (*timing.Kernel, error) {
	module, err := os.ReadFile(filepath.Join(run, c.words[0]))
	if err != nil {
		return nil, &Skipped{err.Error()}
	}
	p := &timing.Program{Args: c.words, Tree: run, SaveStdout: c.stdout, SaveStderr: c.stderr}
	p.Args[0] = filepath.Base(p.Args[0])
	if c.stdin != "" {
		if p.Stdin, err = os.ReadFile(filepath.Join(run, c.stdin)); err != nil {
			return nil, &Skipped{err.Error()}
		}
	}
	if p.Check, err = specChecks(spec, run, c); err != nil {
		return nil, err
	}
	return &timing.Kernel{Module: module, Export: timing.Start, Program: p}, nil
}

// specChecks returns the comparisons of the program's compare.cmd that are about what this command writes: all of them if that is not known
// because there is one command.
func specChecks(spec, run string, c specCommand) (list [][]string, err error) {
	text, err := os.ReadFile(filepath.Join(run, "compare.cmd"))
	if os.IsNotExist(err) {
		return nil, nil // what engines do is compared with each other alone
	} else if err != nil {
		return nil, err
	}
	comparisons, err := parseSpecCommands(string(text))
	if err != nil {
		return nil, fmt.Errorf("compare.cmd: %w", err)
	}
	for _, cmp := range comparisons {
		output := cmp.words[len(cmp.words)-1] // of the program; before it stands what is expected
		if len(comparisons) > 1 && output != c.stdout && output != c.stderr {
			continue
		}
		words := append([]string{}, cmp.words...)
		if !filepath.IsAbs(words[0]) {
			words[0] = filepath.Join(spec, "bin", words[0])
		}
		list = append(list, words)
	}
	return list, nil
}
