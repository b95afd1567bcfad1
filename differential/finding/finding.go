package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/source"
)

// State says whose turn it is.
type State string

// The states.
const (
	Open      State = "open"      // nobody has looked into it
	Confirmed State = "confirmed" // we are wrong, or it is not known who is, and nobody has mended it yet
	Fixed     State = "fixed"     // we were wrong; what is expected is the right behaviour
	WontFix   State = "wontfix"   // nobody is wrong, or nobody will change; the reason is in the note
	Foreign   State = "foreign"   // an engine of others is wrong; the specification's sentence is in the note
)

// States are all states.
var States = []State{Open, Confirmed, Fixed, WontFix, Foreign}

// Shows reports whether a finding of the state must still show what it was found for.
func (s State) Shows() bool { return s != Fixed }

// Finding is what is known about one finding.
type Finding struct {
	Title  string   `json:"title"` // one line
	State  State    `json:"state"`
	Kind   Kind     `json:"kind"`
	Bucket Bucket   `json:"bucket"`
	Wrong  []string `json:"wrong,omitempty"` // the engines that are wrong
	Note   string   `json:"note,omitempty"`  // why, where it was reported
	// Target is the fuzz target that fails, for a Failure.
	Target string `json:"target,omitempty"`
	// Expect is what each engine does with the module. A replay notices when that changes, for better or worse.
	Expect []Expectation `json:"expect,omitempty"`
	Origin Origin        `json:"origin,omitzero"`
	World  *World        `json:"world,omitempty"` // of a WASI program; nil means an empty folder and no arguments

	ID     string `json:"-"` // the folder's name
	Module []byte `json:"-"` // what is in ModuleFile; nil if there is none
	Input  []byte `json:"-"` // what is in InputFile; nil if no target is concerned
	// Original is what is in OriginalFile: the module or the input that was found; nil if that is not reduced.
	Original []byte `json:"-"`
	// Trees are the folders on this machine whose copies are in the finding's tree, one for each of World.Dirs.
	Trees []string `json:"-"`
	// Files are the other files of the folder, by their names, without those that [Finding.Save] makes of the rest.
	Files map[string][]byte `json:"-"`
}

// Expectation is what one engine does with a module.
type Expectation struct {
	Engine  string   `json:"engine"`
	Version string   `json:"version"` // of the engine that was seen
	Saw     []string `json:"saw"`     // one line a place that can be observed, see [Lines]
}

// Origin says how a finding was come to.
type Origin struct {
	Command string        `json:"command,omitempty"` // that finds it again
	Seed    *int64        `json:"seed,omitempty"`    // of a generated module, with its index
	Index   *int64        `json:"index,omitempty"`
	Level   int           `json:"level,omitempty"`      // of the traces that were compared
	Timeout time.Duration `json:"timeout_ns,omitempty"` // for the module on each engine
	Flaky   bool          `json:"flaky,omitempty"`      // a second run did not show it
}

// World is what a WASI program sees besides its folders' contents.
type World struct {
	Program string   `json:"program,omitempty"` // its name; empty for that of the finding's module
	Args    []string `json:"args,omitempty"`    // behind the program's name
	Env     []string `json:"env,omitempty"`
	Stdin   []byte   `json:"stdin,omitempty"`
	Dirs    []Dir    `json:"dirs,omitempty"`
}

// Dir is a preopened folder; its content is in the finding's tree under its number.
type Dir struct {
	Guest    string `json:"guest"`
	ReadOnly bool   `json:"read_only,omitempty"`
}

// ModuleID returns the id of a finding that was found with a module.
func ModuleID(module []byte) string { return (&source.Case{Module: module}).ID() }

// InputID returns the id of a finding that was found with an input of a fuzz target. The same bytes are another finding of another target.
func InputID(target string, input []byte) string {
	h := sha256.New()
	_, _ = io.WriteString(h, target+"\x00")
	_, _ = h.Write(input)
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// Identity returns the id that f must have.
func (f *Finding) Identity() string {
	found := f.Original
	switch {
	case f.Kind == Failure && found == nil:
		found = f.Input
	case found == nil:
		found = f.Module
	}
	if f.Kind == Failure {
		return InputID(f.Target, found)
	}
	return ModuleID(found)
}

// Expectation returns what is expected of an engine, or nil.
func (f *Finding) Expectation(engine string) *Expectation {
	for i := range f.Expect {
		if f.Expect[i].Engine == engine {
			return &f.Expect[i]
		}
	}
	return nil
}

// Check says what is wrong with a finding, or returns nil.
func (f *Finding) Check() error {
	var errs []error
	problem := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if f.Title == "" || strings.ContainsAny(f.Title, "\n\r") {
		problem("the title must be one line")
	}
	if !slices.Contains(Kinds, f.Kind) {
		problem("unknown kind %q; there are %q", f.Kind, Kinds)
	} else if f.Bucket.Kind != f.Kind {
		problem("a %s is in a bucket of kind %q", f.Kind, f.Bucket.Kind)
	}
	if !slices.Contains(States, f.State) {
		problem("unknown state %q; there are %q", f.State, States)
	}
	if (f.State == WontFix || f.State == Foreign) && f.Note == "" {
		problem("a finding that is %s needs a note that says why", f.State)
	}
	if f.Kind == Failure {
		f.checkFailure(problem)
	} else {
		f.checkEngines(problem)
	}
	if f.World != nil && len(f.Trees) > len(f.World.Dirs) {
		problem("there are %d folders and %d of them are kept", len(f.World.Dirs), len(f.Trees))
	}
	for name := range f.Files {
		if made(name) || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
			problem("the file %q is not one that can be added", name)
		}
	}
	if id := f.Identity(); f.ID != id {
		problem("the folder is named %q, but the id of what was found is %q", f.ID, id)
	}
	return errors.Join(errs...)
}

func (f *Finding) checkFailure(problem func(string, ...any)) {
	if f.Target == "" || f.Input == nil {
		problem("the failure of a target needs the target and the input")
	}
	if len(f.Expect) > 0 {
		problem("the failure of a target is expected of no engine")
	}
}

func (f *Finding) checkEngines(problem func(string, ...any)) {
	if len(f.Module) == 0 || f.Target != "" {
		problem("what engines do needs a module and no target")
	}
	if len(f.Expect) == 0 {
		problem("nothing is expected of any engine")
	}
	seen := map[string]bool{}
	for _, e := range f.Expect {
		if e.Engine == "" || seen[e.Engine] || len(e.Saw) == 0 {
			problem("an expectation needs an engine of its own and what it saw, got engine %q with %d lines", e.Engine, len(e.Saw))
		}
		seen[e.Engine] = true
	}
	for _, name := range f.Wrong {
		if !seen[name] {
			problem("%s is said to be wrong, but nothing is expected of it", name)
		}
	}
}
