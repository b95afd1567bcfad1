// Package steps runs the steps that every change must pass, the same on a developer's machine and in continuous integration.
package steps

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
)

// Step is one check: commands that must all succeed.
type Step struct {
	Name string // as on the command line
	Doc  string // one line
	Cmds []Cmd
	// Skip returns why the step cannot run on this machine, or "". Nil means that it always can.
	Skip func(ctx context.Context) (string, error)
}

// Cmd is one program to run in the module's root.
type Cmd struct {
	Env  []string // NAME=VALUE, added to the environment
	Args []string // program and arguments
	// Quiet says that any output on stdout is a failure, for tools that list what is wrong and exit with 0.
	Quiet bool
}

// noCgo is the environment in which everything but the engine workers must build.
const noCgo = "CGO_ENABLED=0"

// platform is a system that the project supports.
type platform struct{ os, arch string }

// vetted are the platforms for which everything is vetted, which compiles the standard library for each. The fourth, darwin/amd64, has no
// file that none of them has: a test checks that.
var vetted = []platform{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "arm64"}}

// Steps returns all steps in the order in which they run: the quick ones first.
func Steps() []Step {
	return []Step{
		{Name: "format", Doc: "every file is as gofmt writes it", Cmds: []Cmd{{Args: []string{"gofmt", "-l", "."}, Quiet: true}}},
		{Name: "tidy", Doc: "go.mod and go.sum say what the sources need", Cmds: []Cmd{{Args: []string{"go", "mod", "tidy", "-diff"}}}},
		{Name: "build", Doc: "everything but the engine workers builds without cgo",
			Cmds: []Cmd{{Env: []string{noCgo}, Args: []string{"go", "build", "./..."}}}},
		{Name: "vet", Doc: "go vet finds nothing, here with cgo and on other platforms without", Cmds: vetCmds()},
		// What -short leaves out runs the same code again, in other settings or more often: the step test does that.
		{Name: "race", Doc: "the runtime's tests pass under the race detector, without those that repeat others", Skip: withoutCgo,
			Cmds: []Cmd{{Args: []string{"go", "test", "-race", "-short", "./runtime/..."}}}},
		{Name: "test", Doc: "the tests pass", Cmds: []Cmd{{Args: []string{"go", "test", "./..."}}}},
	}
}

// withoutCgo says why cgo, which the race detector needs, does not work here, or "".
func withoutCgo(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "CGO_ENABLED", "CC").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	enabled, cc, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	words := strings.Fields(cc) // CC may have flags
	if enabled != "1" || len(words) == 0 {
		return "needs cgo, which is off", nil
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return fmt.Sprintf("needs a C compiler, and %s is not there", words[0]), nil
	}
	return "", nil
}

func vetCmds() []Cmd {
	vet := []string{"go", "vet", "./..."}
	planted := []string{"go", "vet", "-tags", "planted", "./runtime/...", "./harness/..."}
	cmds := []Cmd{{Args: vet}, {Args: planted}}
	for _, p := range vetted {
		if p.os == runtime.GOOS && p.arch == runtime.GOARCH {
			continue // done with cgo; the step build has compiled what is there without
		}
		env := []string{noCgo, fmt.Sprintf("GOOS=%s", p.os), fmt.Sprintf("GOARCH=%s", p.arch)}
		cmds = append(cmds, Cmd{Env: env, Args: vet})
	}
	return cmds
}
