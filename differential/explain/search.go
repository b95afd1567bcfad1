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
	made       []engine.Call // the calls of the module itself
	startFails bool          // instantiation ends in the start function
	patience   time.Duration
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

// byValues returns the number of the first event by which the engines differ in any value, which is n or less. It looks close to n
// first: a wrong value rarely lives for long before an event shows it, and to fold all values takes time. If with all values
// folded the difference is gone it returns n.
func (s *search) byValues(n uint64) (uint64, error) {
	same, err := s.agree(n, true)
	if err != nil || same {
		return n, err
	}
	low, high := uint64(0), n
	if n == whole {
		return n, nil
	}
	for step := uint64(1); step < n; step *= 2 {
		same, err := s.agree(n-step, true)
		if err != nil {
			return 0, err
		}
		if same {
			low = n - step
			break
		}
		high = n - step
	}
	return s.first(low, high, true)
}
