package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/harness/coverage"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// ofPairs says which instructions were executed with operands of which classes: a bar for each feature, and a cell for each instruction.
func ofPairs(p *coverage.Pairs) section {
	s := section{Title: "Instructions and classes of operands", Header: []string{"since", "instructions", "executed", "with classes of operands", "executed", ""},
		Bars: &bars{Name: "instructions with classes of operands that are executed", full: 100}, Grid: &grid{Name: "instructions", labels: 150},
		Key: []key{{"hit", "the stronger, the more of the combinations are executed"}, {"never", "never executed"}}}
	each, all := p.Features()
	s.Note = fmt.Sprintf("%d generated modules execute %d of %d instructions, and %s of the combinations of these with classes of operands. A cell is an instruction.",
		p.Modules, all.Instructions.Executed, all.Instructions.All, percent(all.Classes))
	for _, f := range append(each, all) {
		s.Lines = append(s.Lines, []string{f.Name, fmt.Sprint(f.Instructions.All), fmt.Sprint(f.Instructions.Executed), fmt.Sprint(f.Classes.All),
			fmt.Sprint(f.Classes.Executed), percent(f.Classes)})
		s.Bars.add(f.Name, fmt.Sprintf("%s of %d", percent(f.Classes), f.Classes.All), segment{Value: f.Classes.Percent(), Class: "bar"})
	}
	s.Bars.place()
	const perRow = 50
	for _, f := range each {
		n := 0
		for _, in := range p.Instructions {
			if in.Since != f.Name {
				continue
			}
			if n%perRow == 0 {
				label := ""
				if n == 0 {
					label = f.Name
				}
				s.Grid.row(label)
			}
			c := cell{Class: "hit", Opacity: 0.1 + 0.9*in.Classes.Percent()/100}
			if !in.Executed {
				c = cell{Class: "never", Opacity: 1}
			}
			c.Title = fmt.Sprintf("%s: %d of %d", in.Name, in.Classes.Executed, in.Classes.All)
			s.Grid.cell(n%perRow, c)
			n++
		}
	}
	return s
}

// ofHostcalls says which errnos hostcalls return: a row for each hostcall, and a column for each errno that any of them returns or declares.
func ofHostcalls(e *coverage.Errnos) section {
	s := section{Title: "Hostcalls and errnos", Header: []string{"hostcall", "support", "calls", "returned", "declared but never returned"},
		Grid: &grid{Name: "hostcalls and errnos", labels: 190, top: 110},
		Key:  []key{{"hit", "returned; the stronger, the more often"}, {"never", "declared, and never returned"}}}
	column, most := map[string]int{}, 1
	for errno := wasi.ESUCCESS; errno <= wasi.ENOTCAPABLE; errno++ {
		name, used := errno.String(), false
		for _, h := range e.Hostcalls {
			used = used || h.Returned[name] > 0
			most = max(most, h.Returned[name])
		}
		if used {
			column[name] = len(column)
			s.Grid.column(name)
		}
	}
	pairs := 0
	for _, h := range e.Hostcalls {
		s.Grid.row(h.Name)
		for _, name := range slices.Sorted(maps.Keys(h.Returned)) {
			n := h.Returned[name]
			pairs++
			s.Grid.cell(column[name], cell{Class: "hit", Opacity: 0.25 + 0.75*math.Log1p(float64(n))/math.Log1p(float64(most)), Title: fmt.Sprintf("%s: %s, %d times", h.Name, name, n)})
		}
		for _, name := range h.Never {
			if i, ok := column[name]; ok {
				s.Grid.cell(i, cell{Class: "never", Opacity: 1, Title: fmt.Sprintf("%s: %s, never", h.Name, name)})
			}
		}
		s.Lines = append(s.Lines, []string{h.Name, h.Support, fmt.Sprint(h.Calls()), fmt.Sprint(len(h.Returned)), fmt.Sprint(len(h.Never))})
	}
	var absent []string
	for errno := wasi.ESUCCESS; errno <= wasi.ENOTCAPABLE; errno++ {
		if _, ok := column[errno.String()]; !ok {
			absent = append(absent, errno.String())
		}
	}
	s.Note = fmt.Sprintf("%d sequences show %d pairs of a hostcall and an errno. No hostcall returns %s: many errnos are the host's to give, such as those of a full disk.",
		e.Sequences, pairs, strings.Join(absent, ", "))
	return s
}
