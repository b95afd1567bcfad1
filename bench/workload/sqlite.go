package workload

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/bench/build"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// amalgamation is the Go module that has SQLite as one file of C: version 3.46.1.
var amalgamation = build.GoModule{Path: "github.com/mattn/go-sqlite3", Version: "v1.14.24", Sum: "h1:tpSp2G2KyMnnQu99ngJ47EIkWVmliIizyZBfPrBWDRM="}

// sqlFlags build SQLite as a program of one thread, which reads and writes by fd_pread and fd_pwrite.
var sqlFlags = []string{"-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION", "-DUSE_PREAD=1"}

//go:embed testdata/sqlite.c
var sqlDriver string

// sqlite is SQLite with SQL of our own, and with its own speedtest1 if the user has that.
func sqlite(from Sources) Suite {
	s := Suite{Name: "sqlite", Doc: "SQLite, compiled with the user's clang: time as the guest sees it, of a run", Baseline: "wasmtime", Rounds: 6, Wall: true, ByName: true,
		Apart: true}
	add := func(name, doc string, driver func() (*build.Program, error), args ...string) {
		s.Workloads = append(s.Workloads, Workload{Name: name, Doc: doc, Program: func(ctx context.Context, _ string) (*timing.Kernel, error) {
			return sqliteKernel(ctx, driver, args)
		}})
	}
	own := func() (*build.Program, error) {
		return &build.Program{Name: "sqlite", Own: map[string]string{"driver.c": sqlDriver}}, nil
	}
	add("file", "our SQL on a database in a file", own, "sqlite", "test.db", "1")
	add("memory", "our SQL on a database in memory", own, "sqlite", ":memory:", "1")
	if from.Speedtest1 == "" {
		return s
	}
	theirs := func() (*build.Program, error) {
		file, err := filepath.Abs(from.Speedtest1)
		return &build.Program{Name: "speedtest1", Sources: []string{file}, Own: map[string]string{}}, err
	}
	add("speedtest1_file", "the user's speedtest1 on a database in a file", theirs, "speedtest1", "--size", "1", "--vfs", "unix-none", "test.db")
	add("speedtest1_memory", "the user's speedtest1 on a database in memory", theirs, "speedtest1", "--size", "1", ":memory:")
	return s
}

// ownSQL is our driver, and sqlFile its arguments for a database in a file.
func ownSQL() (*build.Program, error) {
	return &build.Program{Name: "sqlite", Own: map[string]string{"driver.c": sqlDriver}}, nil
}

var sqlFile = []string{"sqlite", "test.db", "1"}

// sqliteKernel makes a driver with SQLite.
func sqliteKernel(ctx context.Context, driver func() (*build.Program, error), args []string) (*timing.Kernel, error) {
	p, err := driver()
	if err != nil {
		return nil, err
	}
	dir, err := amalgamation.Fetch(ctx)
	if err != nil {
		return nil, &Skipped{err.Error()}
	}
	p.Sources = append(p.Sources, filepath.Join(dir, "sqlite3-binding.c"))
	p.Flags, p.Headers = sqlFlags, []string{dir}
	p.Own["sqlite3.h"] = "#include \"sqlite3-binding.h\"\n" // the module has renamed it
	module, err := compile(ctx, p)
	if err != nil {
		return nil, err
	}
	// What speedtest1 prints has times in it; what it computes is in the database.
	return &timing.Kernel{Module: module, Export: timing.Start, Program: &timing.Program{Args: args, Stdout: p.Name == "sqlite"}}, nil
}

// compile makes a program; the error is a [*Skipped].
func compile(ctx context.Context, p *build.Program) ([]byte, error) {
	c, err := build.Find()
	if err != nil {
		return nil, &Skipped{err.Error()}
	}
	module, err := c.Make(ctx, p)
	if err != nil && !errors.Is(err, ctx.Err()) {
		err = &Skipped{fmt.Sprint(err)}
	}
	return module, err
}
