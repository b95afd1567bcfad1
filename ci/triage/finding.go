package triage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/store"
)

// The files of a finding's folder. The header is written last, so that a folder that has one is whole.
const (
	headerFile   = "finding.json"
	inputFile    = "input"
	originalFile = "original"
	detailFile   = "detail.txt"
)

// finding is the header of a finding of a fuzz target.
type finding struct {
	Title  string `json:"title"`
	State  string `json:"state"` // open, confirmed, wontfix: it is known; fixed: it must not show again
	Kind   string `json:"kind"`
	Bucket string `json:"bucket"`
	Target string `json:"target,omitempty"`
	Origin struct {
		Command string `json:"command,omitempty"` // that shows it again
	} `json:"origin"`
}

// stateFixed is the state of findings that count as new when they show again.
const stateFixed = "fixed"

// known returns the folders of the findings below some folders by their buckets, without those that are fixed.
func known(roots []string) (map[string]string, error) {
	found := map[string]string{}
	for _, root := range roots {
		entries, err := os.ReadDir(root)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			dir := filepath.Join(root, e.Name())
			data, err := os.ReadFile(filepath.Join(dir, headerFile))
			if errors.Is(err, fs.ErrNotExist) || !e.IsDir() {
				continue
			}
			var f finding
			if err == nil {
				err = json.Unmarshal(data, &f)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", dir, err)
			}
			if f.State != stateFixed && f.Bucket != "" {
				found[f.Bucket] = dir
			}
		}
	}
	return found, nil
}

// save writes a finding to a folder of its own below root and returns the folder.
func save(root string, f *finding, input, original []byte, detail string) (string, error) {
	dir := filepath.Join(root, build.FileName(append([]byte(f.Target+"\x00"), original...))[:12])
	f.Origin.Command = fmt.Sprintf("go run ./ci replay %s %s", f.Target, filepath.Join(dir, inputFile))
	header, err := json.MarshalIndent(f, "", "\t")
	if err != nil {
		return "", err
	}
	for _, file := range []struct {
		name string
		data []byte
	}{{inputFile, input}, {originalFile, original}, {detailFile, []byte(detail)}, {headerFile, append(header, '\n')}} {
		if err := store.Write(filepath.Join(dir, file.name), file.data); err != nil {
			return "", err
		}
	}
	return dir, nil
}
