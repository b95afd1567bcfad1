// Package regressions holds guests that were dangerous to some runtime once, each written anew from what was published about the
// defect, with what must hold when an engine runs them. Package differential/regressions runs them.
package regressions

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"

	"github.com/touchstone-wasm/touchstone/corpus/regressions/guest"
)

// The two files of a regression's folder.
const (
	metaFile  = "regression.json"
	guestFile = "guest.txt"
)

//go:embed */regression.json */guest.txt
var files embed.FS

// Regression is one guest and what must hold of it.
type Regression struct {
	ID    string `json:"-"` // the name of the folder
	Title string `json:"title"`
	// Public are the identifiers under which the defect is known: of CVE, GitHub and RustSec, or issues as repository#number.
	Public []string `json:"public"`
	// Affected are the engines that had the defect, with versions.
	Affected []string `json:"affected"`
	// Beside says that the guest tries something beside the published defect, which the affected engines need not have had.
	Beside  bool   `json:"beside,omitempty"`
	Summary string `json:"summary"` // one sentence
	// Needs are the parts of the specification beyond 1.0 without which an engine need not accept the guest: "simd", "tail-call".
	Needs []string `json:"needs,omitempty"`
	// Tree is the file tree that the guest finds, by paths below its root: the content of a file, "-> target" for a symbolic link, "fifo"
	// for a named pipe. A path that ends in a slash is a directory. Folder "outside" is always there, and no engine is given it.
	Tree map[string]string `json:"tree,omitempty"`
	// Dirs are the preopened directories, folders of the tree, with ":ro" behind those that are read-only.
	Dirs []string `json:"dirs,omitempty"`
	// Args and Env are what the guest gets of them, Args without the program's name.
	Args []string `json:"args,omitempty"`
	Env  []string `json:"env,omitempty"`
	// Setup are the steps that must succeed, or else the dangerous step is not reached and nothing can be said.
	Setup []string `json:"setup,omitempty"`
	// Expect is what must hold, beside what must hold of every guest.
	Expect []Expectation `json:"expect,omitempty"`
	// Guest is the source of the guest, see package guest.
	Guest string `json:"-"`
}

// Expectation is one demand. Which fields count depends on the kind.
type Expectation struct {
	Kind string `json:"kind"`
	Step string `json:"step,omitempty"` // the step of the guest that it is about
	// Values are results, as "i32 7" or "f64 nan"; see differential/regressions.
	Values []string `json:"values,omitempty"`
	Trap   string   `json:"trap,omitempty"` // in the words of the specification's tests; empty means any
	MiB    uint64   `json:"mib,omitempty"`
	MS     int      `json:"ms,omitempty"`
	Path   string   `json:"path,omitempty"` // below the tree's root
}

// All returns the regressions in the order of their ids. The error names the folder.
func All() ([]*Regression, error) {
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, err
	}
	var all []*Regression
	for _, f := range folders {
		r := &Regression{ID: f.Name()}
		meta, err := files.ReadFile(path.Join(r.ID, metaFile))
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(bytes.NewReader(meta))
		d.DisallowUnknownFields()
		if err := d.Decode(r); err != nil {
			return nil, fmt.Errorf("%s: %w", path.Join(r.ID, metaFile), err)
		}
		source, err := files.ReadFile(path.Join(r.ID, guestFile))
		if err != nil {
			return nil, err
		}
		r.Guest = string(source)
		all = append(all, r)
	}
	return all, nil
}

// Build makes the guest's module. The path of the folder outside stands for "{outside}" in its texts.
func (r *Regression) Build(firstDir int, outside string) (*guest.Guest, error) {
	g, err := guest.Build(r.Guest, guest.Options{FirstDir: firstDir, Replace: []string{"{outside}", outside}})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path.Join(r.ID, guestFile), err)
	}
	return g, nil
}
