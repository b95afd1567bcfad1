package session

import (
	"maps"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
)

// EngineStats counts what one engine did.
type EngineStats struct {
	Name, Version string
	Modules       int // that it was given
	Agreed        int // that it was compared on to the end and found with all others or with the majority
	Differed      int // that it was found outside the majority, or that have none
	Skipped       map[compare.Reason]int
	// Examples holds, for each reason, the first module that was skipped for it.
	Examples map[compare.Reason]Example
	Crashes  int
	Hangs    int
	Unread   int           // modules with a place that it has no way to see
	Busy     time.Duration // in which it ran modules
	Lost     error         // why it could not be used any more, if so
}

// Stats counts what a session did.
type Stats struct {
	Engines     []EngineStats
	Modules     int // judged
	Compared    int // on all engines, to the end
	Skipped     map[compare.Reason]int
	Divergences int
	Accepted    map[string]int  // divergences, crashes and hangs that are known, by their name in the list
	Alike       map[string]Like // findings that are not accepted, by what they have in common, see [Finding.Likeness]
	Unreadable  int             // modules that could not be had
	WhyUnread   error           // of the first of these
	NoState     int             // programs whose memory was not compared, see [compare.Side]
	Interrupted bool
	Elapsed     time.Duration // since the engines were ready
}

// Example is a module that an engine skipped.
type Example struct {
	Module string // its name
	Words  string // the engine's own
}

// Like counts findings that look alike.
type Like struct {
	N     int
	First string // the name of the first module
}

// Crashes returns the crashes of all engines that are not accepted.
func (s *Stats) Crashes() (n int) {
	for i := range s.Engines {
		n += s.Engines[i].Crashes
	}
	return n
}

// Hangs returns the hangs of all engines that are not accepted.
func (s *Stats) Hangs() (n int) {
	for i := range s.Engines {
		n += s.Engines[i].Hangs
	}
	return n
}

// Known returns how many divergences, crashes and hangs there were that are accepted.
func (s *Stats) Known() (n int) {
	for _, k := range s.Accepted {
		n += k
	}
	return n
}

// Findings returns how many divergences, crashes and hangs there were that are not accepted.
func (s *Stats) Findings() int { return s.Divergences + s.Crashes() + s.Hangs() }

// clone returns a copy that shares nothing with s.
func (s *Stats) clone() Stats {
	c := *s
	c.Skipped, c.Accepted, c.Alike = maps.Clone(s.Skipped), maps.Clone(s.Accepted), maps.Clone(s.Alike)
	c.Engines = append([]EngineStats(nil), s.Engines...)
	for i := range c.Engines {
		c.Engines[i].Skipped = maps.Clone(c.Engines[i].Skipped)
		c.Engines[i].Examples = maps.Clone(c.Engines[i].Examples)
	}
	return c
}
