package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFile bounds the size of a module's file in bytes.
const maxFile = 512 << 20

var magic = []byte("\x00asm")

// NotWasmError says that a file that was named is not a WebAssembly module in the binary format.
type NotWasmError struct{ Path string }

// Error returns the path and what is missing.
func (e *NotWasmError) Error() string {
	return e.Path + `: not a WebAssembly module: it does not begin with "\0asm"`
}

// NoModulesError says that a folder that was named holds no module.
type NoModulesError struct{ Path string }

// Error returns the path and what was looked for.
func (e *NoModulesError) Error() string {
	return e.Path + ": no file below this folder ends in .wasm or .hostcalls"
}

// NotRegularError says that a path is a pipe, a device or the like, whose reading might never end.
type NotRegularError struct{ Path string }

// Error returns the path and what it is not.
func (e *NotRegularError) Error() string { return e.Path + ": not a regular file" }

// Find lists the files to compare: the files among paths, and every file below the folders among them whose name ends
// in .wasm or .hostcalls. A file that is named must be a module, if a broken one; in a folder anything that ends so is
// taken, so that its refusal is compared, and what cannot be read is left to [Files] to say. Links to folders are
// followed only if they are named.
func Find(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			below, err := findBelow(path)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
			continue
		}
		if !isProgram(path) {
			if err := checkMagic(path); err != nil {
				return nil, err
			}
		}
		files = append(files, path)
	}
	return files, nil
}

func findBelow(root string) ([]string, error) {
	var files []string
	// The separator makes WalkDir follow a root that is a symbolic link.
	err := filepath.WalkDir(root+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && filepath.Clean(path) == filepath.Clean(root):
			return err
		case err != nil:
			files = append(files, path) // a folder that cannot be read: counted and said, as a file would be
		case !d.IsDir() && strings.HasSuffix(path, ".wasm") || isProgram(path):
			files = append(files, path)
		}
		return nil
	})
	if err == nil && files == nil {
		return nil, &NoModulesError{root}
	}
	slices.Sort(files)
	return files, err
}

func checkMagic(path string) error {
	f, err := open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	start := make([]byte, len(magic))
	if _, err := io.ReadFull(f, start); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !bytes.Equal(start, magic) {
		return &NotWasmError{path}
	}
	return nil
}

// Files returns the modules in files, in their order.
func Files(files []string) Cases {
	return func(yield func(*Case) bool) {
		for _, path := range files {
			c := &Case{Name: path, Index: -1, Path: path}
			if c.Module, c.Err = read(path); c.Err == nil && isProgram(path) {
				c.compile()
			}
			if c.Err == nil {
				c.define()
				c.examine()
			}
			if !yield(c) {
				return
			}
		}
	}
}

// open opens a regular file. It asks first, because to open a pipe waits for a writer.
func open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if _, err := os.ReadDir(path); err != nil { // says more than that it is a folder
			return nil, err
		}
	}
	if !info.Mode().IsRegular() {
		return nil, &NotRegularError{path}
	}
	return os.Open(path)
}

func read(path string) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	module, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(module) > maxFile {
		err = fmt.Errorf("%s: larger than %d bytes", path, maxFile)
	}
	return module, err
}
