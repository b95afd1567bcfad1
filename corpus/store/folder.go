package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/touchstone-wasm/touchstone/corpus"
)

// MaxInput bounds an input, in bytes.
const MaxInput = 1 << 20

// Name is the name of the file of an input that was found, by its content.
func Name(input []byte) string {
	sum := sha256.Sum256(input)
	return Found + hex.EncodeToString(sum[:6])
}

// Found begins the names of inputs that fuzzing found. Others are made by hand or by the generators.
const Found = "found-"

// Read returns the inputs in the files of a folder, in the order of their names, raw ones and those of Go's fuzzing engine. Folders in it, and
// files whose names begin with a dot, are not looked at. What cannot be read is in the error and keeps the others from nothing.
func Read(dir string) ([]corpus.Input, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var inputs []corpus.Input
	var errs []error
	for _, e := range entries {
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") || e.Name() == ManifestFile {
			continue
		}
		input, err := readInput(filepath.Join(dir, e.Name()))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		inputs = append(inputs, corpus.Input{Name: e.Name(), Data: input})
	}
	return inputs, errors.Join(errs...)
}

func readInput(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > 8*MaxInput { // in Go's format a byte takes at most four
		return nil, fmt.Errorf("%s: larger than %d bytes", path, MaxInput)
	}
	data, err := os.ReadFile(path)
	if err == nil && IsGo(data) {
		data, err = ParseGo(data)
	}
	if err == nil && len(data) > MaxInput {
		err = fmt.Errorf("larger than %d bytes", MaxInput)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// Write writes a file whole or not at all, and makes its folder.
func Write(dir, name string, data []byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // of a success nothing is left
	_, err = file.Write(data)
	if err := errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), filepath.Join(dir, name))
}
