package replay

import (
	"errors"
	"os"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// world makes the WASI of a program that is recorded. The files of its streams are closed here: the system has duplicates.
func world(k *timing.Kernel) (*wasi.System, error) {
	input, err := os.Open(k.StdinFile())
	output, err2 := os.OpenFile(k.StdoutFile(), os.O_WRONLY, 0)
	log, err3 := os.OpenFile(k.StderrFile(), os.O_WRONLY, 0)
	for _, f := range []*os.File{input, output, log} {
		defer f.Close()
	}
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, err
	}
	return wasi.New(&wasi.Config{Args: k.Program.Args, Stdin: input, Stdout: output, Stderr: log,
		Preopens: []wasi.Preopen{{Host: k.Dir, Guest: "."}}})
}
