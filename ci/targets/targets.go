// Package targets chooses among the fuzz targets.
package targets

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/harness"
)

// Named returns the targets with the names, which are separated by commas; all for none.
func Named(names string) ([]harness.Target, error) {
	if names == "" {
		return harness.Targets(), nil
	}
	var list []harness.Target
	for name := range strings.SplitSeq(names, ",") {
		t, err := harness.Find(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

const usage = `usage: go run ./ci list [flags]

List prints the names of the fuzz targets, which go run ./ci loop and go test -fuzz take.

`

// Command is the subcommand list.
var Command = command.Command{Name: "list", Short: "print the fuzz targets, or those that a change touches", Run: run}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := command.Flags("list")
	changed := fs.String("changed", "", "only the targets that aim at files which differ from this `revision` of git")
	format := fs.String("format", "lines", "`form` of the list: lines, comma or json")
	if status, ok := command.Parse(fs, args, usage, stdout, stderr); !ok {
		return status
	}
	list := harness.Targets()
	if *changed != "" {
		files, err := changes(ctx, *changed)
		if err != nil {
			return command.Fail(stderr, err)
		}
		list = touched(list, files)
	}
	names := []string{}
	for _, t := range list {
		names = append(names, t.Name)
	}
	switch *format {
	case "lines":
		for _, name := range names {
			fmt.Fprintln(stdout, name)
		}
	case "comma":
		fmt.Fprintln(stdout, strings.Join(names, ","))
	case "json":
		if err := json.NewEncoder(stdout).Encode(names); err != nil {
			return command.Fail(stderr, err)
		}
	default:
		return command.Fail(stderr, fmt.Errorf("-format %q: there are lines, comma and json", *format))
	}
	return command.OK
}

// changes returns the files that differ from a revision, from the top of the project.
func changes(ctx context.Context, revision string) ([]string, error) {
	root, err := command.Root()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "git", "diff", "--name-only", "--end-of-options", revision, "--")
	cmd.Dir = root
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git diff %s: %w: %s", revision, err, strings.TrimSpace(stderr.String()))
	}
	return strings.Fields(string(out)), nil
}

// touched returns the targets that aim at one of the files, or whose seeds or own file they are. The targets of single hostcalls do what that of
// all hostcalls does, and are not for a short look.
func touched(list []harness.Target, files []string) []harness.Target {
	return slices.DeleteFunc(slices.Clone(list), func(t harness.Target) bool {
		return t.Hostcall != "" || !slices.ContainsFunc(files, func(file string) bool { return concerns(t, file) })
	})
}

func concerns(t harness.Target, file string) bool {
	if path.Dir(file) == "corpus/"+t.Corpus || file == "harness/"+t.Corpus+".go" || file == "harness/oracle/"+t.Corpus+".go" {
		return true
	}
	return strings.HasSuffix(file, ".go") && slices.ContainsFunc(t.Aims, func(a harness.Aim) bool { return a.Has(file) })
}
