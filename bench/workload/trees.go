package workload

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/bench/build"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// polyBenchTree returns the programs of the user's PolyBench/C: each file of C whose header has its name and stands beside it. The
// programs print what they computed on stderr.
func polyBenchTree(dir string) ([]Workload, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	utilities := filepath.Join(dir, "utilities")
	sources, err := sourcesBelow(dir, func(path string) bool {
		_, err := os.Stat(strings.TrimSuffix(path, ".c") + ".h")
		return err == nil && filepath.Dir(path) != utilities
	})
	if err != nil || sources == nil {
		return nil, &Skipped{fmt.Sprintf("there is no program of PolyBench/C below %s (%v)", dir, err)}
	}
	var list []Workload
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".c")
		flags, libraries := build.Emulated()
		p := &build.Program{Name: name, Sources: []string{source, filepath.Join(utilities, "polybench.c")}, Headers: []string{utilities, filepath.Dir(source)},
			Flags: append(flags, "-DSMALL_DATASET", "-DPOLYBENCH_DUMP_ARRAYS"), Libraries: append(libraries, "-lm")}
		list = append(list, treeRow("polybench_"+name, "the user's PolyBench/C: "+name, p, timing.Program{Args: []string{name}, Stderr: true}))
	}
	return list, nil
}

// coreMarkTree returns the user's CoreMark, with a fixed number of iterations. Of what it prints its checksums must be the same.
func coreMarkTree(dir string) ([]Workload, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	sources, err := filepath.Glob(filepath.Join(dir, "core_*.c"))
	if err != nil || sources == nil {
		return nil, &Skipped{"there is no core_*.c of CoreMark in " + dir}
	}
	port := filepath.Join(dir, "posix")
	flags, libraries := build.Emulated()
	p := &build.Program{Name: "coremark", Sources: append(sources, filepath.Join(port, "core_portme.c")), Headers: []string{dir, port},
		Flags: append(flags, "-DFLAGS_STR=\"-O2\""), Libraries: libraries}
	return []Workload{treeRow("coremark", "the user's CoreMark, 300 iterations", p,
		timing.Program{Args: []string{"coremark", "0x0", "0x0", "0x66", "300"}, Lines: `(?m)^\[0\]crc.*$`})}, nil
}

// treeRow returns the row of a program that is to be compiled.
func treeRow(name, doc string, p *build.Program, how timing.Program) Workload {
	name = strings.Trim(unfit.ReplaceAllString(strings.ToLower(name), "_"), "_")
	return Workload{Name: name, Doc: doc, Program: func(ctx context.Context, _ string) (*timing.Kernel, error) {
		module, err := compile(ctx, p)
		if err != nil {
			return nil, err
		}
		run := how
		return &timing.Kernel{Module: module, Export: timing.Start, Program: &run}, nil
	}}
}

// sourcesBelow returns the files of C below a directory that are wanted, in order.
func sourcesBelow(dir string, wanted func(string) bool) (list []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && filepath.Ext(path) == ".c" && wanted(path) {
			list = append(list, path)
		}
		return err
	})
	slices.Sort(list)
	return list, err
}

// lmbenchPrograms are LMbench's programs that tell a time and make sense under WASI, with their arguments. The others need processes,
// signals, pipes, mapped files or sockets of their own, or tell bandwidths.
var lmbenchPrograms = []struct{ name, program, args string }{
	{"null", "lat_syscall", "-N 1 null"}, {"read", "lat_syscall", "-N 1 read file"}, {"write", "lat_syscall", "-N 1 write file"},
	{"stat", "lat_syscall", "-N 1 stat file"}, {"fstat", "lat_syscall", "-N 1 fstat file"}, {"open", "lat_syscall", "-N 1 open file"},
	{"select", "lat_select", "-n 10 file"},
}

// microseconds is how LMbench's programs tell a time.
const microseconds = `(?m)([0-9.]+) microseconds`

// lmbenchTree returns the programs of the user's LMbench, or of a port of it to WASI: the original's way of timing needs processes.
func lmbenchTree(dir string) ([]Workload, error) {
	src, err := filepath.Abs(filepath.Join(dir, "src"))
	if err != nil {
		return nil, err
	}
	libraries, err := filepath.Glob(filepath.Join(src, "lib_*.c"))
	if err != nil || libraries == nil {
		return nil, &Skipped{"there is no src/lib_*.c of LMbench in " + dir}
	}
	libraries = slices.DeleteFunc(libraries, func(file string) bool { // what needs sockets of the guest's own
		return regexp.MustCompile(`lib_(tcp|udp|unix|sched)\.c$`).MatchString(file)
	})
	flags, emulated := build.Emulated()
	flags = append(flags, "-std=gnu11", "-Wno-error=implicit-function-declaration", "-Wno-error=implicit-int", "-Dvalloc=malloc", "-D_WASI_EMULATED_GETPID")
	emulated = append(emulated, "-lwasi-emulated-getpid", "-lm")
	var list []Workload
	for _, l := range lmbenchPrograms {
		source := filepath.Join(src, l.program+".c")
		if _, err := os.Stat(source); err != nil {
			continue
		}
		p := &build.Program{Name: l.program, Sources: append([]string{source}, libraries...), Headers: []string{src}, Flags: flags, Libraries: emulated}
		how := timing.Program{Args: append([]string{l.program}, strings.Fields(l.args)...), Figure: microseconds}
		row := treeRow("user_"+l.name, "the user's LMbench: "+l.program+" "+l.args+", what it tells", p, how)
		row.Program = inTree(row.Program)
		list = append(list, row)
	}
	return list, nil
}

// inTree gives a program a directory with a file.
func inTree(program func(context.Context, string) (*timing.Kernel, error)) func(context.Context, string) (*timing.Kernel, error) {
	return func(ctx context.Context, dir string) (*timing.Kernel, error) {
		k, err := program(ctx, dir)
		if err != nil {
			return nil, err
		}
		k.Program.Tree = filepath.Join(dir, "tree")
		k.Program.Ignore = []string{timing.File}
		if err := os.MkdirAll(k.Program.Tree, 0o700); err != nil {
			return nil, err
		}
		return k, os.WriteFile(filepath.Join(k.Program.Tree, timing.File), make([]byte, timing.FileSize), 0o600)
	}
}

// skippedRow is what stands for programs of a tree that could not be read.
func skippedRow(name string, err error) Workload {
	return Workload{Name: name, Doc: "what the user's tree has", Program: func(context.Context, string) (*timing.Kernel, error) { return nil, err }}
}
