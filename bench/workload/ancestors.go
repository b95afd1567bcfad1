package workload

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/bench/build"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// The sources of free programs of which SPEC's are descendants, as a mirror of Debian has them.
var (
	bzip2Source   = build.Tarball{Path: "pool/main/b/bzip2/bzip2_1.0.8.orig.tar.gz", SHA256: "ab5a03176ee106d3f0fa90e381da478ddae405918153cca248e682cd0c4a2269"}
	quantumSource = build.Tarball{Path: "pool/main/libq/libquantum/libquantum_1.1.1.orig.tar.gz",
		SHA256: "d8e3c4407076558f87640f1e618501ec85bc5f4c5a84db4117ceaec7105046e5"}
)

// ancestors are those programs, fetched from a mirror and compiled.
func ancestors(mirror string) []Workload {
	var list []Workload
	add := func(name, doc string, program func(dirs ...string) (*build.Program, error), how timing.Program, from ...*build.Tarball) {
		list = append(list, Workload{Name: name, Doc: doc, Scalar: true, Program: func(ctx context.Context, _ string) (*timing.Kernel, error) {
			return ancestor(ctx, mirror, program, how, from)
		}})
	}
	text := packText()
	add("bzip2", "bzip2 1.0.8 packs a mebibyte: the ancestor of 401.bzip2", bzip2Program,
		timing.Program{Args: []string{"bzip2", "-9", "-c"}, Stdin: text, Stdout: true}, &bzip2Source)
	add("libquantum", "libquantum 1.1.1 factors 15 with a seed of our own: the library of 462.libquantum", quantumProgram,
		timing.Program{Args: []string{"quantum"}, Stdout: true}, &quantumSource)
	add("hmmer", "hmmsearch 2.3.2 looks for a domain in a protein of its own tests: the ancestor of 456.hmmer", hmmerProgram,
		timing.Program{Args: []string{"hmmsearch", "fn3.hmm", "titin.fa"}, Tree: "testsuite", Stdout: true}, &hmmerSource, &squidSource)
	add("xz", "liblzma 5.4.1 packs 200 KB and unpacks them: the library of 657.xz", xzProgram,
		timing.Program{Args: []string{"xz"}, Stdin: text[:200_000], Stdout: true}, &xzSource)
	goban := skippedRow("gnugo", &Skipped{"GNU Go is made of patterns that programs of its own compile, which would have to be built for this machine first: " +
		"that is not done here"})
	goban.Doc = "GNU Go 3.8: the ancestor of 445.gobmk"
	return append(list, goban)
}

// ancestor fetches and compiles a program. Of how it is run, a tree is one in the first source.
func ancestor(ctx context.Context, mirror string, program func(dirs ...string) (*build.Program, error), how timing.Program, from []*build.Tarball) (*timing.Kernel, error) {
	var dirs []string
	for _, tarball := range from {
		dir, err := tarball.Fetch(ctx, mirror)
		if err != nil {
			return nil, &Skipped{err.Error()}
		}
		dirs = append(dirs, dir)
	}
	p, err := program(dirs...)
	if err != nil {
		return nil, err
	}
	module, err := compile(ctx, p)
	if err != nil {
		return nil, err
	}
	if how.Tree != "" {
		how.Tree = filepath.Join(dirs[0], how.Tree)
	}
	return &timing.Kernel{Module: module, Export: timing.Start, Program: &how}, nil
}

// bzip2Shim stands for what WASI does not have: the modes and owners of files.
const bzip2Shim = `#include <sys/stat.h>
#include <unistd.h>
static inline int fchmod(int fd, mode_t mode) { return 0; }
static inline int fchown(int fd, uid_t owner, gid_t group) { return 0; }
static inline int chmod(const char *path, mode_t mode) { return 0; }
static inline mode_t umask(mode_t mode) { return 0; }
`

func bzip2Program(dirs ...string) (*build.Program, error) {
	dir := dirs[0]
	flags, libraries := build.Emulated()
	p := &build.Program{Name: "bzip2", Headers: []string{dir}, Own: map[string]string{"shim.h": bzip2Shim}, Libraries: libraries,
		Flags: append(flags, "-include", "shim.h")}
	for _, name := range []string{"bzip2", "blocksort", "huffman", "crctable", "randtable", "compress", "decompress", "bzlib"} {
		p.Sources = append(p.Sources, filepath.Join(dir, name+".c"))
	}
	return p, nil
}

// quantumDriver factors a number as Shor's algorithm does, but begins its random numbers with a seed that is always the same.
//
//go:embed testdata/quantum.c
var quantumDriver string

// quantumTypes is what the library's configure would write into its headers and their like: the types of C that it computes with.
var quantumTypes = strings.NewReplacer("@MU_TYPE@", "unsigned long long", "@CF_TYPE@", "float _Complex", "@RF_TYPE@", "float", "@I@", "1.0iF")

func quantumProgram(dirs ...string) (*build.Program, error) {
	dir := dirs[0]
	sources, err := filepath.Glob(filepath.Join(dir, "*.c"))
	if err != nil {
		return nil, err
	}
	sources = slices.DeleteFunc(sources, func(file string) bool { // programs, and what needs Fortran
		return slices.Contains([]string{"shor.c", "grover.c", "ising.c", "quobdump.c", "quobprint.c", "lapack.c"}, filepath.Base(file))
	})
	own := map[string]string{"driver.c": quantumDriver, "config.h": "#define IMAGINARY 1.0iF\n#define MAX_UNSIGNED unsigned long long\n" +
		"#define COMPLEX_FLOAT float _Complex\n#define REAL_FLOAT float\n"}
	for _, header := range []string{"types.h", "quantum.h"} {
		text, err := os.ReadFile(filepath.Join(dir, header+".in"))
		if err != nil {
			return nil, err
		}
		own[header] = quantumTypes.Replace(string(text))
	}
	return &build.Program{Name: "quantum", Sources: sources, Headers: []string{dir}, Libraries: []string{"-lm"}, Flags: []string{"-DHAVE_CONFIG_H"},
		Own: own}, nil
}
