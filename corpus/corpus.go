// Package corpus holds the seeds of the fuzz targets, one folder for each target.
package corpus

import (
	"embed"
	"io/fs"
)

// files are the seeds: <target>/<name>, each the bytes of one input as they are.
//
//go:embed decode differential execute hostcall instruction link lower metamorphic mixed policy reduce trace validate
var files embed.FS

// Target is a fuzz target as package testing gives it.
type Target interface {
	Helper()
	Add(args ...any)
	Fatalf(format string, args ...any)
}

// Seeds adds the seeds of a target to f. It fails the target if there are none.
func Seeds(f Target, target string) {
	f.Helper()
	inputs, err := Inputs(target)
	if err != nil || len(inputs) == 0 {
		f.Fatalf("corpus: no seeds for target %q (%v); add files to corpus/%s", target, err, target)
	}
	for _, input := range inputs {
		f.Add(input.Data)
	}
}

// Input is one seed.
type Input struct {
	Name string
	Data []byte
}

// Inputs returns the seeds of a target in the order of their names.
func Inputs(target string) ([]Input, error) {
	entries, err := fs.ReadDir(files, target)
	if err != nil {
		return nil, err
	}
	var inputs []Input
	for _, e := range entries {
		data, err := fs.ReadFile(files, target+"/"+e.Name())
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, Input{e.Name(), data})
	}
	return inputs, nil
}
