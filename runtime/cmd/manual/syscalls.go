//go:build linux

package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos/sandbox"
)

// syscallPage returns the page on system calls.
func syscallPage() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, generated, "the table in runtime/internal/hostos/sandbox/syscalls_linux.go")
	b.WriteString(`# System calls

Every system call of Linux that the process of a guest makes, amd64 and arm64 alike: what reaches it, what is checked before it,
which of its effects the monitor knows, what a guest could do if the check failed, and what holds it then. The seccomp filter
of ` + "`touchstone run`" + ` is assembled from the same table: **no other call is let in**, whatever the guest does, nor
one of another machine's or of x32; it ends the process. ` + "`TestSystemCalls`" + ` in runtime/wasi logs what
the hostcalls really call, and fails if this page does not say it; ` + "`TestAttempts`" + ` in
runtime/internal/hostos/sandbox tries what must not succeed.

## Reached by guests

`)
	b.WriteString("| system call | let in | reached from | guard | effects | impact if the guard fails | containment |\n|---|---|---|---|---|---|---|\n")
	for c := range sandbox.Calls() {
		if len(c.From) == 0 {
			continue
		}
		var effects []string
		for op := range c.Effects.All() {
			effects = append(effects, op.String())
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", c.Name, when(c), patterns(c.From), cell(c.Guard),
			strings.Join(effects, ", "), cell(c.Impact), cell(c.Containment))
	}
	b.WriteString(`
Outside of Linux the same functions of package hostos make the calls of that system. There is no filter and no Landlock then, only the
guards.

## Needed by the Go runtime

| system call | let in | what for | impact if a guest could make it | containment |
|---|---|---|---|---|
`)
	for c := range sandbox.Calls() {
		if c.Runtime == "" {
			continue
		}
		impact, containment := c.Impact, c.Containment
		if impact == "" {
			impact, containment = "none beyond the process", "–"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", c.Name, when(c), cell(c.Runtime), cell(impact), cell(containment))
	}
	b.WriteString("\n## Before the guest, and refused after\n\n| system call | what for |\n|---|---|\n")
	for c := range sandbox.Calls() {
		if c.Phase == sandbox.Setup {
			fmt.Fprintf(&b, "| `%s` | %s |\n", c.Name, cell(c.Guard))
		}
	}
	return b.Bytes()
}

// when says when the filter lets a call in, and with which arguments.
func when(c *sandbox.Call) string {
	switch {
	case c.Phase == sandbox.Refused:
		return fmt.Sprintf("never: %v", c.Refusal)
	case c.Only == nil:
		return c.Phase.String()
	}
	other := "ends the process"
	if c.Only.Refusal != 0 {
		other = "is refused: " + c.Only.Refusal.Error()
	}
	return fmt.Sprintf("%s, if %s; else it %s", c.Phase, c.Only.Doc, other)
}

func patterns(list []string) string {
	quoted := make([]string, len(list))
	for i, p := range list {
		quoted[i] = "`" + p + "`"
	}
	return strings.Join(quoted, ", ")
}
