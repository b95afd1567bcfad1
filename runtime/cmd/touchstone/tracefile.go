package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/touchstone-wasm/touchstone/runtime/trace"
)

// printTrace prints the trace in a file in a form. What comes before an error is printed.
func printTrace(args []string, form trace.Format, s streams) (int, error) {
	if len(args) != 1 {
		return 0, usagef("-print: want one file with a trace")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return 0, err
	}
	defer f.Close()
	out := bufio.NewWriter(s.out)
	out.Write(form.AppendHeader(nil))
	for r, readErr := range trace.NewReader(f).All() {
		if readErr != nil {
			err = fmt.Errorf("%s: %w", args[0], readErr)
			break
		}
		if _, err = out.Write(form.Append(out.AvailableBuffer(), r)); err != nil {
			break
		}
	}
	if flushErr := out.Flush(); err == nil {
		err = flushErr
	}
	return 0, err
}

// diffContext is how many records before the first difference are printed.
const diffContext = 5

// statusDiffers is the exit status of -diff for traces that differ.
const statusDiffers = 1

// diffTraces prints the first difference of the traces in two files.
func diffTraces(args []string, s streams) (int, error) {
	if len(args) != 2 {
		return 0, usagef("-diff: want two files with traces")
	}
	var readers [2]*trace.Reader
	for i, name := range args {
		f, err := os.Open(name)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		readers[i] = trace.NewReader(f)
	}
	d, err := trace.Diff(readers[0], readers[1], diffContext)
	if err != nil || d == nil {
		return 0, err
	}
	return statusDiffers, writeDifference(s.out, d, args)
}

// writeDifference prints the records before, and behind - and + those that differ.
func writeDifference(out io.Writer, d *trace.Difference, names []string) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s and %s differ at record %d\n", names[0], names[1], d.Index+1)
	for _, r := range d.Before {
		fmt.Fprintf(w, "  %s\n", r)
	}
	for _, side := range []struct {
		mark string
		r    *trace.Record
	}{{"-", d.A}, {"+", d.B}} {
		if side.r == nil {
			fmt.Fprintf(w, "%s (the trace ends)\n", side.mark)
		} else {
			fmt.Fprintf(w, "%s %s\n", side.mark, side.r)
		}
	}
	return w.Flush()
}
