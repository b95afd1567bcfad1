package main

import (
	"flag"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// worldFlags are the flags of the commands that run a guest: what it may see and use, and how it is called.
type worldFlags struct {
	policy  policy.Policy
	links   []link
	env     envFlags
	invoke  string
	limits  limitOptions
	timeout time.Duration

	deterministic bool
	seed          uint64
}

// declare declares the flags.
func (w *worldFlags) declare(fs *flag.FlagSet) {
	declareGrants(fs, &w.policy, "")
	fs.Var(&policyFlag{&w.policy}, "policy", "read rules from `FILE`, such as \"dir data:/in:ro\", one on each line; may be repeated")
	fs.Var(&linkFlag{w, fs}, "link", "instantiate the module in a file before and link it under a name, as `NAME=FILE`; may be repeated, "+
		"and modules can import from earlier ones. It has a WASI of its own, with what -dir@NAME and the like behind -link give it")
	fs.Var(&w.env, "env", "set an environment variable of the guest, as `NAME=VALUE`; may be repeated")
	fs.StringVar(&w.invoke, "invoke", "", "call the exported function `NAME` instead of _start and print its results")
	fs.DurationVar(&w.timeout, "timeout", 0, "stop the guest after the time `D`, for example 1m30s (default no bound)")
	w.limits.declare(fs)
	fs.BoolVar(&w.deterministic, "deterministic", false, "do the same in every run: canonical NaNs, a clock of the guest's own, random bytes that follow from -seed")
	fs.Uint64Var(&w.seed, "seed", 0, "the `NUMBER` that random bytes follow from, with -deterministic")
}

// check looks for what the flag package cannot see.
func (w *worldFlags) check(fs *flag.FlagSet, args []string) error {
	switch {
	case len(args) == 0:
		return usagef("no file to run")
	case isGiven(fs, "fuel") && w.limits.fuel == 0:
		return usagef("-fuel: the amount must be positive")
	case isGiven(fs, "max-table") && w.limits.maxTable == 0 || isGiven(fs, "max-depth") && w.limits.maxDepth == 0:
		return usagef("-max-table and -max-depth: the number must be positive")
	case isGiven(fs, "seed") && !w.deterministic:
		return usagef("-seed is for -deterministic")
	case isGiven(fs, "timeout") && w.timeout <= 0:
		return usagef("-timeout: the time must be positive")
	case isGiven(fs, "invoke") && w.invoke == "":
		return usagef("-invoke needs a name")
	}
	return w.checkModules()
}

// isGiven reports whether a flag stands on the command line.
func isGiven(fs *flag.FlagSet, name string) (given bool) {
	fs.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}
