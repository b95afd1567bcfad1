// Package harness holds the fuzz targets: what each is called, where its seeds are, what it is for and which property it checks. Package
// testing runs them as go test -fuzz=NAME; commands and the entry of libFuzzer open them here.
package harness

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// Target is a fuzz target: a property of bytes.
type Target struct {
	// Name is what go test -list prints and -fuzz takes, such as FuzzDecode.
	Name string
	// Corpus is the folder of corpus/ with its seeds.
	Corpus string
	// Hostcall is the ID of the hostcall that most calls are of, for a target of a single hostcall; else it is empty.
	Hostcall string
	// Aims are the parts of the project that the target is for. A target of a single hostcall has none of its own.
	Aims []Aim
	// Meaning returns what an input stands for, if a generator makes something of it, and the ending of a file with that: ".wasm" or
	// ".hostcalls". Nil means that the bytes are meant as they are, or as parts of several things.
	Meaning func(input []byte) (data []byte, ext string)
	// Open prepares what the target keeps between inputs. It may keep files in a temporary directory, until the second function is called,
	// which returns an error if something of that cannot be removed. The check is for one goroutine at a time.
	Open func(context.Context) (Check, func() error, error)
}

// Check checks one input. It returns nil if the property holds.
type Check func(ctx context.Context, input []byte) *oracle.Failure

// Aim is a part of the project, mostly of the runtime, that a target is for.
type Aim struct {
	What    string   // for people
	Package string   // its folder in the project
	Files   []string // patterns; those that begin with "!" leave files out
}

// Has reports whether a file, by its path in the project, belongs to the aim.
func (a *Aim) Has(file string) bool {
	dir, base := path.Split(file)
	if path.Clean(dir) != a.Package {
		return false
	}
	has := len(a.Files) == 0
	for _, p := range a.Files {
		p, not := strings.CutPrefix(p, "!")
		if ok, _ := path.Match(p, base); ok {
			if not {
				return false
			}
			has = true
		}
	}
	return has
}

// Concerns returns what the target aims at, or for a target of a single hostcall, what the one of all hostcalls does.
func (t *Target) Concerns() []Aim {
	if t.Hostcall != "" {
		return fuzzHostcall.Aims
	}
	return t.Aims
}

// targets has a line for each target that is not for a single hostcall. Each has its own file.
var targets = []Target{
	fuzzDecode,
	fuzzValidate,
	fuzzLower,
	fuzzExecute,
	fuzzInstruction,
	fuzzLink,
	fuzzDifferential,
	fuzzMetamorphic,
	fuzzMixed,
	fuzzHostcall,
	fuzzReduce,
	fuzzTrace,
	fuzzPolicy,
}

// Targets returns all targets: those of single hostcalls are the last, in the order of the table of hostcalls.
func Targets() []Target { return slices.Concat(targets, eachHostcall()) }

// Find returns the target with a name.
func Find(name string) (Target, error) {
	all := Targets()
	i := slices.IndexFunc(all, func(t Target) bool { return t.Name == name })
	if i < 0 {
		return Target{}, fmt.Errorf("harness: there is no target %q: go test -list=Fuzz ./harness names all", name)
	}
	return all[i], nil
}

// asModule says that an input stands for a module.
func asModule(module func([]byte) []byte) func([]byte) ([]byte, string) {
	return func(input []byte) ([]byte, string) { return module(input), ".wasm" }
}

// asHostcalls says that an input stands for a sequence of hostcalls.
func asHostcalls(input []byte) ([]byte, string) { return oracle.HostcallText(input), ".hostcalls" }

// stateless opens a target that keeps nothing between inputs.
func stateless(check Check) func(context.Context) (Check, func() error, error) {
	return func(context.Context) (Check, func() error, error) { return check, func() error { return nil }, nil }
}

// withWazero opens a target that compares with wazero.
func withWazero(check func(*oracle.Wazero, context.Context, []byte) *oracle.Failure) func(context.Context) (Check, func() error, error) {
	return func(ctx context.Context) (Check, func() error, error) {
		w := oracle.NewWazero(ctx, false)
		bound := func(ctx context.Context, input []byte) *oracle.Failure { return check(w, ctx, input) }
		return bound, func() error { return w.Close(context.WithoutCancel(ctx)) }, nil
	}
}
