// Package source gives the modules that are compared: generated ones from a seed, and those in files and folders.
package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Case is one module to compare.
type Case struct {
	Name  string // for people: "module 17 of seed 1", or a path
	Index int64  // of a generated module; -1 for a file
	Path  string // of a file; empty for a generated module
	// Module is the module's bytes. They are nil if Err says why they could not be had.
	Module []byte
	Err    error
	// Program tells that the module imports WASI. HostState tells that it imports calls whose answers are the host's, not
	// the program's, such as the time: then its memory differs from run to run.
	Program, HostState bool
	// Bare tells that the module imports WASI, but exports no memory of the name that WASI asks for.
	Bare bool
	// Calls are the names of the globals with the errnos of the calls that a program of hostcalls makes, in their order; nil for
	// any other module.
	Calls []string
	// Invalid is why our own decoder or validator refuses the module, or nil.
	Invalid error
}

// Cases is a sequence of modules. It ends when it is exhausted or the consumer has enough.
type Cases = iter.Seq[*Case]

// New returns the case of a module that stands in no file. Index is that of a generated module, or -1.
func New(name string, index int64, module []byte) *Case {
	c := &Case{Name: name, Index: index, Path: name, Module: module}
	c.examine()
	return c
}

// ID names the module by its content.
func (c *Case) ID() string {
	sum := sha256.Sum256(c.Module)
	return hex.EncodeToString(sum[:6])
}

// determined are the WASI calls whose answers follow from the world that all engines are given alike. The others tell of
// times, random numbers, inodes, rights or the order of folder entries.
var determined = []string{"args_get", "args_sizes_get", "environ_get", "environ_sizes_get", "fd_read", "fd_write", "fd_pread",
	"fd_pwrite", "fd_seek", "fd_tell", "fd_close", "proc_exit", "sched_yield"}

// examine fills in what kind of module c is. A module that our decoder refuses is searched for the name instead, so
// that a program that needs a later proposal still runs as a program on the engines that accept it.
func (c *Case) examine() {
	m, err := wasm.Decode(c.Module)
	if err == nil {
		err = wasm.Validate(m)
	}
	c.Invalid = err
	if m == nil {
		c.Program = bytes.Contains(c.Module, []byte(engine.WASIModule))
		c.HostState = c.Program
		return
	}
	memory := slices.ContainsFunc(m.Exports, func(e wasm.Export) bool { return e.Kind == wasm.ExternMemory && e.Name == "memory" })
	for i := range m.Imports {
		if m.Imports[i].Module == engine.WASIModule {
			c.Program, c.Bare = true, !memory
			c.HostState = c.HostState || !slices.Contains(determined, m.Imports[i].Name)
		}
	}
}
