// Coverage prints how much of what each fuzz target aims at its seeds execute, in statements.
//
//	go run ./harness/cmd/coverage [-v]
//
// What is there only for planted bugs, which ordinary builds do not have, is not counted. With -v it names the functions that are not
// executed whole.
//
//	go run ./harness/cmd/coverage -pairs [-n modules] [-v | -json]
//
// prints how many instructions generated modules execute, and how many of them with operands of each class or pair of classes;
// with -v it names those that none executes.
//
//	go run ./harness/cmd/coverage -hostcalls [-n sequences] [-v | -json]
//
// prints which errnos each hostcall returns in the seeds of its target and in generated sequences; with -v also those that it declares and
// does not return. With -json, both write one JSON value, which go run ./ci report reads. Exit status: 0, or 2 if a target fails or
// cannot be run.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/touchstone-wasm/touchstone/harness/coverage"
)

// options are what the command line says.
type options struct {
	pairs, hostcalls, verbose, json bool
	n                               int
}

func main() {
	var o options
	flag.BoolVar(&o.verbose, "v", false, "name the functions that are not executed whole, and what is never executed or returned")
	flag.BoolVar(&o.pairs, "pairs", false, "print which instructions with operands of which classes generated modules execute")
	flag.BoolVar(&o.hostcalls, "hostcalls", false, "print which errnos hostcalls return")
	flag.BoolVar(&o.json, "json", false, "write JSON, with -pairs or -hostcalls")
	flag.IntVar(&o.n, "n", 10_000, "execute this `number` of generated modules or sequences, with -pairs or -hostcalls")
	flag.Parse()
	if err := o.run(context.Background(), os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "coverage:", err)
		os.Exit(2)
	}
}

// run measures what the options ask for and writes it.
func (o *options) run(ctx context.Context, stdout, stderr io.Writer) error {
	switch {
	case flag.NArg() > 0:
		return fmt.Errorf("%q is no argument; it has none", flag.Arg(0))
	case o.pairs && o.hostcalls:
		return errors.New("-pairs and -hostcalls exclude each other")
	case o.json && !o.pairs && !o.hostcalls:
		return errors.New("-json needs -pairs or -hostcalls")
	}
	progress := func(done int) {
		if done%1000 == 0 {
			fmt.Fprintf(stderr, "%d done\n", done)
		}
	}
	switch {
	case o.pairs:
		p, err := coverage.Modules(ctx, o.n, progress)
		if err != nil {
			return err
		}
		if o.json {
			return json.NewEncoder(stdout).Encode(p)
		}
		return printPairs(stdout, p, o.verbose)
	case o.hostcalls:
		e, err := coverage.Hostcalls(ctx, o.n, progress)
		if err != nil {
			return err
		}
		if o.json {
			return json.NewEncoder(stdout).Encode(e)
		}
		return printHostcalls(stdout, e, o.verbose)
	}
	return printAims(ctx, stdout, stderr, o.verbose)
}
