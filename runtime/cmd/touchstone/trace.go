package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// defaultWindow is how many instructions are shown if -to does not say otherwise.
const defaultWindow = 1000

var traceCommand = &command{
	name:     "trace",
	synopsis: "[flags] file.wasm [arguments]",
	short:    "run a module and show the instructions that it executes; read and compare traces",
	long: `
Trace runs a module as run does, with the same flags, and prints a line for each instruction from number -from on to
number -to, both included, counted from 1; then it stops the guest. A line is the number, the function, the offset in the file,
the instruction, its operands, and behind -> what it left. What a call returned follows later, on a line with the number of
the call. Hostcalls stand in between, in the form of run -trace.

A branch goes on behind the end of a block that it leaves and behind the loop that it repeats, so these have no line of their own
then. Of a list of more than 16 values the first are shown.

With -counts it prints in place of lines how often each instruction was executed, and with operands of which classes.

With -format binary it writes the binary form of traces, which keeps what is too long for a line. With -print and -diff it runs nothing,
but reads traces in either form: -print prints one, and -diff A B prints the first difference of two with what is before it.

The guest runs in the command's own process, behind the monitor, but in no sandbox. What it prints, and the results of -invoke, go to
stderr. Fuel may be used up a little earlier than by run: a branch to
another branch counts twice.

Exit status: as of run; 0 if the guest was stopped because the window is over. Of -diff: 0 if the traces are the same, 1 if not, 2 if one
cannot be read.

examples:
  touchstone trace -to 50 prog.wasm
  touchstone trace -from 120000 -to 120064 -dir . prog.wasm input.txt
  touchstone trace -invoke fib lib.wasm 10
  touchstone trace -counts -invoke fib lib.wasm 20
  touchstone trace -format binary prog.wasm >new
  touchstone trace -diff old new
`,
	flags: traceFlags,
}

// traceOptions are the flags of trace.
type traceOptions struct {
	worldFlags
	from, to    uint64
	counts      bool
	format      trace.Format
	print, diff bool
}

func traceFlags(fs *flag.FlagSet) func(args []string, s streams) (int, error) {
	o := new(traceOptions)
	o.declare(fs)
	fs.Uint64Var(&o.from, "from", 1, "begin with instruction `N`")
	fs.Uint64Var(&o.to, "to", 0, fmt.Sprintf("end with instruction `N` (default %d behind -from, with -counts no bound)", defaultWindow-1))
	fs.BoolVar(&o.counts, "counts", false, "print how often instructions were executed instead")
	fs.TextVar(&o.format, "format", trace.Text, "print the trace in `FORMAT`: text or binary")
	fs.BoolVar(&o.print, "print", false, "print the trace in a file instead")
	fs.BoolVar(&o.diff, "diff", false, "print the first difference of the traces in two files instead")
	return func(args []string, s streams) (int, error) {
		switch {
		case o.print:
			return printTrace(args, o.format, s)
		case o.diff:
			return diffTraces(args, s)
		}
		if err := o.check(fs, args); err != nil {
			return 0, err
		}
		if !isGiven(fs, "to") {
			if o.to = o.from + defaultWindow - 1; o.counts || o.to < o.from {
				o.to = 1<<64 - 1
			}
		}
		if o.from == 0 || o.to < o.from {
			return 0, usagef("-from %d -to %d: instructions are counted from 1, and the window must not be empty", o.from, o.to)
		}
		return traceGuest(o, args[0], args[1:], s)
	}
}

// errWindowOver ends a guest of which no more is to be seen.
var errWindowOver = errors.New("the window is over")

// traceGuest prepares the guest, runs it under observation and returns the exit status.
func traceGuest(o *traceOptions, path string, args []string, s streams) (int, error) {
	g, err := newGuest(&o.worldFlags, path, args)
	if err != nil {
		return 0, err
	}
	if err := g.compile(true); err != nil {
		return 0, err
	}
	g.out, g.err = s.err, s.err
	cfg := &wasi.Config{Stdin: s.in, Stdout: s.err, Stderr: s.err}
	counts, printer := coverage.New(), newPrinter(s.out, o.format, g.module.Wasm(), o.from)
	w := &window{from: o.from, to: o.to, inside: runtime.Counting(counts), over: func(*runtime.Step) {}}
	if !o.counts {
		w.inside, w.over, cfg.Events = printer.step, printer.last, printer.hostcall
	}
	g.store.Observe(w.step)
	if err := g.enter(cfg); err != nil {
		return 0, err
	}
	err = g.execute()
	writeErr := printer.close()
	if o.counts && !g.left {
		writeErr = errors.Join(writeErr, writeCounts(s.out, counts))
	}
	if errors.Is(err, errWindowOver) {
		report(s.err, fmt.Sprintf("%s: stopped after instruction %d (-to ends the window)", path, o.to))
		err = nil
	}
	status, err := g.finish(err, s)
	if err == nil && writeErr != nil {
		err = fmt.Errorf("printing the trace: %w", writeErr)
	}
	return status, err
}

// window counts instructions and lets through those from one number on to another.
type window struct {
	from, to, n uint64
	inside      func(*runtime.Step) error
	over        func(*runtime.Step) // called for the first one behind the window
}

func (w *window) step(s *runtime.Step) error {
	w.n++
	switch {
	case w.n < w.from:
		return nil
	case w.n > w.to:
		w.over(s)
		return errWindowOver
	}
	return w.inside(s)
}

// writeCounts prints what was counted.
func writeCounts(out io.Writer, counts *coverage.Counts) error {
	w := bufio.NewWriter(out)
	for op := range wasm.Ops() {
		if n := counts.Executed(op); n > 0 {
			fmt.Fprintf(w, "%s %d\n", op, n)
		}
	}
	for cell, n := range counts.All() {
		if n > 0 {
			fmt.Fprintf(w, "%s %d\n", cell, n)
		}
	}
	s := counts.Summary(wasm.Executable)
	fmt.Fprintf(w, "executed: %d of %d instructions, %d of %d with their classes of operands\n", s.Ops, s.AllOps, s.Cells, s.AllCells)
	return w.Flush()
}
