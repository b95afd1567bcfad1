package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

//go:generate sh -c "go run . policy > ../../docs/policy.md"

var policyCommand = &command{
	name:     "policy",
	synopsis: "[file ...]",
	short:    "explain the rules of policies, or check policy files",
	long: `
Policy prints, in Markdown, the notation of policies and the rules that the monitor checks. With files, it checks that they are
policies and prints their rules without the comments.

Exit status: 0; 2 if a file cannot be read or is no policy, with a line on stderr for each error.

examples:
  touchstone policy
  touchstone policy program.policy
`,
	flags: func(*flag.FlagSet) func(args []string, s streams) (int, error) { return showPolicy },
}

// showPolicy prints the manual or the rules of files.
func showPolicy(args []string, s streams) (int, error) {
	if len(args) == 0 {
		return statusOK, policy.WriteManual(s.out)
	}
	var p policy.Policy
	for _, name := range args {
		src, err := readPolicy(name)
		if err != nil {
			return 0, err
		}
		errs := parseErrors(p.Parse(name, src))
		for _, err := range errs {
			report(s.err, err.Error())
		}
		if len(errs) > 0 {
			return statusFailure, nil
		}
	}
	_, err := io.WriteString(s.out, p.String())
	if err != nil {
		err = fmt.Errorf("printing the rules: %w", err)
	}
	return statusOK, err
}
