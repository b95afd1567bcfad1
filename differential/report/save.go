package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/differential/tree"
)

// savedSide is one engine's account in results.json.
type savedSide struct {
	Engine  string
	Version string
	Result  *engine.Result
	Tree    tree.Snapshot `json:",omitempty"`
}

// savedFile is one file of a finding's folder.
type savedFile struct {
	name string
	data []byte
}

// Folder returns the folder below out that keeps f.
func Folder(out string, f *session.Finding) string { return filepath.Join(out, f.Case.ID()) }

// ModuleFile is the name of the module in a finding's folder.
const ModuleFile = "module.wasm"

// Save keeps f in its folder below out: the module, all that every engine saw, the difference for people, and how to show
// it again. again is the command for the saved module; origin, if not empty, the one for where it came from.
func Save(out string, f *session.Finding, versions []string, again, origin string) error {
	dir := Folder(out, f)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var sides []savedSide
	for i := range f.Sides {
		s := &f.Sides[i]
		sides = append(sides, savedSide{s.Engine, versions[i], s.Result, s.Tree})
	}
	results, err := json.MarshalIndent(sides, "", "\t")
	if err != nil {
		return err
	}
	var readme bytes.Buffer
	fmt.Fprintf(&readme, "# %s %s\n\nFound in %s, %d bytes.\n\n", f.Kind(), f.Case.ID(), f.Case.Name, len(f.Case.Module))
	fmt.Fprintf(&readme, "`%s` is the module, `difference.txt` what differs, `results.json` all that each engine saw.\n\n", ModuleFile)
	fmt.Fprintf(&readme, "To show it again, from the folder in which it was found:\n\n    %s\n", again)
	fmt.Fprintf(&readme, "\nTo make the module smaller:\n\n    go run ./crashes min %s\n", path.Join(filepath.ToSlash(dir), ModuleFile))
	if origin != "" {
		fmt.Fprintf(&readme, "\nThe module came out of:\n\n    %s\n", origin)
	}
	files := []savedFile{
		{ModuleFile, f.Case.Module},
		{"results.json", results},
		{"difference.txt", []byte(Finding(f, again, ""))},
		{"README.md", readme.Bytes()},
	}
	if f.Explanation != nil {
		files = append(files, savedFile{"explanation.txt", []byte(f.Explanation.Text(f.Case.Module))})
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(dir, file.name), file.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
