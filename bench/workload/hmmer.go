package workload

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/bench/build"
)

var (
	hmmerSource = build.Tarball{Path: "pool/main/h/hmmer2/hmmer2_2.3.2+dfsg.orig.tar.xz", SHA256: "f9cd50acc23743648cb7de020c249bce396c3d07e0afe7e5418620cffa07bb44"}
	squidSource = build.Tarball{Path: "pool/main/b/biosquid/biosquid_1.9g+cvs20050121.orig.tar.gz",
		SHA256: "b6b752bcea5ec6468b52096cdde0e792b7f5ed5fb3f477ec7ac233c54646f925"}
)

// hmmerShim stands for what WASI does not have, programs and names of temporary files, and declares what HMMER calls undeclared.
const hmmerShim = `#include <stdio.h>
#include <stdlib.h>
#define popen(command, mode) ((FILE *)0)
#define pclose(stream) (-1)
#define system(command) (-1)
#define tmpnam(name) ((char *)0)
double Gammln(double x);
double IncompleteGamma(double a, double x);
`

// squidConfig is what the configure of squid would find out.
const squidConfig = `#define SQUID_VERSION "1.9g"
#define SQUID_DATE ""
#define SQUID_COPYRIGHT ""
#define SQUID_LICENSE ""
#define SIZEOF_UNSIGNED_SHORT 2
#define SIZEOF_UNSIGNED_INT 4
#define SIZEOF_UNSIGNED_LONG 4
#define SIZEOF_UNSIGNED_LONG_LONG 8
#define HAVE_STRTOUL 1
#define HAVE_STRTOULL 1
#define HAVE_FTELLO 1
#define HAVE_FSEEKO 1
`

// squidText is what that configure would write into a header, and gives functions other names that are in HMMER too.
var squidText = strings.NewReplacer("@SQD_UINT16@", "unsigned short", "@SQD_UINT32@", "unsigned int", "@SQD_UINT64@", "unsigned long long",
	"SampleCountvector", "SquidSampleCountvector", "SampleDirichlet", "SquidSampleDirichlet", "SampleGamma", "SquidSampleGamma")

// hmmerConfig is what the configure of HMMER would write into its header.
var hmmerConfig = strings.NewReplacer("#undef PACKAGE_NAME", `#define PACKAGE_NAME "HMMER"`, "#undef PACKAGE_VERSION", `#define PACKAGE_VERSION "2.3.2"`,
	"#undef PACKAGE_DATE", `#define PACKAGE_DATE ""`, "#undef PACKAGE_COPYRIGHT", `#define PACKAGE_COPYRIGHT ""`, "#undef PACKAGE_LICENSE", `#define PACKAGE_LICENSE ""`)

// hmmerProgram is hmmsearch with its library squid.
func hmmerProgram(dirs ...string) (*build.Program, error) {
	source, squid := filepath.Join(dirs[0], "src"), dirs[1]
	flags, libraries := build.Emulated()
	p := &build.Program{Name: "hmmsearch", Headers: []string{source}, Libraries: append(libraries, "-lm"), Flags: append(flags, "-include", "shim.h"),
		Own: map[string]string{"shim.h": hmmerShim, "squidconf.h": squidConfig}}
	config, err := os.ReadFile(filepath.Join(source, "config.h.in"))
	if err != nil {
		return nil, err
	}
	p.Own["config.h"] = hmmerConfig.Replace(string(config))
	if p.Sources, err = filepath.Glob(filepath.Join(source, "*.c")); err != nil {
		return nil, err
	}
	others := []string{"states.c", "camJul97.c", "weetest.c"}
	p.Sources = slices.DeleteFunc(p.Sources, func(file string) bool { // other programs, and what goes over a network
		name := filepath.Base(file)
		other := strings.HasPrefix(name, "hmm") && name != "hmmsearch.c" && name != "hmmio.c"
		return other || strings.Contains(name, "pvm") || slices.Contains(others, name)
	})
	files, err := os.ReadDir(squid)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		name := f.Name()
		if ext := filepath.Ext(name); ext != ".c" && ext != ".h" && name != "squid.h.in" || strings.HasSuffix(name, "_main.c") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(squid, name))
		if err != nil {
			return nil, err
		}
		p.Own[strings.TrimSuffix(name, ".in")] = squidText.Replace(string(text))
	}
	return p, nil
}
