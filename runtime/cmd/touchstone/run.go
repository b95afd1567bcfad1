package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
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
of -fuel, -timeout, -max-stack or -max-depth, which one line on stderr describes; 2 if it was not started: wrong usage, an
unreadable or invalid module or one beyond -max-module-size or -limit, an import that does not exist, a memory above
-max-memory; 130 after Ctrl-C (128 + the signal's number).

What the guest may do to the host is its policy: rules given by -dir, -net, -listen, -quota and files of -policy. When a guest fails
after it was refused something, stderr says by which rule and how to allow it. 'touchstone policy' explains the rules.

The guest has no network but what -net and -listen give. A rule allows addresses to connect or send to (out), or to bind to and be
reached on (in): 'allow out tcp 10.0.0.0/8:8000-8999', 'allow out udp [2001:db8::1]:53', 'allow in tcp *:8080 from 192.168.0.0/16'.
Names are resolved once, before the guest starts. Listeners are file descriptors after the directories.

With -link a module can import from others, each of which has a WASI of its own, and only what rules for it give:
-link NAME=FILE -dir@NAME HOST.

With -deterministic a run depends on nothing but the module, the flags, the arguments, the input and the files: floats are
computed as on any processor, clocks begin at 2000-01-01T00:00:00Z and move by themselves, and random bytes follow from
-seed. What stays the host's: the order of directory entries, inode numbers and times of files, and when -timeout ends the
guest.

examples:
  touchstone run -dir . -env HOME=/ prog.wasm input.txt
  touchstone run -dir /srv/data:/data:ro -timeout 10s -max-memory 64MiB prog.wasm
  touchstone run -dir out:/out:read,write,create -quota written=64MiB,files=100,sleep=10s prog.wasm
  touchstone run -link codec=codec.wasm -dir@codec fonts:/fonts:ro -dir . prog.wasm
  touchstone run -policy program.policy prog.wasm
  touchstone run -net 'allow out tcp example.org:443' client.wasm
  touchstone run -listen 127.0.0.1:8080 server.wasm
  touchstone run -invoke add lib.wasm 1 -2
  touchstone run -trace - prog.wasm
  touchstone run -deterministic -seed 7 -max-depth 1000 -limit functions=5000 prog.wasm
`,
	flags: runFlags,
}

// runOptions are the flags of run.
type runOptions struct {
	worldFlags
	trace string
}

func runFlags(fs *flag.FlagSet) func(args []string, s streams) (int, error) {
	o := new(runOptions)
	o.declare(fs)
	fs.StringVar(&o.trace, "trace", "", "write a line for every hostcall to `FILE`; - is stderr")
	return func(args []string, s streams) (int, error) {
		if err := o.check(fs, args); err != nil {
			return 0, err
		}
		if isGiven(fs, "trace") && o.trace == "" {
			return 0, usagef("-trace needs a name")
		}
		return runGuest(o, args[0], args[1:], s)
	}
}

// runGuest prepares the guest, runs it and returns the exit status. An error means that the guest was not started.
func runGuest(o *runOptions, path string, args []string, s streams) (int, error) {
	g, err := newGuest(&o.worldFlags, path, args, false)
	if err != nil {
		return 0, err
	}
	g.out, g.err = s.out, s.err
	cfg := &wasi.Config{Stdin: s.in, Stdout: s.out, Stderr: s.err}
	if cfg.Trace, g.trace, err = openTrace(o.trace, s.err); err != nil {
		return 0, err
	}
	if err := g.enter(cfg); err != nil {
		return 0, err
	}
	return g.finish(g.execute(), s)
}

// openTrace opens the file of -trace. The Closer is nil if there is nothing to close.
func openTrace(name string, stderr *os.File) (io.Writer, io.Closer, error) {
	switch name {
	case "":
		return nil, nil, nil
	case "-":
		return stderr, nil, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, nil, fmt.Errorf("-trace: %w", err)
	}
	return f, f, nil
}
