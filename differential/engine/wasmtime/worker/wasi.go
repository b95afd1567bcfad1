//go:build cgo

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	wt "github.com/bytecodealliance/wasmtime-go/v42"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// wasiFiles are the files that stand for the guest's standard streams: the binding knows no others.
type wasiFiles struct{ dir string }

func (w *wasiFiles) path(stream string) string { return filepath.Join(w.dir, stream) }

// remove removes the files. What cannot be removed is left to the system's cleaning of temporary files.
func (w *wasiFiles) remove() { _ = os.RemoveAll(w.dir) }

func (g *guest) setWASI(w *engine.WASI) error {
	dir, err := os.MkdirTemp("", "touchstone-wasmtime-")
	if err != nil {
		return err
	}
	g.wasi = &wasiFiles{dir: dir}
	c := wt.NewWasiConfig()
	c.SetArgv(w.Args)
	var names, values []string
	for _, kv := range w.Env {
		name, value, _ := strings.Cut(kv, "=")
		names, values = append(names, name), append(values, value)
	}
	c.SetEnv(names, values)
	if err := os.WriteFile(g.wasi.path("stdin"), w.Stdin, 0o600); err != nil {
		return err
	}
	for stream, set := range map[string]func(string) error{"stdin": c.SetStdinFile, "stdout": c.SetStdoutFile, "stderr": c.SetStderrFile} {
		if err := set(g.wasi.path(stream)); err != nil {
			return fmt.Errorf("%s: %w", stream, err)
		}
	}
	for _, d := range w.Dirs {
		if err := preopen(c, d.Host, d.Guest, d.ReadOnly); err != nil {
			return fmt.Errorf("directory %s: %w", d.Host, err)
		}
	}
	g.store.SetWasi(c)
	g.linker = wt.NewLinker(g.engine)
	return g.linker.DefineWasi()
}

// Output reads what the guest wrote.
func (g *guest) Output() (stdout, stderr []byte, err error) {
	if g.wasi == nil {
		return nil, nil, nil
	}
	if stdout, err = readStart(g.wasi.path("stdout")); err != nil {
		return nil, nil, err
	}
	stderr, err = readStart(g.wasi.path("stderr"))
	return stdout, stderr, err
}

func readStart(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, engine.MaxOutput))
}
