package conform

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/ci/build"
)

// cases are programs that keep all rules or break some. The text goes into the body of the target in C++.
var cases = []struct {
	name   string
	body   string
	init   string // runs at start
	flags  string // in place of those that OSS-Fuzz has
	small  bool   // has hardly any code
	seeds  []string
	breaks []string // the rules
}{
	{name: "good", seeds: []string{"a"}},
	{name: "crashes_at_start", init: "abort();", seeds: []string{"a"}, breaks: []string{"starts", "runs", "counters", "moved", "seeds"}},
	{name: "crashes_on_anything", body: "abort();", seeds: []string{"a"}, breaks: []string{"starts", "runs", "seeds"}},
	{name: "ends_early", body: "if (++count == 3) exit(0);", seeds: []string{"a"}, breaks: []string{"runs"}},
	{name: "has_little_coverage", small: true, seeds: []string{"a"}, breaks: []string{"counters"}},
	{name: "has_no_sanitizer", flags: "-O1", small: true, seeds: []string{"a"}, breaks: []string{"counters", "sanitizer"}},
	{name: "needs_its_folder", init: "if (!fopen(BUILT \"/needs_its_folder\", \"r\")) abort();", seeds: []string{"a"},
		breaks: []string{"starts", "runs", "counters", "moved", "seeds"}},
	{name: "has_no_seeds", breaks: []string{"seeds"}},
	{name: "fails_on_a_seed", body: "if (size == 1 && data[0] == 'x' + zero) __builtin_trap();", seeds: []string{"x"}, breaks: []string{"seeds"}},
}

// source returns a target in C++.
func source(body, init string, small bool) string {
	bulk := ""
	if !small {
		bulk = "bulk(data, size);"
	}
	return fmt.Sprintf(`#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
void bulk(const uint8_t *, size_t);
static int count; static volatile int zero;
extern "C" int LLVMFuzzerInitialize(int *, char ***) { %s return 0; }
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { %s %s return count - count; }
`, init, body, bulk)
}

// bulk returns a source with enough code to be like a real target.
func bulk() string {
	var b strings.Builder
	b.WriteString("#include <stddef.h>\n#include <stdint.h>\nstatic volatile int sink;\nvoid bulk(const uint8_t *d, size_t n) {\n")
	for i := range 600 {
		fmt.Fprintf(&b, "if (n > %d && d[%d] == %d) sink = d[%d];\n", i+1, i, i%256, i+1)
	}
	b.WriteString("}\n")
	return b.String()
}

// TestRules: each rule holds for a good target and fails for one that breaks it.
func TestRules(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles nine programs")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the rules are for programs of Linux")
	}
	_, restore, err := Environment(t.Context())
	if err != nil {
		t.Skip(err)
	}
	defer restore()
	tools, err := build.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	much := filepath.Join(t.TempDir(), "bulk.o")
	compileBulk(t, tools, much)
	broken := map[string]bool{}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			target := compile(t, tools, c.name, source(c.body, c.init, c.small), c.flags, much, c.seeds)
			var is []string
			for _, rule := range Rules {
				if err := rule.Check(t.Context(), target); err != nil {
					is = append(is, rule.Name)
					broken[rule.Name] = true
					t.Logf("%s: %.200s", rule.Name, err)
				}
			}
			if fmt.Sprint(is) != fmt.Sprint(c.breaks) {
				t.Errorf("it breaks %q, want %q", is, c.breaks)
			}
		})
	}
	for _, rule := range Rules {
		if !broken[rule.Name] {
			t.Errorf("no target breaks the rule %s", rule.Name)
		}
	}
}

// compileBulk compiles the much code of all targets once.
func compileBulk(t *testing.T, tools *build.Toolchain, object string) {
	file := filepath.Join(t.TempDir(), "bulk.cc")
	if err := os.WriteFile(file, []byte(bulk()), 0o644); err != nil {
		t.Fatal(err)
	}
	only := *tools
	only.Engine = []string{"-fsanitize=fuzzer-no-link", "-c"}
	if err := only.Link(t.Context(), object, file); err != nil {
		t.Fatal(err)
	}
}

// compile builds a target in a folder and moves it to another.
func compile(t *testing.T, tools *build.Toolchain, name, text, flags, much string, seeds []string) *Target {
	dir := t.TempDir()
	built, out := filepath.Join(dir, "built"), filepath.Join(dir, "out")
	if err := os.Mkdir(built, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, name+".cc")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	with, inputs := *tools, []string{file, much}
	if flags != "" {
		with.Flags = strings.Fields(flags)
	}
	if !strings.Contains(text, "bulk(data") {
		inputs = inputs[:1]
	}
	with.Flags = append(append([]string(nil), with.Flags...), fmt.Sprintf("-DBUILT=%q", built))
	if err := with.Link(t.Context(), filepath.Join(built, name), inputs...); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, seed := range seeds {
		w, err := z.Create(fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(seed)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for suffix, data := range map[string][]byte{build.SeedsSuffix: b.Bytes(), build.OptionsSuffix: []byte("[libfuzzer]\nmax_len = 64\n")} {
		if err := os.WriteFile(filepath.Join(built, name+suffix), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(built, out); err != nil {
		t.Fatal(err)
	}
	return &Target{Name: name, Dir: out, Built: built, Scratch: t.TempDir()}
}

// TestNotMoved: where the folder of the build is still there, the rule cannot be seen to hold.
func TestNotMoved(t *testing.T) {
	if err := moved(t.Context(), &Target{Built: t.TempDir(), runs: "Done 4 runs"}); err == nil {
		t.Error("a target that was not moved keeps the rule")
	}
}
