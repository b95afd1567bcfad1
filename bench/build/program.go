package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Program is what to make: sources and how.
type Program struct {
	Name    string
	Sources []string // files to compile
	Headers []string // directories where sources find others; what is in them belongs to the program
	// Own are files of our own by their names, which the sources find; those that end in .c are compiled with the others.
	Own       map[string]string
	Flags     []string
	Libraries []string // arguments of the linker
}

// Emulated are the flags and libraries of programs that expect more of POSIX than there is: signals, clocks of processes, mapped files.
func Emulated() (flags, libraries []string) {
	for _, what := range []string{"signal", "process-clocks", "mman"} {
		flags = append(flags, "-D_WASI_EMULATED_"+strings.ToUpper(strings.ReplaceAll(what, "-", "_")))
		libraries = append(libraries, "-lwasi-emulated-"+what)
	}
	return flags, libraries
}

// CacheDir returns the directory of what was made and fetched.
func CacheDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "touchstone", "bench"), nil
}

// Clean removes all that was made and fetched, and returns where that was.
func Clean() (string, error) {
	dir, err := CacheDir()
	if err != nil {
		return "", err
	}
	return dir, os.RemoveAll(dir)
}

// Make returns the program, made if it is not in the cache: that is keyed by the sources, the compiler and the flags.
func (c *Compiler) Make(ctx context.Context, p *Program) ([]byte, error) {
	key, err := c.key(p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	cache, err := CacheDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, key)
	file := filepath.Join(dir, p.Name+".wasm")
	if module, err := os.ReadFile(file); err == nil {
		return module, nil
	}
	module, err := c.make(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be compiled: %w", p.Name, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	manifest, err := json.MarshalIndent(map[string]any{"program": p.Name, "sources": p.Sources, "flags": p.Flags, "libraries": p.Libraries,
		"compiler": c.identity, "sha256": hash(module)}, "", "\t")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), manifest, 0o600); err != nil {
		return nil, err
	}
	return module, replace(file, module)
}

// replace writes a file so that nobody sees a part of it.
func replace(file string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), "part-")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // nothing, once it has its name
	if _, err := temp.Write(data); err != nil {
		temp.Close()
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), file)
}

// make compiles and links in a directory of its own.
func (c *Compiler) make(ctx context.Context, p *Program) ([]byte, error) {
	dir, err := os.MkdirTemp("", "touchstone-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	sources := slices.Clone(p.Sources)
	for _, name := range slices.Sorted(maps.Keys(p.Own)) {
		own := filepath.Join(dir, name)
		if err := os.WriteFile(own, []byte(p.Own[name]), 0o600); err != nil {
			return nil, err
		}
		if filepath.Ext(name) == ".c" {
			sources = append(sources, own)
		}
	}
	flags := append(slices.Clone(p.Flags), "-I"+dir)
	for _, h := range p.Headers {
		flags = append(flags, "-I"+h)
	}
	var objects []string
	for i, source := range sources {
		object := filepath.Join(dir, fmt.Sprintf("%d.o", i))
		if err := c.compile(ctx, dir, source, object, flags); err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	program := filepath.Join(dir, "program.wasm")
	if err := c.link(ctx, dir, objects, program, p.Libraries); err != nil {
		return nil, err
	}
	return os.ReadFile(program)
}

// key returns the digest of all that the program depends on. Paths are not in it, but for the names of the files.
func (c *Compiler) key(p *Program) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q %q\n", p.Name, p.Flags, p.Libraries, c.flags, c.identity)
	for _, name := range slices.Sorted(maps.Keys(p.Own)) {
		fmt.Fprintf(h, "%q %q\n", name, p.Own[name])
	}
	add := func(name, file string) error {
		data, err := os.ReadFile(file)
		fmt.Fprintf(h, "%q %d\n", name, len(data))
		h.Write(data)
		return err
	}
	for _, source := range p.Sources {
		if err := add(filepath.Base(source), source); err != nil {
			return "", err
		}
	}
	for _, dir := range p.Headers {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || !slices.Contains([]string{".h", ".c", ".inc"}, filepath.Ext(path)) {
				return err
			}
			return add(strings.TrimPrefix(path, dir), path)
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
