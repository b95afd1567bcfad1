package session

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/compare"
)

// count enters one judged module into the statistics.
func (s *session) count(f *Finding) {
	v := f.Verdict
	s.stats.Modules++
	if v.Complete() {
		s.stats.Compared++
	} else {
		s.stats.Skipped[v.Reason()]++
	}
	if f.Case.HostState {
		s.stats.NoState++
	}
	if f.Known != nil {
		s.stats.Accepted[f.Known.Name]++
	} else if f.found() {
		if v.Diverges() {
			s.stats.Divergences++
		}
		like := s.stats.Alike[f.Likeness()]
		if like.N++; like.N == 1 {
			like.First = f.Case.Name
		}
		s.stats.Alike[f.Likeness()] = like
	}
	majority, clear := v.Majority()
	for i := range s.stats.Engines {
		e := &s.stats.Engines[i]
		e.Modules++
		switch {
		case v.Diverges() && !(clear && slices.Contains(majority, i)) && inGroup(v.Groups, i):
			e.Differed++
		case v.Skipped[i] != "":
			e.Skipped[v.Skipped[i]]++
			if _, ok := e.Examples[v.Skipped[i]]; !ok {
				e.Examples[v.Skipped[i]] = Example{f.Case.Name, compare.Words(f.Sides[i].Result)}
			}
		default:
			e.Agreed++
		}
		if len(v.Unread[i]) > 0 {
			e.Unread++
		}
		if f.Known != nil {
			continue
		}
		if slices.Contains(v.Crashed, i) {
			e.Crashes++
		}
		if slices.Contains(v.Hung, i) {
			e.Hangs++
		}
	}
}

func inGroup(groups [][]int, i int) bool {
	return slices.ContainsFunc(groups, func(g []int) bool { return slices.Contains(g, i) })
}
