package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// refusals keeps what the policy refused to a guest: of each rule the first refusal for each module, and the number of others.
type refusals struct {
	mu   sync.Mutex // a guest that was left behind in a system call may come back while the command ends
	list []refused
}

// refused is the first refusal by a rule.
type refused struct {
	module string
	first  policy.Refusal
	access policy.Access // that was refused beneath the same directory in all
	more   int
}

// add takes in a refusal of a module, or of the program if the name is empty.
func (l *refusals) add(module string, r *policy.Refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.list {
		if old := &l.list[i]; old.module == module && old.first.Rule == r.Rule {
			if old.first.Dir == r.Dir {
				old.access |= r.Access
			}
			old.more++
			return
		}
	}
	l.list = append(l.list, refused{module, *r, r.Access, 0})
}

// print prints a line for each rule that refused something, with the flag that would allow it. Most programs ask at their start
// which directories there are: of one that did well with none, that is nothing to tell.
func (l *refusals) print(w io.Writer, path string, p *policy.Policy, coped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.list {
		if coped && r.first.Hostcall == "fd_prestat_get" {
			continue
		}
		line := path + ": "
		if r.module != "" {
			line += fmt.Sprintf("module %q: ", r.module)
		}
		line += r.first.String()
		if r.more > 0 {
			line += fmt.Sprintf(" (the first of %d refusals)", r.more+1)
		}
		report(w, line+"; "+r.remedy(p))
	}
}

// remedy says what to change in the policy.
func (r *refused) remedy(p *policy.Policy) string {
	for _, l := range p.Lines() {
		if l.Module != r.module {
			continue
		}
		switch g := l.Grant.(type) {
		case policy.DirRule:
			if r.access != 0 && g.Guest == r.first.Dir {
				l.Grant = g.With(r.access)
				return "allow it with " + asWritten(l)
			}
		case policy.QuotaRule:
			if _, ok := g.Max(r.first.Resource); ok && r.first.Rule == r.first.Resource.Rule() {
				return fmt.Sprintf("allow more with a larger MAX in %s", asWritten(l))
			}
		}
	}
	where := ""
	if r.first.Dir != "" {
		where = " for the directory where the file is"
	}
	return fmt.Sprintf("allow it with -%s HOST[:GUEST]%s", flagName("dir", r.module), where)
}

// asWritten returns a rule as a flag, or as the line of its policy file.
func asWritten(l policy.Line) string {
	if l.Place != "" {
		return l.Place + ": " + l.String()
	}
	return "-" + l.String()
}
