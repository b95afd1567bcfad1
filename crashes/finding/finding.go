// Package finding is the form in which findings are kept: a folder with the module that shows it and a header that says what
// is known about it.
//
//	<id>/finding.json   the header, a [Finding] as JSON
//	<id>/module.wasm    the module, reduced as far as was possible
//
// The id is the beginning of the module's SHA-256, as package differential/source computes it, so that the same module
// is never kept twice.
package finding

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/source"
)

// The files of a finding's folder.
const (
	HeaderFile = "finding.json"
	ModuleFile = "module.wasm"
)

// maxFile bounds the files of a finding in bytes.
const maxFile = 16 << 20

// Class says what kind of disagreement or failure was found.
type Class string

// The classes.
const (
	Divergence Class = "divergence" // engines disagree
	Crash      Class = "crash"      // an engine's process died
	Hang       Class = "hang"       // an engine did not come back
)

// Classes are all classes.
var Classes = []Class{Divergence, Crash, Hang}

// Status says whose turn it is.
type Status string

// The statuses.
const (
	Open     Status = "open"     // an engine of ours or of others is wrong, and still is
	Fixed    Status = "fixed"    // we were wrong; what is expected is the right behaviour
	Accepted Status = "accepted" // nobody is wrong, or nobody will change; the reason is in the note
)

// Statuses are all statuses.
var Statuses = []Status{Open, Fixed, Accepted}

// Finding is what is known about one finding.
type Finding struct {
	Title  string   `json:"title"` // one line: what, not on which machine
	Class  Class    `json:"class"`
	Status Status   `json:"status"`
	Wrong  []string `json:"wrong,omitempty"` // the engines that are wrong
	Note   string   `json:"note,omitempty"`  // why, where it was reported
	// Expect is what each engine does with the module. A replay notices when that changes, for better or worse.
	Expect []Expectation `json:"expect"`

	ID     string `json:"-"` // the folder's name
	Module []byte `json:"-"` // what is in ModuleFile
}

// Expectation is what one engine does with a module.
type Expectation struct {
	Engine  string   `json:"engine"`
	Version string   `json:"version"` // of the engine that was seen
	Saw     []string `json:"saw"`     // one line a place that can be observed, see package replay
}

// ID returns the id of a finding with this module.
func ID(module []byte) string { return (&source.Case{Module: module}).ID() }

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
	if !slices.Contains(Classes, f.Class) {
		problem("unknown class %q; there are %q", f.Class, Classes)
	}
	if !slices.Contains(Statuses, f.Status) {
		problem("unknown status %q; there are %q", f.Status, Statuses)
	}
	if f.Status == Accepted && f.Note == "" {
		problem("an accepted finding needs a note that says why")
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
	if id := ID(f.Module); f.ID != id {
		problem("the folder is named %q, but the module's id is %q", f.ID, id)
	}
	return errors.Join(errs...)
}

// Load reads the finding in the folder dir and checks it.
func Load(dir string) (*Finding, error) {
	f := &Finding{ID: filepath.Base(dir)}
	header, err := readFile(filepath.Join(dir, HeaderFile))
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(header))
	d.DisallowUnknownFields()
	if err := d.Decode(f); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, HeaderFile), err)
	}
	if f.Module, err = readFile(filepath.Join(dir, ModuleFile)); err != nil {
		return nil, err
	}
	if err := f.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return f, nil
}

// Save writes f to a folder of its own below root, replacing the files there.
func (f *Finding) Save(root string) error {
	if err := f.Check(); err != nil {
		return err
	}
	header, err := json.MarshalIndent(f, "", "\t")
	if err != nil {
		return err
	}
	dir := filepath.Join(root, f.ID)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, ModuleFile), f.Module, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, HeaderFile), append(header, '\n'), 0o644)
}

// List loads all findings below root, ordered by id. A root that does not exist has none; a finding that cannot be
// loaded is an error, and does not keep the others from being returned.
func List(root string) ([]*Finding, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []*Finding
	var errs []error
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		f, err := Load(filepath.Join(root, e.Name()))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, f)
	}
	return list, errors.Join(errs...)
}

// readFile reads a file of at most maxFile bytes.
func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s: larger than %d bytes", name, maxFile)
	}
	return data, err
}
