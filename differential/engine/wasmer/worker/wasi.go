//go:build cgo

package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	wr "github.com/wasmerio/wasmer-go/wasmer"
	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// wasiState is the library's WASI of one guest.
type wasiState struct{ env *wr.WasiEnvironment }

func (g *guest) setWASI(s *engine.Setup) error {
	w := s.WASI
	if err := setStdin(w.Stdin); err != nil {
		return err
	}
	b := wr.NewWasiStateBuilder(w.Args[0]).InheritStdin().CaptureStdout().CaptureStderr()
	for _, a := range w.Args[1:] {
		b.Argument(a)
	}
	for _, kv := range w.Env {
		name, value, _ := strings.Cut(kv, "=")
		b.Environment(name, value)
	}
	for _, d := range w.Dirs {
		b.MapDirectory(d.Guest, d.Host)
	}
	env, err := b.Finalize()
	if err != nil {
		return err
	}
	g.wasi = &wasiState{env: env}
	if !importsWASI(s) {
		return nil // the library refuses to offer WASI to a module that does not ask for it
	}
	imports, err := env.GenerateImportObject(g.store, g.module)
	if err != nil {
		return &engine.LinkError{Message: err.Error()}
	}
	g.imports = imports
	return nil
}

func importsWASI(s *engine.Setup) bool {
	for i := range s.Module.Imports {
		if s.Module.Imports[i].Module == engine.WASIModule {
			return true
		}
	}
	return false
}

// setStdin puts a file with the guest's input at descriptor 0, the only input that the library can give to a guest.
func setStdin(data []byte) error {
	f, err := os.CreateTemp("", "touchstone-wasmer-stdin-")
	if err != nil {
		return err
	}
	defer f.Close()
	if err := os.Remove(f.Name()); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	if _, err := f.Seek(0, 0); err != nil {
		return err
	}
	if err := unix.Dup2(int(f.Fd()), 0); err != nil {
		return fmt.Errorf("replace descriptor 0: %w", err)
	}
	return nil
}

// Output copies what the guest wrote: the binding's slices point to memory of C.
func (g *guest) Output() (stdout, stderr []byte, err error) {
	if g.wasi == nil {
		return nil, nil, nil
	}
	stdout = append(stdout, g.wasi.env.ReadStdout()...)
	stderr = append(stderr, g.wasi.env.ReadStderr()...)
	runtime.KeepAlive(g)
	return stdout, stderr, nil
}
