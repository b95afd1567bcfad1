// Coverage prints how much of what each fuzz target aims at its seeds execute, in statements.
//
//	go run ./harness/cmd/coverage [-v]
//
// With -v it names the functions that are not executed whole.
//
//	go run ./harness/cmd/coverage -pairs [-n modules] [-v]
//
// prints how many instructions generated modules execute, and how many of them with operands of each class or pair of classes;
// with -v it names those that none executes. Exit status: 0, or 2 if a target fails or cannot be run.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/olekukonko/tablewriter"

	"github.com/touchstone-wasm/touchstone/harness"
)

func main() {
	verbose := flag.Bool("v", false, "name the functions that are not executed whole")
	ofPairs := flag.Bool("pairs", false, "print which instructions with operands of which classes generated modules execute")
	modules := flag.Int("n", 10_000, "execute this `number` of modules, with -pairs")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "coverage: %q is no argument; it has none\n", flag.Arg(0))
		os.Exit(2)
	}
	if *ofPairs {
		if err := printPairs(context.Background(), os.Stdout, os.Stderr, *modules, *verbose); err != nil {
			fmt.Fprintln(os.Stderr, "coverage:", err)
			os.Exit(2)
		}
		return
	}
	if err := run(os.Stdout, os.Stderr, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "coverage:", err)
		os.Exit(2)
	}
}

// run measures all aims and writes the table.
func run(stdout, stderr io.Writer, verbose bool) error {
	dir, err := os.MkdirTemp("", "touchstone-coverage-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	table := tablewriter.NewTable(stdout)
	table.Header("target", "what it aims at", "statements", "executed")
	for target, aim := range aims() {
		fmt.Fprintf(stderr, "%s: %s\n", target, aim.What)
		profile := filepath.Join(dir, "profile")
		if err := measure(target, aim, profile); err != nil {
			return err
		}
		text, err := os.ReadFile(profile)
		if err != nil {
			return err
		}
		c, err := parse(text, aim.Files)
		if err != nil {
			return err
		}
		table.Append(target, aim.What, fmt.Sprint(c.all), fmt.Sprintf("%.1f %%", c.percent()))
		if verbose {
			if err := functions(stderr, profile, aim.Files); err != nil {
				return err
			}
		}
	}
	return table.Render()
}

// measure runs the seeds of a target and writes a profile of the package that it aims at.
func measure(target string, aim harness.Aim, profile string) error {
	cmd := exec.Command("go", "test", "-count=1", "-run", "^"+target+"$", "-coverpkg", modulePath+aim.Package, "-coverprofile", profile, modulePath+"harness")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", target, err, bytes.TrimSpace(out))
	}
	return nil
}
