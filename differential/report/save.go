package report

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/finding"
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

// Folder returns the folder below out that keeps f.
func Folder(out string, f *session.Finding) string { return filepath.Join(out, f.Case.ID()) }

// Save keeps f in its folder below out, in the form of package finding: besides what is there, all that every engine saw
// (results.json), the difference for people (difference.txt) and, if there is one, the explanation. again is the command for the saved
// module; origin says where it came from.
func Save(out string, f *session.Finding, versions []string, again string, origin finding.Origin) error {
	kept := &finding.Finding{
		Title: f.Likeness(), State: finding.Open, Kind: finding.Kind(f.Kind()), Bucket: f.Bucket(), Origin: origin,
		ID: f.Case.ID(), Module: f.Case.Module,
	}
	kept.Origin.Flaky, kept.Origin.Timeout = f.Flaky, f.Timeout
	sides := make([]savedSide, len(f.Sides))
	for i := range f.Sides {
		s := &f.Sides[i]
		sides[i] = savedSide{s.Engine, versions[i], s.Result, s.Tree}
		kept.Expect = append(kept.Expect, finding.Expectation{Engine: s.Engine, Version: versions[i], Saw: finding.Lines(s)})
	}
	if _, clear := f.Verdict.Majority(); clear || !f.Verdict.Diverges() {
		for _, i := range finding.Odd(f.Verdict) {
			kept.Wrong = append(kept.Wrong, f.Sides[i].Engine)
		}
	}
	results, err := json.MarshalIndent(sides, "", "\t")
	if err != nil {
		return err
	}
	kept.Files = map[string][]byte{"results.json": results, "difference.txt": []byte(Finding(f, again, ""))}
	if f.Explanation != nil {
		kept.Files["explanation.txt"] = []byte(f.Explanation.Text(f.Case.Module))
		for name, text := range finding.Traces(f.Case.Module, f.Explanation) {
			kept.Files[name] = text
		}
	}
	if f.Case.Calls != nil {
		text, e := os.ReadFile(f.Case.Path)
		kept.Files[finding.ProgramFile], err = text, errors.Join(err, e)
	}
	if w := f.World; w != nil {
		kept.World = &finding.World{Program: f.Program(), Args: w.Args, Env: w.Env, Stdin: w.Stdin}
		for _, d := range w.Dirs {
			kept.World.Dirs = append(kept.World.Dirs, finding.Dir{Guest: d.Guest, ReadOnly: d.ReadOnly})
			kept.Trees = append(kept.Trees, d.Template)
		}
	}
	return errors.Join(err, kept.Save(out))
}
