package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/olekukonko/tablewriter/tw"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// Errnos writes a table of what each call of a program of hostcalls returned on each engine, without a judgement.
func Errnos(w io.Writer, f *session.Finding) error {
	fmt.Fprintf(w, "%s\n", f.Case.Name)
	heads, aligns := []string{"call"}, []tw.Align{tw.AlignLeft}
	for _, s := range f.Sides {
		heads, aligns = append(heads, s.Engine), append(aligns, tw.AlignLeft)
	}
	table := grid(w, heads, aligns)
	for _, call := range f.Case.Calls {
		cells := []string{call}
		for _, s := range f.Sides {
			cells = append(cells, errno(s.Result, call))
		}
		if err := table.Append(cells); err != nil {
			return err
		}
	}
	return table.Render()
}

// errno names what a call returned: the value of the global for it.
func errno(r *engine.Result, call string) string {
	i := slices.IndexFunc(r.Globals, func(g engine.NamedGlobal) bool { return g.Name == call })
	switch {
	case r.Stage != engine.StageRun:
		return string(r.Stage)
	case i < 0 || !r.Globals[i].Readable:
		return "?"
	case r.Globals[i].Value.Bits == hostcall.NotCalled:
		return "-"
	}
	return wasi.Errno(r.Globals[i].Value.Bits).String()
}
