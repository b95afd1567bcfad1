package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"

	"github.com/touchstone-wasm/touchstone/harness/coverage"
)

// printPairs writes how many instructions, and instructions with classes of operands, were executed.
func printPairs(w io.Writer, p *coverage.Pairs, verbose bool) error {
	table := tablewriter.NewTable(w)
	table.Header("since", "instructions", "executed", "with classes of operands", "executed", "")
	each, all := p.Features()
	for _, f := range append(each, all) {
		table.Append(f.Name, fmt.Sprint(f.Instructions.All), fmt.Sprint(f.Instructions.Executed), fmt.Sprint(f.Classes.All), fmt.Sprint(f.Classes.Executed),
			fmt.Sprintf("%.1f %%", f.Classes.Percent()))
	}
	if err := table.Render(); err != nil {
		return err
	}
	for _, reason := range slices.Sorted(maps.Keys(p.NotCounted)) {
		fmt.Fprintf(w, "not counted: %d combinations: %s\n", p.NotCounted[reason], reason)
	}
	if !verbose {
		return nil
	}
	for _, in := range p.Instructions {
		if !in.Executed {
			fmt.Fprintf(w, "never executed: %s\n", in.Name)
		}
		for _, name := range in.Missing {
			fmt.Fprintf(w, "never executed: %s\n", name)
		}
	}
	return nil
}

// printHostcalls writes what hostcalls returned.
func printHostcalls(w io.Writer, e *coverage.Errnos, verbose bool) error {
	table := tablewriter.NewTable(w)
	table.Header("hostcall", "support", "calls", "errnos", "never")
	for _, h := range e.Hostcalls {
		table.Append(h.Name, h.Support, fmt.Sprint(h.Calls()), fmt.Sprint(len(h.Returned)), fmt.Sprint(len(h.Never)))
	}
	if err := table.Render(); err != nil || !verbose {
		return err
	}
	for _, h := range e.Hostcalls {
		fmt.Fprintf(w, "%s never returns: %s\n", h.Name, strings.Join(h.Never, " "))
	}
	return nil
}
