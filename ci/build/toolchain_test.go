package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// compilers makes programs on PATH, and nothing else there: those with true link libFuzzer, the others fail as a clang without its runtime.
func compilers(t *testing.T, links map[string]bool) string {
	dir := t.TempDir()
	for name, ok := range links {
		script := fmt.Sprintf("#!/bin/sh\ncase \"$*\" in *--version) echo clang version %s.0 as %s;; esac\n", release(name), name)
		if !ok {
			script = "#!/bin/sh\necho there is no libclang_rt.fuzzer >&2\nexit 1\n"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	return dir
}

// release returns the release of the compiler with a name; that without a number is 16.
func release(name string) string {
	if _, version, ok := strings.Cut(name, "-"); ok {
		return version
	}
	return "16"
}

// TestFind: the compiler of the environment is the first choice, then the newest.
func TestFind(t *testing.T) {
	both := func(versions map[string]bool) map[string]bool {
		links := map[string]bool{}
		for version, ok := range versions {
			links["clang"+version], links["clang++"+version] = ok, ok
		}
		return links
	}
	for _, test := range []struct {
		name     string
		versions map[string]bool
		cc, cxx  string
		want     string // the compilers, "%s" for the folder, or what the error says
	}{
		{name: "only a version", versions: map[string]bool{"-19": true}, want: "clang-19 clang++-19"},
		{name: "the newest version", versions: map[string]bool{"-19": true, "-9": true, "-20": true}, want: "clang-20 clang++-20"},
		{name: "an older one is the default", versions: map[string]bool{"": true, "-19": true}, want: "clang-19 clang++-19"},
		{name: "a newer one is the default", versions: map[string]bool{"": true, "-14": true}, want: "clang clang++"},
		{name: "no runtime", versions: map[string]bool{"": false, "-19": true}, want: "clang-19 clang++-19"},
		{name: "CC alone", versions: map[string]bool{"": true, "-18": true, "-19": true}, cc: "clang-18 -g", want: "clang-18 -g clang++-18 -g"},
		{name: "CXX alone", versions: map[string]bool{"": true, "-18": true}, cxx: "%s/clang++-18", want: "%[1]s/clang-18 %[1]s/clang++-18"},
		{name: "CC without libFuzzer", versions: map[string]bool{"-19": true}, cc: "gcc", want: "clang-19 clang++-19"},
		{name: "none", want: "there is none"},
		{name: "none that links", versions: map[string]bool{"": false}, want: "there is no libclang_rt.fuzzer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := compilers(t, both(test.versions))
			in := func(format string) string {
				if strings.Contains(format, "%") {
					return fmt.Sprintf(format, dir)
				}
				return format
			}
			t.Setenv(ccVariable, in(test.cc))
			t.Setenv(cxxVariable, in(test.cxx))
			tools, err := Find(t.Context())
			if err != nil {
				if !errors.Is(err, ErrNoClang) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%v, want %s", err, test.want)
				}
				return
			}
			if got := strings.Join(append(tools.CC, tools.CXX...), " "); got != in(test.want) {
				t.Errorf("%s, want %s", got, in(test.want))
			}
			if want := " as " + filepath.Base(tools.CXX[0]); !strings.HasSuffix(tools.Version, want) {
				t.Errorf("the version is %q, want %q", tools.Version, want)
			}
		})
	}
}
