package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// options are the command's flags and arguments after they were checked.
type options struct {
	n, only     int64 // -1 if not given
	time        time.Duration
	seed        int64
	engines     []string
	json        bool
	regressions bool
	explain     bool
	wasi        bool // what engines make of hostcalls is judged, not compared
	markdown    bool
	level       int // of the traces that are compared, 0 or 2
	out         string
	timeout     time.Duration
	world       session.World
	stdin       string
	paths       []string
	given       map[string]bool // flags that stand on the command line
	features    wasm.FeatureSet // of generated modules, beside those that every engine has
	featureList string          // as it was written
	mode        module.Mode     // of generated modules
	dirs, env   list
	args        list
}

// list is a flag that can be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

const (
	// defaultTime is how long modules are generated if nothing else is asked for.
	defaultTime = 30 * time.Second
	// fileTimeout is the default of -timeout for files: optimising compilers take seconds for a large program.
	fileTimeout = time.Minute
	// defaultOut is where findings are kept; git ignores it.
	defaultOut = "differential/out"
	// generatedLevel and filesLevel are the defaults of -level. To count what a module does costs about as much again as half of the
	// rest, most of it in the engines' compilers; programs are large, and the bits of their NaNs are open.
	generatedLevel = 2
	filesLevel     = 0
	// maxSeed bounds random seeds, so that they are easy to type.
	maxSeed = 1 << 31
)

const usage = `usage: differential [flags] [file.wasm | folder ...]

Runs WebAssembly modules on several engines and says where they differ. Without files it generates modules for 30 seconds.
With files it runs those: the exports without parameters, and WASI programs each in a fresh copy of the same folders.
With -wasi it judges what each engine makes of hostcalls, by a model of preview 1.
With -regressions it runs modules that were dangerous to some runtime once, and the arguments are their names.

Exit status: 0 nothing found, 1 engines differ or one crashed or hung, or touchstone fails a regression, 2 usage or own failure.

`

// usageError says that the command line is wrong.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// parse reads the command line. It writes help, and what is wrong with a flag, to w.
func parse(args []string, w io.Writer, known []string) (*options, error) {
	o := &options{given: map[string]bool{}}
	fs := flag.NewFlagSet("differential", flag.ContinueOnError)
	fs.SetOutput(w)
	fs.Usage = func() {
		fmt.Fprint(w, usage)
		fs.PrintDefaults()
	}
	var engines string
	fs.Int64Var(&o.n, "n", -1, "generate this `number` of modules")
	fs.DurationVar(&o.time, "time", 0, "begin no module after this `duration` (default 30s without -n and files)")
	fs.Int64Var(&o.seed, "seed", 0, "the `seed` of generated modules (default random, printed)")
	fs.Int64Var(&o.only, "only", -1, "generate only the module with this `index` of the seed")
	fs.Func("features", "generate modules that use these `features` too, separated by commas: "+optional(), o.setFeatures)
	fs.Func("mode", "generate modules of this `mode`: "+strings.Join(module.Modes(), ", "), func(text string) (err error) {
		o.mode, err = module.ParseMode(text)
		return err
	})
	fs.StringVar(&engines, "engines", "", "compare these engines, a comma-separated `list` of ENGINE[@vRELEASE][:SETTING]...; \"list\" shows which there are: "+
		strings.Join(known, ", ")+" (default those that are no commands)")
	fs.BoolVar(&o.regressions, "regressions", false, "run corpus/regressions, or those that are named, and say which engine holds which")
	fs.BoolVar(&o.explain, "explain", false, "say for each module at which instruction the engines part, and what each made of it")
	fs.BoolVar(&o.wasi, "wasi", false, "judge what each engine's WASI makes of sequences of hostcalls, and write a matrix; -n, -time and -seed are of those that are generated")
	fs.BoolVar(&o.markdown, "md", false, "with -wasi: write the matrix as Markdown")
	fs.IntVar(&o.level, "level", -1, "compare traces of this `level`: 0 is the final state, 2 what a module does as well (default 2, 0 for files)")
	fs.BoolVar(&o.json, "json", false, "write a JSON object a line: the findings, then one summary")
	fs.StringVar(&o.out, "out", defaultOut, "keep findings in this `folder`; empty: keep none")
	fs.DurationVar(&o.timeout, "timeout", 0, "allow each module this `duration` on each engine (default 10s, 1m0s for files)")
	fs.Var(&o.dirs, "dir", "give WASI programs a copy of this folder, `HOST[:GUEST][:ro]` (repeatable; default an empty folder as /)")
	fs.Var(&o.env, "env", "give WASI programs this environment variable, `K=V` (repeatable)")
	fs.Var(&o.args, "arg", "give WASI programs this argument, a `text` (repeatable)")
	fs.StringVar(&o.stdin, "stdin", "", "give WASI programs this `file` as standard input")
	var err error
	if o.paths, err = parseMixed(fs, args); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			err = usageError{nil} // the flag package has said it
		}
		return nil, err
	}
	fs.Visit(func(f *flag.Flag) { o.given[f.Name] = true })
	if engines != "" {
		for name := range strings.SplitSeq(engines, ",") {
			o.engines = append(o.engines, strings.TrimSpace(name))
		}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	return o, o.readWorld()
}

// parseMixed parses flags and files in any order: what follows a flag that takes a value is the value, and what follows "--" are files.
func parseMixed(fs *flag.FlagSet, args []string) (files []string, err error) {
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		rest := fs.Args()
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			return append(files, rest...), nil
		}
		if len(rest) == 0 {
			break
		}
		files, args = append(files, rest[0]), rest[1:]
	}
	return files, nil
}

// listEngines reports whether the engines are to be listed.
func (o *options) listEngines() bool { return slices.Equal(o.engines, []string{"list"}) }

// optionalFeatures are those that generated modules have only if they are asked for: not every engine has them.
var optionalFeatures = []wasm.Feature{wasm.SIMD, wasm.TailCall, wasm.ExtendedConst}

// optional returns their names.
func optional() string {
	var names []string
	for _, f := range optionalFeatures {
		names = append(names, f.String())
	}
	return strings.Join(names, ",")
}

// setFeatures sets -features.
func (o *options) setFeatures(text string) error {
	o.features, o.featureList = 0, text
	for name := range strings.SplitSeq(text, ",") {
		i := slices.IndexFunc(optionalFeatures, func(f wasm.Feature) bool { return f.String() == name })
		if i < 0 {
			return fmt.Errorf("%q is none of %s", name, optional())
		}
		o.features |= wasm.Features(optionalFeatures[i])
	}
	return nil
}

// check finds contradictions and fills in what depends on several flags.
func (o *options) check() error {
	if o.regressions {
		for name := range o.given {
			if name != "regressions" && name != "engines" && name != "json" {
				return usagef("-%s does not go with -regressions", name)
			}
		}
		return nil
	}
	if o.wasi {
		for name := range o.given {
			if !slices.Contains([]string{"wasi", "md", "engines", "n", "time", "seed"}, name) {
				return usagef("-%s does not go with -wasi", name)
			}
		}
		if len(o.paths) > 0 {
			return usagef("-wasi runs sequences of its own; a file that ends in .hostcalls is run without it")
		}
	} else if o.markdown {
		return usagef("-md goes with -wasi alone")
	}
	for _, name := range []string{"n", "only", "features", "mode"} {
		if o.given[name] && len(o.paths) > 0 {
			return usagef("-%s is for generated modules; it does not go with files", name)
		}
	}
	for _, name := range []string{"dir", "env", "arg", "stdin"} {
		if o.given[name] && len(o.paths) == 0 {
			return usagef("-%s is for WASI programs in files; name a file or a folder", name)
		}
	}
	switch {
	case o.given["level"] && o.level != 0 && o.level != 2:
		return usagef("-level %d: it is 0 or 2", o.level)
	case o.explain && o.json:
		return usagef("-explain is for people; it does not go with -json")
	case o.given["n"] && o.n < 1:
		return usagef("-n %d: the number of modules must be positive", o.n)
	case o.given["time"] && o.time <= 0:
		return usagef("-time %v: the duration must be positive", o.time)
	case o.given["timeout"] && o.timeout <= 0:
		return usagef("-timeout %v: the duration must be positive", o.timeout)
	case o.given["only"] && o.only < 0:
		return usagef("-only %d: indices begin at 0", o.only)
	case o.given["only"] && (!o.given["seed"] || o.given["n"]):
		return usagef("-only needs -seed, and does not go with -n")
	}
	if !o.given["seed"] {
		o.seed = rand.Int64N(maxSeed)
	}
	if !o.given["level"] {
		o.level = defaultLevel(o.paths)
	}
	if o.timeout == 0 {
		o.timeout = engine.DefaultTimeout
		if len(o.paths) > 0 {
			o.timeout = fileTimeout
		}
	}
	if len(o.paths) == 0 && !o.given["n"] && !o.given["only"] && !o.given["time"] && !o.wasi {
		o.time = defaultTime
	}
	return nil
}

func defaultLevel(paths []string) int {
	if len(paths) > 0 {
		return filesLevel
	}
	return generatedLevel
}

// readWorld turns -dir, -env, -arg and -stdin into what WASI programs see.
func (o *options) readWorld() error {
	o.world.Env, o.world.Args = o.env, o.args
	for _, kv := range o.env {
		if name, _, ok := strings.Cut(kv, "="); !ok || name == "" {
			return usagef("-env %q: not of the form NAME=VALUE", kv)
		}
	}
	for _, d := range o.dirs {
		m, err := parseDir(d)
		if err != nil {
			return err
		}
		o.world.Dirs = append(o.world.Dirs, m)
	}
	if o.stdin != "" {
		b, err := os.ReadFile(o.stdin)
		if err != nil {
			return err
		}
		o.world.Stdin = b
	}
	return nil
}

// parseDir reads HOST[:GUEST][:ro]; without a guest path the guest sees the folder under its host path.
func parseDir(s string) (m session.Mount, err error) {
	parts := strings.Split(s, ":")
	if len(parts) > 1 && parts[len(parts)-1] == "ro" {
		m.ReadOnly, parts = true, parts[:len(parts)-1]
	}
	if len(parts) > 2 || parts[0] == "" {
		return m, usagef("-dir %q: not of the form HOST[:GUEST][:ro]", s)
	}
	m.Template, m.Guest = parts[0], parts[len(parts)-1]
	info, err := os.Stat(m.Template)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("-dir %s: not a folder", m.Template)
	}
	return m, err
}
