package explain

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Job is what is run of one form of the module.
type Job struct {
	Module  []byte
	Calls   []engine.Call // nil: those that follow from the exports
	Timeout time.Duration
}

// Runner is an engine that can be asked. It is called by one goroutine at a time, each time in a fresh world.
type Runner struct {
	Name string
	Run  func(ctx context.Context, job Job) (compare.Side, error)
}

// whole is the number of a stop that no run comes to.
const whole = math.MaxUint64

// probe is what came of one form of the module on some engines.
type probe struct {
	module   *instrument.Module
	sides    []compare.Side
	readings []*instrument.Reading // nil where the module was not instantiated
	// differences are those of the first two sides; a crash or a hang of one is the only one then.
	differences []compare.Difference
}

func (p *probe) agree() bool { return len(p.differences) == 0 }

// ask runs the form of the module that stops at event o.Stop on the given runners side by side.
func (s *search) ask(o instrument.Options, runners ...*Runner) (*probe, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	o.NaNs, o.Bare, o.Stops, o.Open = s.nans, s.bare, true, !s.Program
	m, err := instrument.Rewrite(s.Module, o)
	if err != nil {
		return nil, err
	}
	p := &probe{module: m, sides: make([]compare.Side, len(runners)), readings: make([]*instrument.Reading, len(runners))}
	job := Job{Module: m.Bytes, Calls: s.calls(m), Timeout: s.patience}
	errs := make([]error, len(runners))
	var wg sync.WaitGroup
	for i, r := range runners {
		wg.Go(func() { p.sides[i], errs[i] = r.Run(s.ctx, job) })
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, err
		}
		if r, ok := m.Read(p.sides[i].Result); ok {
			p.readings[i] = r
		}
	}
	if len(runners) > 1 {
		p.differences = differences(&p.sides[0], &p.sides[1])
		if x, y := p.readings[0], p.readings[1]; p.agree() && x != nil && y != nil && (x.Hash != y.Hash || x.Count != y.Count) {
			p.differences = []compare.Difference{{Where: whatHappened}} // of a program whose globals are not compared
		}
	}
	return p, nil
}

// whatHappened is the place of a difference of the count or the hash alone.
const whatHappened = "events"

// own returns the differences without those of what was added to the module. The trap at the stop is called what it is.
func (p *probe) own(stop uint64) (own []compare.Difference) {
	for _, d := range p.differences {
		if name, ok := strings.CutPrefix(d.Where, "global "); d.Where == whatHappened || ok && p.module.Added(name) {
			continue
		}
		for i, text := range []*string{&d.A, &d.B} {
			if p.stopped(i, stop) && *text == stopTrap {
				*text = fmt.Sprintf("comes to event %d", stop)
			}
		}
		own = append(own, d)
	}
	return own
}

// trap returns how a call ended on a side that ended otherwise on another one, if it trapped and that is not the stop; else "".
func (p *probe) trap(side int, stop uint64) string {
	for other := range p.sides {
		if other == side || dead(&p.sides[side]) || dead(&p.sides[other]) {
			continue
		}
		for _, d := range compare.Pair(&p.sides[side], &p.sides[other]).Differences {
			if strings.HasPrefix(d.A, "trap: ") && (d.A != stopTrap || !p.stopped(side, stop)) {
				return d.A
			}
		}
	}
	return ""
}

// stopTrap is how the trap at a stop is shown by package compare.
var stopTrap = "trap: " + wasm.Unreachable.Error()

// stopped tells whether a side came to the stop.
func (p *probe) stopped(side int, stop uint64) bool {
	r := p.readings[side]
	return r != nil && r.Count == stop
}

// calls returns the calls of a form of the module: those of the module itself, after its start function.
func (s *search) calls(m *instrument.Module) []engine.Call {
	if m.Start == "" {
		return s.made
	}
	calls := []engine.Call{{Export: m.Start}}
	if s.startFails {
		return calls
	}
	return append(calls, s.made...)
}

// differences compares two sides as [compare.Pair] does; one that died differs from one that did not.
func differences(a, b *compare.Side) []compare.Difference {
	if dead(a) || dead(b) {
		if a.Result.Stage == b.Result.Stage {
			return nil
		}
		return []compare.Difference{{Where: "stage", A: string(a.Result.Stage), B: string(b.Result.Stage)}}
	}
	return compare.Pair(a, b).Differences
}

// dead reports whether nothing but its death is known of a side.
func dead(s *compare.Side) bool {
	return s.Result.Stage == engine.StageCrash || s.Result.Stage == engine.StageHang
}
