package hostcall

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// Files returns the calls that open a file to read and write and one to read.
func Files() []Call { return []Call{readWrite(), readOnly()} }

// Next returns one call, read from the current frame of a tape: of one of the given rows, each as likely as the others. What it puts
// into memory and where it may write is laid out as in a sequence of its own.
func Next(t *tape.Tape, opts *Options, rows []*wasi.Hostcall) Call {
	g := generator{t: t, opts: opts, next: scratch}
	g.call(rows[t.Intn(len(rows))])
	return g.out
}
