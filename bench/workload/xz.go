package workload

import (
	_ "embed"
	"path/filepath"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/bench/build"
)

var xzSource = build.Tarball{Path: "pool/main/x/xz-utils/xz-utils_5.4.1.orig.tar.xz", SHA256: "5d9827aa1875b21c288f78864bb26d2650b436ea8d2cad364e4921eb6266a5a5"}

// xzDriver packs its input by the library, and unpacks it again: the program xz wants signals, which WASI does not have.
//
//go:embed testdata/xz.c
var xzDriver string

// xzConfig is what the library's configure would find out, as far as the sources below ask, and what its header for threads wants of signals.
const xzConfig = `#define HAVE_STDINT_H 1
#define HAVE_STDBOOL_H 1
#define HAVE_INTTYPES_H 1
#define HAVE__BOOL 1
#define HAVE_LIMITS_H 1
#define HAVE_STRING_H 1
#define HAVE_CHECK_CRC32 1
#define HAVE_CHECK_CRC64 1
#define HAVE_ENCODERS 1
#define HAVE_DECODERS 1
#define HAVE_ENCODER_LZMA1 1
#define HAVE_ENCODER_LZMA2 1
#define HAVE_DECODER_LZMA1 1
#define HAVE_DECODER_LZMA2 1
#define HAVE_MF_HC3 1
#define HAVE_MF_HC4 1
#define HAVE_MF_BT2 1
#define HAVE_MF_BT3 1
#define HAVE_MF_BT4 1
#define SIZEOF_SIZE_T 4
#define TUKLIB_SYMBOL_PREFIX lzma_
typedef int sigset_t;
#define SIG_SETMASK 0
static inline int sigprocmask(int how, const sigset_t *set, sigset_t *old) { return 0; }
`

// xzProgram is liblzma without threads and filters other than LZMA.
func xzProgram(dirs ...string) (*build.Program, error) {
	library := filepath.Join(dirs[0], "src", "liblzma")
	flags, libraries := build.Emulated()
	p := &build.Program{Name: "xz", Libraries: libraries, Flags: append(flags, "-DHAVE_CONFIG_H", "-DNDEBUG"),
		Own: map[string]string{"config.h": xzConfig, "driver.c": xzDriver}, Headers: []string{filepath.Join(dirs[0], "src", "common")}}
	for _, folder := range []string{"api", "common", "check", "lz", "lzma", "rangecoder", "simple", "delta"} {
		p.Headers = append(p.Headers, filepath.Join(library, folder))
	}
	for _, pattern := range []string{"common/*.c", "lz/*.c", "lzma/*.c", "rangecoder/price_table.c", "check/check.c", "check/crc*_table.c", "check/crc*_fast.c"} {
		files, err := filepath.Glob(filepath.Join(library, pattern))
		if err != nil {
			return nil, err
		}
		p.Sources = append(p.Sources, files...)
	}
	p.Sources = slices.DeleteFunc(p.Sources, func(file string) bool {
		name := filepath.Base(file)
		return strings.HasSuffix(name, "_mt.c") || strings.HasSuffix(name, "_tablegen.c") || strings.HasPrefix(name, "hardware_") || name == "outqueue.c"
	})
	return p, nil
}
