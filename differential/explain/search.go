package explain

import (
	"context"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
)

// search looks for the first event at which two engines differ.
type search struct {
	*Subject
	ctx        context.Context
	runners    []Runner
	pairIndex  [2]int // of a and b in runners
	a, b       *Runner
	nans       instrument.NaNs
	bare       bool          // events are counted without their operands
	made       []engine.Call // the calls of the module itself
	startFails bool          // instantiation ends in the start function
	patience   time.Duration
	open       map[[2]uint64]bool // words of two values that differ in open bits of NaNs
	probes     int
}

// pair asks both engines for the form of the module that stops at event n.
func (s *search) pair(n uint64, o instrument.Options) (*probe, error) {
	s.probes++
	o.Stop = n
	return s.ask(o, s.a, s.b)
}

// agree reports whether both engines did the same up to event n, and left the same state.
func (s *search) agree(n uint64, values bool) (bool, error) {
	p, err := s.pair(n, instrument.Options{Values: values})
	if err != nil {
		return false, err
	}
	return p.agree(), nil
}

// first returns the number of the first event at which the engines differ, given one before at which they do not and one at which
// they do.
func (s *search) first(low, high uint64, values bool) (uint64, error) {
	for high-low > 1 {
		middle := low + (high-low)/2
		same, err := s.agree(middle, values)
		if err != nil {
			return 0, err
		}
		if same {
			low = middle
		} else {
			high = middle
		}
	}
	return high, nil
}

// fanOut is how many hashes one run gives when the first event with another hash is looked for.
const fanOut = 256

// byHash returns a number of an event at which the hashes of both engines differ, and before which they do not, given that they do at high
// or behind it. It needs few runs, however many events there are. It returns high if an engine does not give what is needed.
func (s *search) byHash(high uint64, values bool) (uint64, error) {
	for low := uint64(0); high-low > 1; {
		every := (high - low + fanOut - 1) / fanOut
		p, err := s.pair(high, instrument.Options{Values: values, Samples: &instrument.Samples{From: low + every, Every: every, Slots: fanOut}})
		if err != nil {
			return 0, err
		}
		a, b := p.readings[0], p.readings[1]
		if a == nil || b == nil {
			break
		}
		n := common(a.Samples, b.Samples)
		if low+every*uint64(n+1) > high && n == 0 {
			break
		}
		low, high = low+every*uint64(n), min(high, low+every*uint64(n+1))
	}
	return high, nil
}

// common returns how many samples are the same.
func common(a, b []uint64) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// back returns the number of the first event at which the engines differ, given one at which they do. It looks close to that first: what differs
// rarely lives for long before an event shows it.
func (s *search) back(n uint64, values bool) (uint64, error) {
	low, high := uint64(0), n
	for step := uint64(1); step < n; step *= 2 {
		same, err := s.agree(n-step, values)
		if err != nil {
			return 0, err
		}
		if same {
			low = n - step
			break
		}
		high = n - step
	}
	return s.first(low, high, values)
}

// byValues returns the number of the first event by which the engines differ in any value, which is n or less. To fold all values takes time, and a wrong
// one rarely lives for long: the first run has the hashes of the last events before n. If with all values folded the difference is gone it
// returns n.
func (s *search) byValues(n uint64) (uint64, error) {
	from := n - min(n-1, fanOut-1)
	p, err := s.pair(n, instrument.Options{Values: true, Samples: &instrument.Samples{From: from, Every: 1, Slots: fanOut}})
	if err != nil || p.agree() {
		return n, err
	}
	a, b := p.readings[0], p.readings[1]
	if a == nil || b == nil {
		return s.back(n, true)
	}
	if same := uint64(common(a.Samples, b.Samples)); same > 0 || from == 1 {
		return min(n, from+same), nil
	}
	return s.byHash(from, true)
}
