package cli

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/bench/report"
	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
)

const usage = `usage: go run ./bench [suite | suite/workload ...] [flags]
       go run ./bench all [flags]                     # those too that are not measured unless they are named
       go run ./bench replay -program prog.wasm [-dir DIR] [-stdin FILE] [-arg ARG ...]
       go run ./bench -compare old.txt new.txt
       go run ./bench -clean

Bench times workloads, a selection of them or those that are named, on several engines, each in a process of its own. Rounds are
interleaved; tables show ratios to Wasmtime, medians with their spread, and minima, in processor time. Results are checked.
Exit status: 0 all results right, 1 a wrong result, 2 wrong usage, no engine or Ctrl-C (the tables show what was measured
until then).

`

var errHelp = flag.ErrHelp

// options are the flags and arguments.
type options struct {
	measure.Options
	sources workload.Sources
	list    string // of the engines, as asked for
	pattern string
	engines []all.Entry
	named   bool      // the engines were asked for by name
	unasked bool      // neither suites nor workloads were
	until   time.Time // when all should be done; zero is open
	suites  []workload.Suite
	out     string
	html    string
	md      bool
	compare bool // two files with samples, and measure nothing
	clean   bool // remove what was made and fetched, and measure nothing
	config  bool // print the configuration for SPEC, and measure nothing
	program program
	names   []string // the arguments
}

// How often all is measured unless the suite or -n says otherwise, and how often, at most, and in which time, if nobody asks for anything.
// The intervals of eleven are from the second sample to the last but one.
const (
	defaultRounds = 11
	unaskedRounds = 8
	unaskedTime   = 285 * time.Second
	unaskedNote   = "a selection of workloads, without engines that are commands or slow: name suites, or all, for more"
)

// format returns the form of the tables.
func (o *options) format() report.Format {
	if o.md {
		return report.Markdown
	}
	return report.Text
}

// rounds returns how often a suite is measured.
func (o *options) rounds(s *workload.Suite) int { return cmp.Or(o.Rounds, s.Rounds, defaultRounds) }

// describe returns the rounds, suite by suite if they differ.
func (o *options) describe() string {
	if o.unasked {
		return fmt.Sprintf("%d, or as many as there is time for; %s", o.Rounds, unaskedNote)
	}
	rounds := fmt.Sprint(cmp.Or(o.Rounds, defaultRounds))
	for _, s := range o.suites {
		if o.Rounds == 0 && s.Rounds != 0 {
			rounds += fmt.Sprintf(", %s %d", s.Name, s.Rounds)
		}
	}
	if o.Short {
		rounds += "; short: the figures mean nothing"
	}
	return rounds
}

// flags declares the flags.
func (o *options) flags() *flag.FlagSet {
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.IntVar(&o.Rounds, "n", 0, fmt.Sprintf("number of `rounds`; each times every engine once (default %d unless the suite has its own)", defaultRounds))
	fs.StringVar(&o.list, "engines", "", "compare these `engines`, separated by commas (default all)")
	fs.StringVar(&o.pattern, "run", "", "of the workloads, take those whose suite/workload matches a regular `expression`")
	fs.StringVar(&o.out, "o", "", "write every sample to `FILE` in Go's benchmark format, for benchstat")
	fs.StringVar(&o.html, "html", "", "write a report with charts to `FILE`, a page that needs nothing else")
	fs.BoolVar(&o.md, "md", false, "print tables in Markdown")
	fs.BoolVar(&o.compare, "compare", false, "measure nothing: compare two files that -o wrote, old and new")
	fs.BoolVar(&o.Short, "short", false, "small arguments, one call a sample: a look at whether all works")
	fs.BoolVar(&o.clean, "clean", false, "measure nothing: remove the programs and sources that are kept in the cache")
	fs.BoolVar(&o.config, "spec-config", false, "measure nothing: print a configuration with which SPEC CPU builds programs for WASI")
	fs.StringVar(&o.sources.Speedtest1, "speedtest1", "", "in the suite sqlite, measure SQLite's own speedtest1.c, which is `FILE`")
	fs.StringVar(&o.sources.SPEC, "spec", "", "in the suite spec, measure the programs of a SPEC CPU2006 or CPU2017 installed and set up in `DIR`")
	fs.StringVar(&o.sources.SPECSize, "spec-size", "test", "the `size` of their input: test or train")
	fs.StringVar(&o.sources.PolyBench, "polybench", "", "in the suite spec, measure the programs of a PolyBench/C in `DIR`")
	fs.StringVar(&o.sources.CoreMark, "coremark", "", "in the suite spec, measure a CoreMark in `DIR`")
	fs.StringVar(&o.sources.LMbench, "lmbench", "", "in the suite lmbench, measure the programs of an LMbench for WASI in `DIR`")
	fs.StringVar(&o.sources.Ancestors, "ancestors", "", "in the suite spec, fetch and measure free ancestors of SPEC's programs; `URL` is a mirror of Debian")
	fs.StringVar(&o.sources.Emit, "emit", "", "in the suite replay, write the modules of replays into `DIR`")
	o.program.flags(fs)
	return fs
}

// parse reads flags and arguments, which may come in any order; for -h it prints the help and returns errHelp.
func (app *App) parse(args []string) (*options, error) {
	o := new(options)
	fs := o.flags()
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, errHelp) {
				app.help(fs)
			}
			return nil, err
		}
		if args = fs.Args(); len(args) == 0 {
			break
		}
		o.names, args = append(o.names, args[0]), args[1:]
	}
	if given(fs, "n") && o.Rounds < 1 {
		return nil, errors.New("-n: at least one round is needed")
	}
	if o.compare {
		if len(o.names) != 2 {
			return nil, errors.New("-compare needs two files, old and new")
		}
		return o, nil
	}
	if o.clean || o.config {
		return o, nil
	}
	re, err := regexp.Compile(o.pattern)
	if err != nil {
		return nil, fmt.Errorf("-run: %w", err)
	}
	if o.sources.Replayed, err = o.program.kernel(); err != nil {
		return nil, err
	}
	if o.suites, err = choose(app.Suites(o.sources), o.names, re); err != nil {
		return nil, err
	}
	o.engines = app.Engines
	if o.unasked = len(o.names) == 0 && o.pattern == ""; o.unasked {
		o.engines = slices.DeleteFunc(slices.Clone(o.engines), func(e all.Entry) bool { return e.ByName })
		if o.Rounds == 0 {
			o.Rounds, o.until = unaskedRounds, time.Now().Add(unaskedTime)
		}
	}
	if o.list != "" {
		o.named = true
		o.engines, err = all.Choose(app.Engines, strings.Split(o.list, ","))
	}
	return o, err
}

// given reports whether a flag is on the command line.
func given(fs *flag.FlagSet, name string) (found bool) {
	fs.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

func (app *App) help(fs *flag.FlagSet) {
	fmt.Fprint(app.Stdout, usage)
	fs.SetOutput(app.Stdout)
	fs.PrintDefaults()
	fmt.Fprintln(app.Stdout, "\nengines; those that end in -cli are taken if they are on PATH:")
	for _, e := range app.Engines {
		fmt.Fprintf(app.Stdout, "  %s\n", e.Name)
	}
	for _, s := range app.Suites(workload.Sources{}) {
		fmt.Fprintf(app.Stdout, "\n%s: %s\n", s.Name, s.Doc)
		for _, w := range s.Workloads {
			fmt.Fprintf(app.Stdout, "  %-20s %s\n", s.Name+"/"+w.Name, w.Doc)
		}
	}
}

// everything is the name of all suites, with those that are not measured unless they are named.
const everything = "all"

// choose returns the workloads that are named, a selection if there are no names, as far as they match; in the order of the list.
func choose(suites []workload.Suite, names []string, re *regexp.Regexp) ([]workload.Suite, error) {
	used := map[string]bool{}
	var chosen []workload.Suite
	var known []string
	for _, s := range suites {
		known = append(known, s.Name)
		all := s.Workloads
		s.Workloads = nil
		for _, w := range all {
			full := s.Name + "/" + w.Name
			named := len(names) == 0 && s.Unasked(w.Name)
			for _, n := range names {
				if n == s.Name || n == full || n == everything {
					named, used[n] = true, true
				}
			}
			if named && re.MatchString(full) {
				s.Workloads = append(s.Workloads, w)
			}
		}
		if s.Workloads != nil {
			chosen = append(chosen, s)
		}
	}
	for _, n := range names {
		if !used[n] {
			return nil, fmt.Errorf("unknown suite or workload %q; the suites are: %s", n, strings.Join(known, ", "))
		}
	}
	if chosen == nil {
		return nil, errors.New("no workload matches -run")
	}
	return chosen, nil
}
