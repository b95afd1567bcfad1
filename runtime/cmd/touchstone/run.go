package main

import (
	"flag"
	"time"
)

var runCommand = &command{
	name:     "run",
	synopsis: "[flags] file.wasm [arguments]",
	short:    "run a module under WASI, or call one of its exports",
	long: `
Run runs a WebAssembly module with WASI preview 1. It calls the export _start, or with -invoke any exported function.
Flags end at the file's name: what follows belongs to the guest.

The guest sees no directory, no environment variable and no network but what flags give it; its first argument is the
file's name without the directory. Its standard streams are those of the command. With -invoke the arguments are numbers
(null for references), parsed by the types of the function's parameters, and the results are printed one a line; a
reactor's _initialize is called before.

Exit status: the guest's own (the system keeps its low eight bits); 1 if the guest ended by a trap, a violation or a limit
of -fuel or -timeout, which one line on stderr describes; 2 if it was not started: wrong usage, an unreadable or invalid
module, an import that does not exist, a memory above -max-memory; 130 after Ctrl-C (128 + the signal's number).

examples:
  touchstone run -dir . -env HOME=/ prog.wasm input.txt
  touchstone run -dir /srv/data:/data:ro -timeout 10s -max-memory 64MiB prog.wasm
  touchstone run -invoke add lib.wasm 1 -2
  touchstone run -trace - prog.wasm
`,
	flags: runFlags,
}

// runOptions are the flags of run.
type runOptions struct {
	dirs      dirFlags
	env       envFlags
	invoke    string
	fuel      uint64
	timeout   time.Duration
	maxMemory byteSize
	trace     string
}

func runFlags(fs *flag.FlagSet) func(args []string, s streams) (int, error) {
	o := new(runOptions)
	fs.Var(&o.dirs, "dir", "give the guest a directory, as `HOST[:GUEST][:ro]`: under the name GUEST (else HOST), with ro read-only; may be repeated")
	fs.Var(&o.env, "env", "set an environment variable of the guest, as `NAME=VALUE`; may be repeated")
	fs.StringVar(&o.invoke, "invoke", "", "call the exported function `NAME` instead of _start and print its results")
	fs.Uint64Var(&o.fuel, "fuel", 0, "stop the guest after `N` taken branches and calls (default no bound)")
	fs.DurationVar(&o.timeout, "timeout", 0, "stop the guest after the time `D`, for example 1m30s (default no bound)")
	fs.Var(&o.maxMemory, "max-memory", "bound each memory of the guest to `BYTES`; KiB, MiB and GiB may follow the number (default 4GiB)")
	fs.StringVar(&o.trace, "trace", "", "write a line for every hostcall to `FILE`; - is stderr")
	return func(args []string, s streams) (int, error) {
		if err := o.check(fs, args); err != nil {
			return 0, err
		}
		return runGuest(o, args[0], args[1:], s)
	}
}

// check looks for what the flag package cannot see.
func (o *runOptions) check(fs *flag.FlagSet, args []string) error {
	if len(args) == 0 {
		return usagef("no file to run")
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case given["fuel"] && o.fuel == 0:
		return usagef("-fuel: the amount must be positive")
	case given["timeout"] && o.timeout <= 0:
		return usagef("-timeout: the time must be positive")
	case given["invoke"] && o.invoke == "" || given["trace"] && o.trace == "":
		return usagef("-invoke and -trace need a name")
	}
	return nil
}
