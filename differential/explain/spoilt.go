package explain

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// spoiler looks for the instruction that is to blame if what differs at a record is a value that was the same when it was made: one that changed it
// while it waited in a local or on the stack. The record is the last of the window.
func (s *search) spoiler(p *Parting, a, b []instrument.Event, at int) error {
	if p.Culprit == nil || at >= len(a) || at >= len(b) || a[at].Site != b[at].Site {
		return nil
	}
	m, err := wasm.Decode(s.Module)
	if err != nil {
		return nil
	}
	pins := waits(m, p.Window, differs(&a[at], &b[at]))
	for i := range pins {
		probe, err := s.ask(instrument.Options{Stop: p.Event, Pin: &pins[i]}, s.all()...)
		if err != nil {
			return err
		}
		x, y := pinned(probe, 0), pinned(probe, 1)
		if x == nil || y == nil {
			return nil
		}
		if slices.Equal(x.Words, y.Words) {
			continue
		}
		if i == 0 {
			return nil // it was another from the beginning
		}
		shown := p.Culprit.Place
		c := &Culprit{Place: placeOf(x.Site), What: Spoilt, Operands: beforeOf(p.Window, placeOf(x.Site)), With: &shown, Saw: make([]string, len(s.runners))}
		for k := range probe.sides {
			c.Saw[s.place(k)] = s.sawPinned(p, probe, k)
		}
		p.Culprit = c
		return nil
	}
	return nil
}

// differs returns the number of the first operand of a site that two events have different words of.
func differs(a, b *instrument.Event) int {
	at := 0
	for i, t := range a.Site.Types {
		n := 1
		if t.IsVector() {
			n = 2
		}
		end := min(at+n, len(a.Words), len(b.Words))
		if at >= end || !slices.Equal(a.Words[at:end], b.Words[at:end]) {
			return i
		}
		at = end
	}
	return 0
}

// pinned returns the pinned value of a side, or nil.
func pinned(p *probe, side int) *instrument.Event {
	if r := p.readings[side]; r != nil {
		return r.Pinned
	}
	return nil
}
