package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/olekukonko/tablewriter"

	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/harness/coverage"
)

// printAims measures all aims and writes the table.
func printAims(ctx context.Context, stdout, stderr io.Writer, verbose bool) error {
	dir, err := os.MkdirTemp("", "touchstone-coverage-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	root, err := sources(ctx)
	if err != nil {
		return err
	}
	table := tablewriter.NewTable(stdout)
	table.Header("target", "what it aims at", "statements", "executed")
	profile := filepath.Join(dir, "profile")
	for _, target := range harness.Targets() {
		for _, aim := range target.Aims {
			fmt.Fprintf(stderr, "%s: %s\n", target.Name, aim.What)
			if err := measure(ctx, target.Name, aim, profile); err != nil {
				return err
			}
			text, err := os.ReadFile(profile)
			if err != nil {
				return err
			}
			c, err := coverage.Statements(text, aim, os.DirFS(root))
			if err != nil {
				return err
			}
			table.Append(target.Name, aim.What, fmt.Sprint(c.All), fmt.Sprintf("%.1f %%", c.Percent()))
			if verbose {
				if err := functions(stderr, profile, aim); err != nil {
					return err
				}
			}
		}
	}
	return table.Render()
}

// sources returns the folder of the project's sources.
func sources(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.Module.Dir}}", strings.TrimSuffix(coverage.ModulePath, "/")+"/harness").Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// measure runs the seeds of a target and writes a profile of the package that it aims at.
func measure(ctx context.Context, target string, aim harness.Aim, profile string) error {
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-run", "^"+target+"$", "-coverpkg", coverage.ModulePath+aim.Package,
		"-coverprofile", profile, coverage.ModulePath+"harness")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", target, err, bytes.TrimSpace(out))
	}
	return nil
}

// functions names those of an aim that are not executed whole, by go tool cover.
func functions(w io.Writer, profile string, aim harness.Aim) error {
	out, err := exec.Command("go", "tool", "cover", "-func", profile).Output()
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) != 3 || words[2] == "100.0%" {
			continue
		}
		place := strings.TrimPrefix(words[0], coverage.ModulePath)
		if file, _, ok := strings.Cut(place, ":"); ok && aim.Has(file) {
			fmt.Fprintf(w, "\t%6s  %s %s\n", words[2], place, words[1])
		}
	}
	return nil
}
