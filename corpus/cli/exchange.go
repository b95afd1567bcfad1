package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/corpus/store"
	"github.com/touchstone-wasm/touchstone/harness"
)

const importUsage = `usage: go run ./corpus/cmd/corpus import [-o FOLDER] TARGET [FOLDER]

Import takes inputs into the corpus of a target, as raw files that are named by their content; what is there already is left out. The folder
holds raw files or files of go test -fuzz, in any mixture, or is an envelope. Without a folder, it is what go test -fuzz keeps for the target
in Go's cache. Import runs nothing: merge leaves those that are worth it.

Of an envelope, inputs of which the generators have come to make something else are left out, and what they stood for is kept: modules become
seeds of FuzzDecode, which also executes them; sequences of hostcalls are named, to be run by go test ./harness -run TestProgram.

flags:
`

// imports takes inputs into the corpus.
func (a *App) imports(args []string) error {
	fs := flag.NewFlagSet("import", flag.ContinueOnError)
	out := fs.String("o", "", "write to this `folder` in place of the corpus")
	rest, err := a.mixed(fs, args, importUsage)
	if err != nil {
		return err
	}
	if len(rest) < 1 || len(rest) > 2 {
		return usagef("import takes a target and at most one folder")
	}
	target, dir, err := a.target(rest[0])
	if err != nil {
		return err
	}
	if *out != "" {
		dir = *out
	}
	from := ""
	if len(rest) == 2 {
		from = rest[1]
	} else if from, err = cached(target.Name); err != nil {
		return err
	}
	if store.Sealed(from) {
		return a.unseal(target, from, dir)
	}
	inputs, err := store.Read(from)
	if err != nil && inputs == nil {
		return err
	}
	return errors.Join(err, a.take(dir, inputs))
}

// take writes inputs to a folder, those that are new there.
func (a *App) take(dir string, inputs []corpus.Input) error {
	have, err := read(dir)
	if err != nil {
		return err
	}
	added := 0
	for _, input := range inputs {
		if slices.ContainsFunc(have, func(h corpus.Input) bool { return bytes.Equal(h.Data, input.Data) }) {
			continue
		}
		name := store.Name(input.Data)
		if err := store.Write(dir, name, input.Data); err != nil {
			return err
		}
		have = append(have, corpus.Input{Name: name, Data: input.Data})
		added++
	}
	_, err = fmt.Fprintf(a.Stdout, "%s: %d inputs, %d of them new\n", dir, len(inputs), added)
	return err
}

// unseal takes the inputs of an envelope.
func (a *App) unseal(target harness.Target, from, dir string) error {
	o, err := store.Unseal(from, meaning(target))
	if err != nil {
		return err
	}
	if o.Target != target.Name {
		return usagef("%s is an envelope of %s", from, o.Target)
	}
	if err := a.take(dir, o.Same); err != nil {
		return err
	}
	var modules []corpus.Input
	for i, was := range o.Meanings {
		if strings.HasSuffix(was.Name, ".wasm") {
			modules = append(modules, was)
		}
		fmt.Fprintf(a.Stdout, "%s stands for something else today; what it stood for is %s\n", o.Drifted[i].Name, filepath.Join(from, "meaning", was.Name))
	}
	if modules == nil {
		return nil
	}
	return a.take(filepath.Join(a.Root, "decode"), modules)
}

// cached returns the folder of Go's cache with what go test -fuzz keeps for a target.
func cached(target string) (string, error) {
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOCACHE: %w", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "fuzz", "github.com/touchstone-wasm/touchstone/harness", target)
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("there is no %s: go test -fuzz='^%s$' ./harness has kept nothing", dir, target)
	}
	return dir, nil
}

const exportUsage = `usage: go run ./corpus/cmd/corpus export [-format go|raw|envelope] TARGET FOLDER

Export writes the seeds of a target to a folder: as files of go test -fuzz, to be put into harness/testdata/fuzz/TARGET or Go's cache; as they
are, for libFuzzer; or as an envelope, which has beside each input what it stands for, so that it can be told after a change of the
generators which inputs still mean the same, and what the others meant.

flags:
`

// export writes the seeds of a target to a folder.
func (a *App) export(args []string) error {
	fs := flag.NewFlagSet("export", flag.ContinueOnError)
	format := fs.String("format", "go", "the `format`: go, raw or envelope")
	rest, err := a.mixed(fs, args, exportUsage)
	if err != nil {
		return err
	}
	if len(rest) != 2 {
		return usagef("export takes a target and a folder")
	}
	if !slices.Contains([]string{"go", "raw", "envelope"}, *format) {
		return usagef("unknown format %q; there are go, raw and envelope", *format)
	}
	target, dir, err := a.target(rest[0])
	if err != nil {
		return err
	}
	inputs, err := read(dir)
	if err != nil {
		return err
	}
	if *format == "envelope" {
		err = store.Seal(rest[1], target.Name, inputs, meaning(target))
	} else {
		for _, input := range inputs {
			data := input.Data
			if *format == "go" {
				data = store.FormatGo(data)
			}
			err = errors.Join(err, store.Write(rest[1], input.Name, data))
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "%s: %d inputs of %s\n", rest[1], len(inputs), target.Name)
	return err
}
