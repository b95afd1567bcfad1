package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// declareGrants declares a flag for each kind of grant, which gives to a linked module, or to the program if the name is empty.
func declareGrants(fs *flag.FlagSet, p *policy.Policy, module string) {
	for _, k := range policy.Kinds() {
		fs.Var(&grantFlag{p, k.Name, module}, flagName(k.Name, module), fmt.Sprintf("%s; as `%s`, see 'touchstone policy'; may be repeated", k.Short, k.Syntax))
	}
}

// flagName returns the name of the flag for a kind of grant.
func flagName(kind, module string) string {
	if module == "" {
		return kind
	}
	return kind + "@" + module
}

// grantFlag adds rules of a kind to a policy.
type grantFlag struct {
	policy       *policy.Policy
	kind, module string
}

// String returns nothing: there is no default to show.
func (*grantFlag) String() string { return "" }

// Set adds one rule.
func (f *grantFlag) Set(s string) error { return f.policy.Add(f.kind, f.module, s) }

// policyFlag adds the rules of files to a policy.
type policyFlag struct{ policy *policy.Policy }

// String returns nothing: there is no default to show.
func (*policyFlag) String() string { return "" }

// Set adds the rules of one file.
func (f *policyFlag) Set(name string) error {
	src, err := readPolicy(name)
	if err != nil {
		return err
	}
	errs := parseErrors(f.policy.Parse(name, src))
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return fmt.Errorf("%w (and %d more: 'touchstone policy %s' shows them)", errs[0], len(errs)-1, name)
}

// parseErrors returns the single errors of a policy file.
func parseErrors(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// maxPolicy bounds a policy file in bytes.
const maxPolicy = 1 << 20

// readPolicy reads a policy file.
func readPolicy(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxPolicy+1))
	if err == nil && len(src) > maxPolicy {
		err = fmt.Errorf("%s: more than %d bytes are no policy", name, maxPolicy)
	}
	return src, err
}

// give puts what the policy grants to a module, or to the program if the name is empty, into its configuration.
func (g *guest) give(cfg *wasi.Config, module string) {
	grants := g.world.policy.Grants(module)
	for _, d := range grants.Dirs {
		cfg.Preopens = append(cfg.Preopens, wasi.Preopen{Host: d.Host, Guest: d.Guest, Access: d.Access})
	}
	cfg.Quotas, cfg.Net = grants.Quotas, grants.Net
	for _, l := range grants.Listeners {
		cfg.Listeners = append(cfg.Listeners, wasi.Listener{Addr: l.Addr, From: l.From})
	}
	cfg.NetRefused = func(r *policy.NetRefusal) { g.netRefusals.add(module, r) }
	cfg.Refused = func(r *policy.Refusal) { g.refusals.add(module, r) }
}
