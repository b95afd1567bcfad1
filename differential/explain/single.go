package explain

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// single is for differences that are hidden when all instructions are watched: an optimising compiler treats code that is watched in
// another way. It watches one instruction of the window at a time. The first whose watching shows a difference, and all behind the
// last whose watching shows that up to there nothing differs, are the suspects.
func (s *search) single(p *Parting) error {
	var places []Place
	for i := range p.Window {
		if place := placeOf(p.Window[i].Site); !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	clean := 0 // behind the last place whose watching shows that it is innocent
	for i, place := range places {
		o := instrument.Options{Stop: p.Event, Record: &instrument.Record{From: p.Event - 1, Dense: true, Slots: slots,
			Only: func(site *instrument.Site) bool { return site.Kind == instrument.After && placeOf(site) == place }}}
		probe, err := s.pair(p.Event, o)
		if err != nil {
			return err
		}
		if probe.agree() {
			continue // watching it hides the difference
		}
		p.Differences = probe.own(p.Event)
		a, b := events(probe, 0), events(probe, 1)
		if at := s.firstDifference(a, b); at < len(a) && a[at].Site.Kind == instrument.After { // it differs, or the other engine does not come to it
			return s.suspect(p, places[clean:i+1], probe)
		}
		clean = i + 1
	}
	return s.suspect(p, places[clean:], nil)
}

// suspect tells which of the suspects is to blame, or leaves them all.
func (s *search) suspect(p *Parting, suspects []Place, probe *probe) error {
	if err := s.fused(p, suspects); err != nil || p.Culprit != nil {
		return err
	}
	p.Suspects = s.byTrap(suspects, probe)
	return nil
}

// fused looks for an instruction that an engine makes one of with another, whose result it takes: to look at the value between the two hides what
// differs. It gives each suspect's result to nobody but the one that looks, and something else to those that take it; the first for which the
// engines differ all the same is it.
func (s *search) fused(p *Parting, suspects []Place) error {
	m, err := wasm.Decode(s.Module)
	if err != nil {
		return nil
	}
	for i, place := range suspects {
		pin := resultPin(p.Window, place)
		if pin == nil {
			continue
		}
		probe, err := s.pair(p.Event, instrument.Options{Pin: pin})
		if err != nil {
			return err
		}
		if probe.agree() {
			continue
		}
		if probe, err = s.ask(instrument.Options{Stop: p.Event, Pin: pin}, s.all()...); err != nil {
			return err
		}
		c := &Culprit{Place: place, What: Results, Operands: beforeOf(p.Window, place), Saw: make([]string, len(s.runners))}
		for _, other := range suspects[:i] {
			if by := taker(m, p.Window, other); by != nil && placeOf(by.Site) == place && computes(other.Op) {
				c.With = &other
			}
		}
		for k := range probe.sides {
			c.Saw[s.place(k)] = s.sawPinned(p, probe, k)
		}
		if c.Saw[s.place(0)] != c.Saw[s.place(1)] {
			if probe.trap(1, p.Event) != "" {
				c.What = End
			}
			p.Culprit, p.Stage, p.Differences = c, AtInstruction, probe.own(p.Event)
		}
		return nil
	}
	return nil
}

// computes tells whether an instruction does more than to push what is known already.
func computes(op wasm.Op) bool {
	return op != wasm.OpLocalGet && op != wasm.OpLocalTee && op.Info().Class != wasm.ClassConst
}

// resultPin returns what keeps the result of an instruction of a window from all others, or nil if that cannot be.
func resultPin(window []instrument.Event, place Place) *instrument.Pin {
	for i := range window {
		if e := &window[i]; e.Site.Kind == instrument.After && placeOf(e.Site) == place && len(e.Site.Types) == 1 && !e.Site.Types[0].IsRef() {
			return &instrument.Pin{Func: place.Func, Offset: place.Offset, Type: e.Site.Types[0], Instead: e.Words}
		}
	}
	return nil
}

// beforeOf returns the record of a window of what an instruction takes, or nil.
func beforeOf(window []instrument.Event, place Place) *instrument.Event {
	for i := range window {
		if e := &window[i]; e.Site.Kind == instrument.Before && placeOf(e.Site) == place {
			return e
		}
	}
	return nil
}

// sawPinned says what a side saw of a pinned value, or how it ended before it.
func (s *search) sawPinned(p *Parting, probe *probe, side int) string {
	if trap := probe.trap(side, p.Event); trap != "" {
		return trap
	}
	if r := probe.readings[side]; r != nil && r.Pinned != nil {
		return operands(r.Pinned)
	}
	return ending(&probe.sides[side])
}

// byTrap leaves of the suspects those that can trap as the engines did, if there are any.
func (s *search) byTrap(suspects []Place, p *probe) []Place {
	if p == nil {
		return suspects
	}
	var codes []wasm.TrapCode
	for i := range p.sides {
		for _, c := range p.sides[i].Result.Calls {
			if c.Outcome == engine.Trapped && c.Trap != wasm.Unreachable {
				codes = append(codes, c.Trap)
			}
		}
	}
	could := slices.DeleteFunc(slices.Clone(suspects), func(place Place) bool {
		return !slices.ContainsFunc(codes, func(c wasm.TrapCode) bool { return slices.Contains(place.Op.Info().Traps, c) })
	})
	if len(could) > 0 {
		return could
	}
	return suspects
}
