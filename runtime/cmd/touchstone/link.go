package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// link is one -link: a module that others can import from.
type link struct{ name, path string }

// linkFlag collects the -link flags, and declares for each the flags that grant something to the module.
type linkFlag struct {
	world *worldFlags
	fs    *flag.FlagSet
}

// String returns nothing: there is no default to show.
func (*linkFlag) String() string { return "" }

// Set adds one module.
func (f *linkFlag) Set(s string) error {
	name, path, _ := strings.Cut(s, "=")
	switch {
	case name == "" || path == "":
		return errors.New("write NAME=FILE")
	case strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c > '~' || c == '#' }):
		return errors.New("the name of a module is of printable ASCII, without blanks and #")
	case f.world.linked(name) != nil:
		return fmt.Errorf("the name %q is taken by %s already", name, f.world.linked(name).path)
	}
	f.world.links = append(f.world.links, link{name, path})
	declareGrants(f.fs, &f.world.policy, name)
	return nil
}

// linked returns the -link of a name, or nil.
func (w *worldFlags) linked(name string) *link {
	for i := range w.links {
		if w.links[i].name == name {
			return &w.links[i]
		}
	}
	return nil
}

// checkModules looks for rules of the policy that are for no module.
func (w *worldFlags) checkModules() error {
	for _, l := range w.policy.Lines() {
		if l.Module != "" && w.linked(l.Module) == nil {
			return usagef("%s: %s: there is no module %q: -link %s=FILE links one", l.Place, l, l.Module, l.Module)
		}
	}
	return nil
}

// linkedModule is a module that is linked to the program, with what belongs to it alone.
type linkedModule struct {
	link
	source   []byte // until it is compiled
	module   *runtime.Module
	system   *wasi.System
	instance *runtime.Instance
}

// readLinks reads the modules of the -link flags.
func (g *guest) readLinks() error {
	for _, l := range g.world.links {
		source, err := readModule(l.path, g.world.limits.modules())
		if err != nil {
			return fmt.Errorf("-link %s: %s: %w%s", l.name, l.path, err, limitHint(err))
		}
		g.links = append(g.links, &linkedModule{link: l, source: source})
	}
	return nil
}

// compileLinks compiles what readLinks read.
func (g *guest) compileLinks(c *runtime.Compiler) (err error) {
	for _, l := range g.links {
		if l.module, err = c.Compile(l.source); err != nil {
			return fmt.Errorf("-link %s: %s: %w%s", l.name, l.path, err, limitHint(err))
		}
		l.source = nil
	}
	return nil
}

// enterLinks builds the worlds of the linked modules. They share the clock, the random bytes, the output and the trace of cfg, which is
// the program's; the rest is what the policy grants them.
func (g *guest) enterLinks(cfg *wasi.Config) error {
	if cfg.Trace != nil && (len(g.links) > 0 || g.form != trace.Text) { // one Writer keeps the order
		g.tracer = trace.NewWriterIn(g.form, cfg.Trace)
		cfg.Trace, cfg.Events = nil, g.tracer.Write
	}
	for _, l := range g.links {
		own := &wasi.Config{Stdout: cfg.Stdout, Stderr: cfg.Stderr, Clock: cfg.Clock, Random: cfg.Random}
		if cfg.Events != nil {
			own.Events = func(e *trace.Event) {
				e.Module = l.name
				cfg.Events(e)
			}
		}
		g.give(own, l.name)
		var err error
		if l.system, err = wasi.New(own); err != nil {
			return fmt.Errorf("module %q: %w", l.name, err)
		}
	}
	return nil
}

// linkerFor returns what a module with a system can import: the hostcalls, which act on that system, and the exports of the linked
// modules that are instantiated.
func (g *guest) linkerFor(s *wasi.System) *runtime.Linker {
	l := new(runtime.Linker)
	s.Define(l)
	for _, m := range g.links {
		if m.instance != nil {
			l.Instance(m.name, m.instance)
		}
	}
	return l
}

// instantiateLinks instantiates the linked modules in order and initialises those that are reactors.
func (g *guest) instantiateLinks(ctx context.Context) error {
	for _, l := range g.links {
		in, err := g.store.Instantiate(ctx, l.module, g.linkerFor(l.system))
		if err == nil {
			if t, ok := exportedFunc(l.module.Wasm(), initializeExport); ok && len(t.Params)+len(t.Results) == 0 {
				_, err = in.Call(ctx, initializeExport)
			}
		}
		switch {
		case err != nil && ended(err):
			return fmt.Errorf("module %q: %w", l.name, err)
		case err != nil:
			return &startError{fmt.Errorf("module %q (%s): %w%s", l.name, l.path, err, g.importHint(err))}
		}
		l.instance = in
	}
	return nil
}

// importHint says how an import that does not resolve can be had.
func (g *guest) importHint(err error) string {
	var e *runtime.LinkError
	if !errors.As(err, &e) || e.Module == wasi.Module {
		return ""
	}
	i := slices.IndexFunc(g.links, func(l *linkedModule) bool { return l.name == e.Module })
	switch {
	case i < 0:
		return fmt.Sprintf(" (no module %q is linked: -link %s=FILE links one)", e.Module, e.Module)
	case g.links[i].instance == nil:
		return fmt.Sprintf(" (module %q is linked later: put its -link before)", e.Module)
	}
	return fmt.Sprintf(" (%s exports %s)", g.links[i].path, listExports(g.links[i].module.Wasm()))
}

// closeLinks releases what the linked modules hold.
func (g *guest) closeLinks() error {
	var errs []error
	for _, l := range g.links {
		if l.system != nil {
			errs = append(errs, l.system.Close())
		}
	}
	if g.tracer != nil {
		errs = append(errs, g.tracer.Close())
	}
	return errors.Join(errs...)
}
