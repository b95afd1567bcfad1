package finding

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/tree"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The files of a finding's folder that have a meaning to programs.
const (
	HeaderFile   = "finding.json"
	ReadmeFile   = "README.md"
	ModuleFile   = "module.wasm"
	ListingFile  = "module.txt"
	InputFile    = "input"
	OriginalFile = "original"
	ProgramFile  = "program.hostcalls"
	treeDir      = "tree"
)

// The bounds of a folder, in bytes: of what tells of a finding, of the folders of a WASI program, and of a module that has a listing, which is
// some twenty times as long. The module or input itself has the bound of what can be run. What is larger is cut or left out, which is said.
const (
	maxText    = 16 << 20
	maxTree    = 16 << 20
	maxListing = 64 << 10
	maxFile    = 512 << 20
)

// made reports whether a file is written from a finding's fields.
func made(name string) bool {
	return slices.Contains([]string{HeaderFile, ReadmeFile, ModuleFile, ListingFile, InputFile, OriginalFile, treeDir}, name)
}

// Load reads the finding in the folder dir and checks it.
func Load(dir string) (*Finding, error) {
	f := &Finding{ID: filepath.Base(dir), Files: map[string][]byte{}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var header []byte
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if e.Name() == treeDir {
			f.Trees, err = trees(name)
		}
		if err != nil {
			return nil, err
		}
		if !e.Type().IsRegular() {
			continue
		}
		data, err := readFile(name)
		if err != nil {
			return nil, err
		}
		switch e.Name() {
		case HeaderFile:
			header = data
		case ModuleFile:
			f.Module = data
		case InputFile:
			f.Input = data
		case OriginalFile:
			f.Original = data
		case ReadmeFile, ListingFile:
		default:
			f.Files[e.Name()] = data
		}
	}
	if header == nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, HeaderFile), fs.ErrNotExist)
	}
	d := json.NewDecoder(bytes.NewReader(header))
	d.DisallowUnknownFields()
	if err := d.Decode(f); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, HeaderFile), err)
	}
	if err := f.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return f, nil
}

// trees returns the numbered folders of a tree. Git keeps no empty folder: one that is missing is empty.
func trees(dir string) (list []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		if err != nil || n < 0 || n > 100 || !e.IsDir() {
			return nil, fmt.Errorf("%s is no numbered folder", filepath.Join(dir, e.Name()))
		}
		for len(list) <= n {
			list = append(list, "")
		}
		list[n] = filepath.Join(dir, e.Name())
	}
	return list, err
}

// Save writes f to the folder of its id below root, in place of one that is there. Whatever happens in between, there is the one before
// or the one after, whole. It first mends what an earlier process left unfinished, see [Recover].
func (f *Finding) Save(root string) error {
	if err := f.Check(); err != nil {
		return err
	}
	f, err := f.bounded()
	if err != nil {
		return err
	}
	files, err := f.files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	if err := Recover(root); err != nil {
		return err
	}
	return replace(root, f.ID, func(dir string) error {
		for name, data := range files {
			if err := writeFile(filepath.Join(dir, name), data); err != nil {
				return err
			}
		}
		return f.copyTrees(dir)
	})
}

// bounded returns f without what is too large to be kept beside the module or input, which must not be lost because of it. The note says what
// is missing.
func (f *Finding) bounded() (*Finding, error) {
	out := *f
	out.Files, out.Trees = maps.Clone(f.Files), slices.Clone(f.Trees)
	lacks := func(format string, args ...any) {
		if out.Note != "" {
			out.Note += "\n\n"
		}
		out.Note += fmt.Sprintf(format, args...)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Files)) {
		if data := f.Files[name]; len(data) > maxText {
			out.Files[name] = data[:maxText:maxText]
			lacks("%s had %d bytes; the first %d of them are kept.", name, len(data), maxText)
		}
	}
	for i, from := range f.Trees {
		if from == "" {
			continue
		}
		snap, err := tree.Snap(from)
		if err != nil {
			return nil, err
		}
		size := int64(0)
		for _, e := range snap {
			size += e.Size
		}
		if size > maxTree {
			out.Trees[i] = ""
			lacks("Folder %d of the program has %d bytes and is not kept; a replay sees an empty one.", i, size)
		}
	}
	return &out, nil
}

// files returns the files of f's folder, without its tree.
func (f *Finding) files() (map[string][]byte, error) {
	header, err := json.MarshalIndent(f, "", "\t")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{HeaderFile: append(header, '\n'), ReadmeFile: []byte(f.Readme())}
	for name, data := range f.Files {
		files[name] = data
	}
	if f.Module != nil {
		files[ModuleFile] = f.Module
		if listing := Listing(f.Module); listing != nil {
			files[ListingFile] = listing
		}
	}
	if f.Input != nil {
		files[InputFile] = f.Input
	}
	if f.Original != nil {
		files[OriginalFile] = f.Original
	}
	for name, data := range files {
		if len(data) > maxFile {
			return nil, fmt.Errorf("%s has %d bytes, more than the %d that are kept", name, len(data), maxFile)
		}
	}
	return files, nil
}

// copyTrees copies the folders of a WASI program.
func (f *Finding) copyTrees(dir string) error {
	for i, from := range f.Trees {
		if from == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Join(dir, treeDir), 0o755); err != nil {
			return err
		}
		if err := tree.Copy(filepath.Join(dir, treeDir, strconv.Itoa(i)), from); err != nil {
			return err
		}
	}
	return nil
}

// Listing returns the text of a module, or nil if our own decoder refuses it or it would be too long.
func Listing(module []byte) []byte {
	m, err := wasm.Decode(module)
	if err != nil || len(module) > maxListing {
		return nil
	}
	var b bytes.Buffer
	if wasm.Disassemble(&b, m) != nil {
		return nil
	}
	return b.Bytes()
}

// List loads all findings below root, ordered by id. A root that does not exist has none; a finding that cannot be
// loaded is an error, and does not keep the others from being returned. Folders whose names begin with a dot are not looked at.
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
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
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
	info, err := os.Stat(name)
	if err == nil && info.Size() > maxFile {
		err = fmt.Errorf("%s: larger than %d bytes", name, maxFile)
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(name)
}
