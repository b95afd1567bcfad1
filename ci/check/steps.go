// Package check runs the steps that every change must pass, the same on a developer's machine and in continuous integration.
package check

import (
	"fmt"
	"runtime"
)

// Step is one check: commands that must all succeed.
type Step struct {
	Name string // as on the command line
	Doc  string // one line
	Cmds []Cmd
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

// platforms are the systems that the project supports.
var platforms = []struct{ os, arch string }{
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"darwin", "amd64"},
	{"darwin", "arm64"},
}

// Steps returns all steps in the order in which they run: the quick ones first.
func Steps() []Step {
	return []Step{
		{"format", "every file is as gofmt writes it", []Cmd{{Args: []string{"gofmt", "-l", "."}, Quiet: true}}},
		{"tidy", "go.mod and go.sum say what the sources need", []Cmd{{Args: []string{"go", "mod", "tidy", "-diff"}}}},
		{"build", "everything but the engine workers builds without cgo", []Cmd{{Env: []string{noCgo}, Args: []string{"go", "build", "./..."}}}},
		{"vet", "go vet finds nothing, here with cgo and on every other platform without", vetCmds()},
		{"test", "the tests pass", []Cmd{{Args: []string{"go", "test", "./..."}}}},
	}
}

func vetCmds() []Cmd {
	vet := []string{"go", "vet", "./..."}
	cmds := []Cmd{{Args: vet}}
	for _, p := range platforms {
		if p.os == runtime.GOOS && p.arch == runtime.GOARCH {
			continue // done with cgo; the step build has compiled what is there without
		}
		env := []string{noCgo, fmt.Sprintf("GOOS=%s", p.os), fmt.Sprintf("GOARCH=%s", p.arch)}
		cmds = append(cmds, Cmd{Env: env, Args: vet})
	}
	return cmds
}
