package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/differential/nan"
)

const (
	// slots is how many records a run keeps, and maxPages how many runs are made for one window.
	slots    = 64
	maxPages = 64
)

// window finds the instruction between the last common event and the next.
func (s *search) window(p *Parting) error {
	o := instrument.Options{Stop: p.Event, Record: &instrument.Record{From: p.Event - 1, Dense: true, Slots: slots}}
	for page := range maxPages {
		o.Record.Skip = page * slots
		probe, err := s.ask(o, s.all()...)
		if err != nil {
			return err
		}
		a, b := events(probe, 0), events(probe, 1)
		if dead(&probe.sides[1]) {
			return s.death(p, a)
		}
		at := s.firstDifference(a, b)
		p.Window = append(p.Window, a[:min(len(a), at+1)]...)
		if at == slots && len(a) == slots && len(b) == slots {
			continue
		}
		if at == len(a) && at == len(b) && probe.agree() {
			return s.single(p)
		}
		p.Differences = probe.own(p.Event)
		s.blame(p, probe, at)
		return s.spoiler(p, a, b, at)
	}
	return nil
}

// death finds the instruction at which the other engine crashes or hangs: how many of the records of this one, all of them, it lives
// to make.
func (s *search) death(p *Parting, records []instrument.Event) error {
	lives, dies := uint64(0), uint64(len(records))
	var last *probe
	for dies-lives > 1 {
		middle := lives + (dies-lives)/2
		probe, err := s.pair(p.Event, instrument.Options{Record: &instrument.Record{From: p.Event - 1, Dense: true, Slots: slots, Until: middle}})
		if err != nil {
			return err
		}
		if dead(&probe.sides[1]) {
			dies, last = middle, probe
		} else {
			lives = middle
		}
	}
	if int(lives) >= len(records) {
		return nil
	}
	p.Window = records[:lives+1]
	site := records[lives].Site
	c := &Culprit{Place: placeOf(site), What: End, Saw: make([]string, len(s.runners))}
	if site.Kind == instrument.Before {
		c.Operands = &records[lives]
	}
	c.Saw[s.pairIndex[0]] = "goes on"
	if last != nil {
		c.Saw[s.pairIndex[1]] = ending(&last.sides[1])
	} else {
		c.Saw[s.pairIndex[1]] = "dies"
	}
	p.Culprit, p.Stage = c, AtInstruction
	return nil
}

// all returns the runners, the two of the search first.
func (s *search) all() []*Runner {
	all := []*Runner{s.a, s.b}
	for i := range s.runners {
		if i != s.pairIndex[0] && i != s.pairIndex[1] {
			all = append(all, &s.runners[i])
		}
	}
	return all
}

// place returns the index in the runners of the one with index i in [search.all].
func (s *search) place(i int) int {
	if i < 2 {
		return s.pairIndex[i]
	}
	i -= 2
	for k := range s.runners {
		if k == s.pairIndex[0] || k == s.pairIndex[1] {
			continue
		}
		if i == 0 {
			return k
		}
		i--
	}
	return -1
}

func events(p *probe, side int) []instrument.Event {
	if r := p.readings[side]; r != nil {
		return r.Events
	}
	return nil
}

func (s *search) firstDifference(a, b []instrument.Event) (n int) {
	for n < len(a) && n < len(b) && s.same(&a[n], &b[n]) {
		n++
	}
	return n
}

// same compares two events of one form of the module. Until a module that makes the NaNs of its arithmetic canonical itself has come to that,
// their bits are open: two values that differ in them alone where they are made may go on to differ so.
func (s *search) same(a, b *instrument.Event) bool {
	if a.Site != b.Site || len(a.Words) != len(b.Words) {
		return false
	}
	if slices.Equal(a.Words, b.Words) {
		return true
	}
	made := s.nans == instrument.Exact && a.Site.Kind == instrument.After
	for x, y := a.Words, b.Words; len(x) > 0; x, y = x[1:], y[1:] {
		if x[0] != y[0] && !s.open[[2]uint64{x[0], y[0]}] && !(made && nan.Alike(a.Site.Op, x[:1], y[:1])) {
			return false
		}
		if made && x[0] != y[0] {
			s.open[[2]uint64{x[0], y[0]}] = true
		}
	}
	return true
}

// blame names the culprit, given where in the window the records of the two engines part.
func (s *search) blame(p *Parting, probe *probe, at int) {
	a, b := events(probe, 0), events(probe, 1)
	site, what := s.guilty(p, a, b, at)
	if site == nil {
		return
	}
	c := &Culprit{Place: placeOf(site), What: what, Saw: make([]string, len(s.runners))}
	// The operands are in the last record before that is of the same instruction.
	for i := min(at, len(p.Window)-1); i >= 0; i-- {
		if e := &p.Window[i]; e.Site.Kind == instrument.Before && placeOf(e.Site) == c.Place {
			c.Operands = e
			break
		}
	}
	for i := range probe.sides {
		c.Saw[s.place(i)] = saw(probe, i, at, p.Event)
	}
	p.Culprit, p.Stage = c, AtInstruction
}

// guilty returns the site that is to blame and for what.
func (s *search) guilty(p *Parting, a, b []instrument.Event, at int) (*instrument.Site, What) {
	before := func() *instrument.Site { // the last record that both have
		if at > 0 {
			return a[at-1].Site
		}
		if n := len(p.Window); n > 0 && len(a) == 0 {
			return p.Window[n-1].Site
		}
		if n := len(p.Before); n > 0 {
			return p.Before[n-1].Site
		}
		return nil
	}
	switch {
	case at < len(a) && at < len(b) && a[at].Site != b[at].Site:
		if site := before(); site == nil || placeOf(site) != placeOf(a[at].Site) {
			return site, Way
		}
		return before(), End // it traps on the other engine, which goes on with the next call
	case at < len(a) && at < len(b) && a[at].Site.Kind == instrument.Before:
		return a[at].Site, Operands
	case at < len(a) && at < len(b):
		return a[at].Site, Results
	case at == len(a) && at == len(b):
		return before(), State
	}
	return before(), End
}

func placeOf(s *instrument.Site) Place { return Place{s.Func, s.Offset, s.Op} }

// saw says what a side saw of the record where two others part: its operands or results, or how it ended.
func saw(p *probe, side, at int, stop uint64) string {
	e := events(p, side)
	if at >= len(e) {
		return ending(&p.sides[side])
	}
	if elsewhere(p, at) {
		if trap := p.trap(side, stop); trap != "" {
			return trap
		}
		return fmt.Sprintf("goes on at func %d, offset %#x: %v", e[at].Site.Func, e[at].Site.Offset, e[at].Site.Op)
	}
	return operands(&e[at])
}

// elsewhere tells whether the first two sides are at different places at a record.
func elsewhere(p *probe, at int) bool {
	a, b := events(p, 0), events(p, 1)
	return at < len(a) && at < len(b) && a[at].Site != b[at].Site
}

// ending says how the call ended that a side stopped in, in the words of the comparison.
func ending(s *compare.Side) string {
	last := ""
	for _, o := range compare.Observe(s) {
		if o.Where == "instantiation" && s.Result.Stage == engine.StageRun {
			continue
		}
		if last = o.Text; strings.HasPrefix(last, "trap: ") || s.Result.Stage != engine.StageRun {
			break
		}
	}
	return last
}
