package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/ci/command"
)

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		args   string
		status int
		stdout string
		stderr string
	}{
		{"", command.Failure, "", "commands:"},
		{"-h", command.OK, "test", ""},
		{"nothing", command.Failure, "", `unknown command "nothing"`},
		{"test -list vet", command.OK, "CGO_ENABLED=0 GOOS=", ""},
	} {
		var out, errs bytes.Buffer
		status := Main(t.Context(), strings.Fields(test.args), &out, &errs)
		if status != test.status || !strings.Contains(out.String(), test.stdout) || !strings.Contains(errs.String(), test.stderr) {
			t.Errorf("ci %s: status %d, stdout %q, stderr %q", test.args, status, out.String(), errs.String())
		}
		if test.status == command.OK && errs.Len() > 0 || test.status != command.OK && out.Len() > 0 {
			t.Errorf("ci %s: output on the wrong stream: stdout %q, stderr %q", test.args, out.String(), errs.String())
		}
	}
}

// TestEveryCommandHelps: each subcommand says how it is used, on stdout.
func TestEveryCommandHelps(t *testing.T) {
	for _, c := range commands {
		var out, errs bytes.Buffer
		if status := c.Run(t.Context(), []string{"-h"}, &out, &errs); status != command.OK || errs.Len() > 0 {
			t.Errorf("ci %s -h: status %d, stderr %q", c.Name, status, errs.String())
		}
		if want := "usage: go run ./ci " + c.Name; !strings.HasPrefix(out.String(), want) {
			t.Errorf("ci %s -h does not begin with %q:\n%s", c.Name, want, out.String())
		}
	}
}
