package workload

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/bench/build"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// files writes files below a directory.
func files(t *testing.T, dir string, contents map[string]string) {
	t.Helper()
	for name, text := range contents {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// subject is our own runtime in this process, for programs.
type subject struct{}

func (subject) Close() {}

func (subject) Compile(k *timing.Kernel) (timing.Module, error) {
	m, err := runtime.Compile(k.Module)
	return timing.Uncompiled(func() (timing.Instance, error) { return &instance{k, m}, nil }), err
}

type instance struct {
	kernel *timing.Kernel
	module *runtime.Module
}

func (*instance) Close() {}

func (in *instance) Call(uint32) (uint32, error) {
	stdin, err := os.Open(in.kernel.StdinFile())
	if err != nil {
		return 0, err
	}
	defer stdin.Close()
	var out [2]*os.File
	for i, name := range []string{in.kernel.StdoutFile(), in.kernel.StderrFile()} {
		if out[i], err = os.OpenFile(name, os.O_WRONLY, 0); err != nil {
			return 0, err
		}
		defer out[i].Close()
	}
	sys, err := wasi.New(&wasi.Config{Args: in.kernel.Program.Args, Stdin: stdin, Stdout: out[0], Stderr: out[1],
		Preopens: []wasi.Preopen{{Host: in.kernel.Dir, Guest: "."}}})
	if err != nil {
		return 0, err
	}
	defer sys.Close()
	var l runtime.Linker
	sys.Define(&l)
	linked, err := runtime.New(nil).Instantiate(context.Background(), in.module, &l)
	if err != nil {
		return 0, err
	}
	err = linked.Func(in.kernel.Export).CallStack(context.Background(), nil)
	if exit, ok := err.(*runtime.ExitError); ok {
		return exit.Code, nil
	}
	return 0, err
}

// runProgram runs a row as engines do.
func runProgram(t *testing.T, w *Workload) (timing.Sample, error) {
	t.Helper()
	k, err := w.Kernel(t.Context(), &World{Dir: t.TempDir()})
	if err != nil {
		return timing.Sample{}, err
	}
	s := timing.NewSession(func() (timing.Subject, error) { return subject{}, nil })
	defer s.Close()
	if err := s.Prepare(k); err != nil {
		return timing.Sample{}, err
	}
	return s.Time(timing.Batch{Calls: 2})
}

// specdiff stands for SPEC's own: it compares the last two of its arguments.
const specdiff = `#!/bin/sh
while [ $# -gt 2 ]; do shift; done
cmp "$1" "$2"
`

// TestSPEC runs a tree that is laid out as SPEC lays its out, with a program of our own; and the same with another reference.
func TestSPEC(t *testing.T) {
	dir := t.TempDir()
	run := "benchspec/CPU2006/999.pack/run/run_base_test_wasi.0000/"
	files(t, dir, map[string]string{
		run + "pack_base.wasi": string(packModule()),
		run + "input":          string(packText()),
		run + "speccmds.cmd": "-E LC_ALL C\n-C " + filepath.Join(dir, run) + "\n-o pack.out -e pack.err ../run_base_test_wasi.0000/pack_base.wasi arg < input > pack.out 2>> pack.err\n" +
			"__END__\n",
		run + "compare.cmd":     "-C " + filepath.Join(dir, run) + "\n-k -o packed.cmp specdiff -m -l 10 " + filepath.Join(dir, "reference") + " packed\n",
		"bin/specdiff":          specdiff,
		"reference":             string(packed(packText())),
		"benchspec/CPU2006/x.t": "",
	})
	rows := spec(Sources{SPEC: dir, SPECSize: "test"}).Workloads
	if len(rows) != 1 || rows[0].Name != "999_pack" || !word.MatchString(rows[0].Name) {
		t.Fatalf("rows %+v", rows)
	}
	if s, err := runProgram(t, &rows[0]); err != nil || s.Digest == "" {
		t.Fatalf("sample %+v, error %v", s, err)
	}
	files(t, dir, map[string]string{"reference": "something else"})
	if _, err := runProgram(t, &rows[0]); err == nil || !strings.Contains(err.Error(), "specdiff") {
		t.Errorf("error %v, want that of specdiff", err)
	}
	none := spec(Sources{SPEC: t.TempDir(), SPECSize: "train"}).Workloads
	if _, err := runProgram(t, &none[0]); err == nil || !strings.Contains(err.Error(), "--action=setup --size=train") {
		t.Errorf("error %v, want what to do", err)
	}
}

// TestSPECCommands: the forms of lines that CPU2006 and CPU2017 write.
func TestSPECCommands(t *testing.T) {
	got, err := parseSpecCommands("# made by runspec\n-S 1\n-b x\n-r\n-i a.in -o a.out -e a.err ../run/exe one two\n\nexe -v < b.in > b.out 2>> b.err\n__END__\nexe never")
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, error %v", got, err)
	}
	for i, want := range []string{"a.in a.out a.err ../run/exe one two", "b.in b.out b.err exe -v"} {
		if c := got[i]; strings.Join(append([]string{c.stdin, c.stdout, c.stderr}, c.words...), " ") != want {
			t.Errorf("%+v, want %s", c, want)
		}
	}
	for _, bad := range []string{"", "-o", "-z exe", "exe >", "# nothing\n"} {
		if got, err := parseSpecCommands(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

// needClang skips a test that compiles C where that cannot be done.
func needClang(t *testing.T) {
	t.Helper()
	if _, err := build.Find(); err != nil {
		t.Skip(err)
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
}

// TestTrees compiles and runs the programs of trees that are laid out as those of PolyBench, CoreMark and LMbench, and one that has a mistake.
func TestTrees(t *testing.T) {
	needClang(t)
	dir := t.TempDir()
	files(t, dir, map[string]string{
		"poly/utilities/polybench.c":           "int polybench_dummy;\n",
		"poly/utilities/polybench.h":           "#include <stdio.h>\n",
		"poly/linear-algebra/thing/thing-2.c":  "#include <polybench.h>\n#include \"thing-2.h\"\nint main(void) { fprintf(stderr, \"%d\\n\", N); return 0; }\n",
		"poly/linear-algebra/thing/thing-2.h":  "#ifdef SMALL_DATASET\n#define N 42\n#endif\n",
		"poly/linear-algebra/broken/broken.c":  "#include \"broken.h\"\nint main(void) { return nothing; }\n",
		"poly/linear-algebra/broken/broken.h":  "",
		"mark/core_main.c":                     "#include <stdio.h>\n#include <stdlib.h>\n#include <core_portme.h>\nint main(int n, char **v) { printf(\"[0]crclist : 0x%04x\\nTime %d\\n\", atoi(v[4]), CLOCK); return 0; }\n",
		"mark/posix/core_portme.h":             "#define CLOCK 7\n",
		"mark/posix/core_portme.c":             "int portable;\n",
		"lm/src/lat_syscall.c":                 "#include <stdio.h>\n#include <bench.h>\nint main(int n, char **v) { FILE *f = fopen(\"file\", \"r\"); if (n < 5 || !f) return 1; fprintf(stderr, \"Simple %s: %.4f microseconds\\n\", v[3], overhead()); return 0; }\n",
		"lm/src/lib_timing.c":                  "double overhead(void) { return 1.5; }\n",
		"lm/src/lib_tcp.c":                     "#include <no_such_header.h>\n",
		"lm/src/bench.h":                       "double overhead(void);\n",
		"poly/utilities/template-for-new.c":    "int main(void) { return 1; }\n",
		"poly/linear-algebra/thing/readme.txt": "",
	})
	rows := spec(Sources{PolyBench: filepath.Join(dir, "poly"), CoreMark: filepath.Join(dir, "mark")}).Workloads
	want := map[string]string{"polybench_broken": "nothing", "polybench_thing_2": "", "coremark": ""}
	if len(rows) != len(want) {
		t.Errorf("%d rows", len(rows))
	}
	for i := range rows {
		_, err := runProgram(t, &rows[i])
		if text, ok := want[rows[i].Name]; !ok || (err == nil) != (text == "") || err != nil && !strings.Contains(err.Error(), text) {
			t.Errorf("%s: error %v, want %q", rows[i].Name, err, text)
		}
	}
	for _, row := range lmbench(Sources{LMbench: filepath.Join(dir, "lm")}).Workloads {
		s, err := runProgram(t, &row)
		switch {
		case row.Name == "user_null" && err == nil:
			t.Error("a program that fails was taken")
		case row.Name != "user_null" && (err != nil || s.Figure != 2*1500):
			t.Errorf("%s: figure %v, error %v", row.Name, s.Figure, err)
		}
	}
	for name, w := range map[string]Workload{"CoreMark": spec(Sources{CoreMark: t.TempDir()}).Workloads[0], "LMbench": lmbench(Sources{LMbench: t.TempDir()}).Workloads[0]} {
		if _, err := runProgram(t, &w); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestPack: the program writes what the same in Go writes.
func TestPack(t *testing.T) {
	w := Workload{Name: "pack", Program: Pack}
	dir := t.TempDir()
	k, err := w.Kernel(t.Context(), &World{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	s := timing.NewSession(func() (timing.Subject, error) { return subject{}, nil })
	if err := s.Prepare(k); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Time(timing.Batch{Calls: 1}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(k.Dir, packOutput)); err != nil || string(got) != string(packed(packText())) {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
}
