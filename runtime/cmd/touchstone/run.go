package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/trace"
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

What the guest may do to the host is its policy: rules given by -dir, -net, -listen, -quota and files of -policy. When a guest
was refused something, stderr says at its end by which rule and how to allow it. 'touchstone policy' explains the rules.

The guest has no network but what -net and -listen give. A rule allows addresses to connect or send to (out), or to bind to and be
reached on (in): 'allow out tcp 10.0.0.0/8:8000-8999', 'allow out udp [2001:db8::1]:53', 'allow in tcp *:8080 from 192.168.0.0/16'.
Names are resolved once, before the guest starts. Listeners are file descriptors after the directories.

With -link a module can import from others, each of which has a WASI of its own, and only what rules for it give:
-link NAME=FILE -dir@NAME HOST.

The guest runs in a process of its own, which keeps only what a guest needs: it can open no file but in the directories of
-dir, make no system call but those of a list, and not exceed limits of memory and descriptors (on Linux; on macOS there
are the limits alone). -sandbox auto says on stderr what the host could not give and goes on; strict does not run the guest
then; off runs it in the command's own process, behind the monitor alone.

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
	trace   string
	form    trace.Format
	sandbox string
}

func runFlags(fs *flag.FlagSet) func(args []string, s streams) (int, error) {
	o := new(runOptions)
	o.declare(fs)
	fs.StringVar(&o.trace, "trace", "", "write a line for every hostcall to `FILE`; - is stderr")
	fs.TextVar(&o.form, "trace-format", trace.Text, "write the trace in `FORMAT`: text or binary, which 'touchstone trace -print' shows")
	fs.StringVar(&o.sandbox, "sandbox", defaultSandbox, "confine the guest's process as `MODE` says: auto as far as the host can, strict or not at all, off")
	return func(args []string, s streams) (int, error) {
		if err := o.check(fs, args); err != nil {
			return 0, err
		}
		switch {
		case isGiven(fs, "trace") && o.trace == "":
			return 0, usagef("-trace needs a name")
		case !slices.Contains(sandboxModes, o.sandbox):
			return 0, usagef("-sandbox: %q is no mode; write one of %s", o.sandbox, strings.Join(sandboxModes, ", "))
		case o.sandbox == sandboxOff:
			return runGuest(o, args[0], args[1:], s, nil)
		}
		if p := parentOfGuest(); p != nil {
			status, err := runGuest(o, args[0], args[1:], s, p)
			p.tell(toldEnd)
			return status, err
		}
		return superviseGuest(o, args[0], s)
	}
}

// runGuest prepares the guest, runs it in this process and returns the exit status. An error means that the guest was not started.
// The process is confined if it is one for the guest, with a parent.
func runGuest(o *runOptions, path string, args []string, s streams, p *parent) (int, error) {
	g, err := newGuest(&o.worldFlags, path, args)
	if err != nil {
		return 0, err
	}
	g.out, g.err = s.out, s.err
	cfg := &wasi.Config{Stdin: s.in, Stdout: s.out, Stderr: s.err}
	g.form = o.form
	if cfg.Trace, g.trace, err = openTrace(o.trace, s.err); err != nil {
		return 0, err
	}
	if err := g.enter(cfg); err != nil {
		return 0, err
	}
	// All that is the embedder's is open. What follows depends on what others wrote.
	if p != nil {
		err = g.confine(o.sandbox, s)
	}
	if err == nil {
		err = g.compile(false)
	}
	if err != nil {
		return 0, errors.Join(err, g.close())
	}
	if p != nil {
		p.tell(toldStart)
		ignoreFurtherSignals()
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
