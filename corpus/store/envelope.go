package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/corpus"
)

// The files of an envelope: a manifest beside the inputs, and a folder with what they stand for.
const (
	ManifestFile = "manifest.json"
	meaningDir   = "meaning"
)

// envelopeVersion is the version of the form of a manifest.
const envelopeVersion = 1

// Manifest says what the inputs of an envelope stood for when it was made. An input of most targets is a tape, of which a generator makes a module
// or a sequence of hostcalls: after a change of the generator the same bytes stand for something else. No version is kept by hand: whether
// an input still means what it meant is seen by generating it.
type Manifest struct {
	Version int              `json:"version"`
	Target  string           `json:"target"`
	Inputs  map[string]Entry `json:"inputs"` // by the names of their files
}

// Entry is one input of an envelope.
type Entry struct {
	Input   string `json:"input_sha256"`
	Meaning string `json:"meaning_sha256,omitempty"` // empty if the bytes are meant as they are
	File    string `json:"file,omitempty"`           // with what it stands for, below the envelope
}

// Meaning returns what an input stands for, and the ending of a file with that; nil if the bytes are meant as they are.
type Meaning func(input []byte) (data []byte, ext string)

// Seal writes inputs with what they stand for to the folder dir.
func Seal(dir, target string, inputs []corpus.Input, meaning Meaning) error {
	m := Manifest{Version: envelopeVersion, Target: target, Inputs: map[string]Entry{}}
	for _, input := range inputs {
		entry := Entry{Input: sum(input.Data)}
		if data, ext := meaning(input.Data); data != nil {
			entry.Meaning, entry.File = sum(data), path.Join(meaningDir, input.Name+ext)
			if err := Write(filepath.Join(dir, meaningDir), input.Name+ext, data); err != nil {
				return err
			}
		}
		m.Inputs[input.Name] = entry
		if err := Write(dir, input.Name, input.Data); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	return Write(dir, ManifestFile, append(text, '\n')) // last: without it, the folder is one of raw inputs
}

// Opened is what was in an envelope.
type Opened struct {
	Target string
	Same   []corpus.Input // they stand for what they stood for
	// Drifted are those of which a generator now makes something else, and Meanings, by the same index, what they stood for, under the
	// name of its file.
	Drifted, Meanings []corpus.Input
}

// Sealed reports whether a folder is an envelope.
func Sealed(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ManifestFile))
	return err == nil
}

// Unseal reads an envelope and finds out which of its inputs still stand for the same. Files that were changed since, or are missing, are
// errors.
func Unseal(dir string, meaning Meaning) (*Opened, error) {
	text, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if err != nil {
		return nil, err
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, ManifestFile), err)
	}
	if m.Version != envelopeVersion {
		return nil, fmt.Errorf("%s is of version %d; this program reads version %d", filepath.Join(dir, ManifestFile), m.Version, envelopeVersion)
	}
	inputs, err := Read(dir)
	if err != nil {
		return nil, err
	}
	o := &Opened{Target: m.Target}
	var errs []error
	for _, input := range inputs {
		entry, ok := m.Inputs[input.Name]
		if !ok || entry.Input != sum(input.Data) {
			errs = append(errs, fmt.Errorf("%s is not what was sealed", filepath.Join(dir, input.Name)))
			continue
		}
		delete(m.Inputs, input.Name)
		if data, _ := meaning(input.Data); entry.Meaning == "" || data != nil && sum(data) == entry.Meaning {
			o.Same = append(o.Same, input)
			continue
		}
		was, err := os.ReadFile(filepath.Join(dir, meaningDir, path.Base(entry.File)))
		if err == nil && sum(was) != entry.Meaning {
			err = fmt.Errorf("%s is not what was sealed", filepath.Join(dir, meaningDir, path.Base(entry.File)))
		}
		errs = append(errs, err)
		o.Drifted, o.Meanings = append(o.Drifted, input), append(o.Meanings, corpus.Input{Name: path.Base(entry.File), Data: was})
	}
	for name := range m.Inputs {
		errs = append(errs, fmt.Errorf("%s is missing", filepath.Join(dir, name)))
	}
	return o, errors.Join(errs...)
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}
