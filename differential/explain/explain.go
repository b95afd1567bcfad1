// Package explain says where engines part: it finds the first event at which two of them differ, by bisection over the events that
// package instrument counts, and between that event and the one before the instruction that gave another result.
//
// The search needs nothing of an engine but that it runs modules. Its steps:
//
//  1. the module as it is, on all engines: who differs from whom. Each group is compared with the largest.
//  2. the first event with another hash is looked for, by runs that give the hashes of many events at a time, and from there backwards the first
//     event at which the engines differ. What they agree on up to an event they agree on up to all before it. The agreement is
//     of count, hash, results and state, so that a store that wrote something else than it was given is found where it stands.
//  3. the same with the results of all instructions folded into the hash, from there backwards: the event that shows a wrong
//     value may be far behind the instruction that made it.
//  4. every instruction between the last common event and the first that is not, with its operands and results, on all engines. A value that
//     changes while it waits, in a local or on the stack, was spoilt by an instruction in between, which is looked for.
//
// To watch changes what an optimising compiler does with the code around. If a step hides the difference, the search says so, and falls
// back on what the step before found, or on watching one instruction at a time. What is wrong of two instructions that a compiler makes one of
// shows as long as the value between them is not looked at; the second is the culprit then.
package explain

import (
	"context"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Subject is a module whose engines are to be told apart.
type Subject struct {
	Module []byte
	// Canonical tells that the arithmetic of the module gives canonical NaNs only, as that of generated modules does.
	Canonical bool
	Program   bool          // it is a WASI program
	Invalid   error         // why our own decoder or validator refuses it, or nil
	Timeout   time.Duration // for each run
	// Prefer is the name of the engine that speaks for its group.
	Prefer string
}

func (s *Subject) needs() []compare.Proposal { return compare.Needs(s.Module, s.Invalid) }

// Explanation is what was found out about a module.
type Explanation struct {
	Verdict  *compare.Verdict // on the module as it is
	Sides    []compare.Side   // what each runner made of it
	Partings []*Parting       // one for each engine that speaks for a group against the largest
	Elapsed  time.Duration
}

// Parting is where one engine parts from another.
type Parting struct {
	A, B string // the engine that speaks for the largest group, and the other one
	// Stage says how far the search came.
	Stage Stage
	// Differences are what differs at the last point that was looked at.
	Differences []compare.Difference
	Events      uint64             // how many there are in all, on A; of a hang or crash of A on B
	Event       uint64             // the number of the first that differs; Events+1 if all agree and what differs comes after them
	Before      []instrument.Event // the last events before it, on A
	Window      []instrument.Event // what A did between the event before and this one, an instruction after the other
	Culprit     *Culprit
	// Suspects are the instructions among which the culprit is, if watching hides the difference.
	Suspects []Place
	Probes   int // runs of both engines
}

// Stage is how far a search came.
type Stage string

// The stages.
const (
	AtInstantiation Stage = "instantiation" // they part before the first event
	Hidden          Stage = "hidden"        // counting events hides the difference
	AtEvent         Stage = "event"         // the event is known, the instruction is one of several
	AtInstruction   Stage = "instruction"   // the instruction is known
)

// Place is an instruction of the original module.
type Place struct {
	Func   uint32
	Offset int // in the module's bytes
	Op     wasm.Op
}

// Culprit is the first instruction that did not do the same on all engines.
type Culprit struct {
	Place
	What     What
	Operands *instrument.Event // nil if they are not known
	// With is an instruction that has its part in it, if there is one: that between it and the culprit nothing may be watched, or that showed what
	// the culprit had done.
	With *Place
	// Saw is what each runner saw of it, by index; empty for those that did not come so far.
	Saw []string
}

// What says what differs at a culprit.
type What string

// What can differ.
const (
	Results  What = "results"
	Operands What = "operands"
	End      What = "how it ends"
	Way      What = "where it goes"
	State    What = "what it leaves"
	Spoilt   What = "a value that it has nothing to do with"
)

// Explain finds out where the runners part on a module. An error is one of a runner, or ctx's.
func Explain(ctx context.Context, subject *Subject, runners []Runner) (*Explanation, error) {
	begun := time.Now()
	x := &Explanation{Sides: make([]compare.Side, len(runners))}
	for i := range runners {
		side, err := runners[i].Run(ctx, Job{Module: subject.Module, Timeout: subject.Timeout})
		if err != nil {
			return nil, err
		}
		x.Sides[i] = side
	}
	x.Verdict = compare.Judge(x.Sides, subject.needs, subject.Timeout)
	defer func() { x.Elapsed = time.Since(begun) }()
	if subject.Invalid != nil {
		return x, nil
	}
	a, others := speakers(x.Verdict, x.Sides, subject.Prefer)
	if len(others) == 0 { // the final state does not show everything
		v, sides, err := counted(ctx, subject, runners, x.Sides)
		if err != nil {
			return nil, err
		}
		if a, others = speakers(v, sides, subject.Prefer); len(others) == 0 {
			return x, nil
		}
	}
	for _, b := range others {
		s := &search{Subject: subject, ctx: ctx, a: &runners[a], b: &runners[b], runners: runners, pairIndex: [2]int{a, b}, open: map[[2]uint64]bool{}}
		p, err := s.run(&x.Sides[a], &x.Sides[b])
		if err != nil {
			return nil, err
		}
		x.Partings = append(x.Partings, p)
	}
	return x, nil
}

// counted compares the engines on the module with its events counted.
func counted(ctx context.Context, subject *Subject, runners []Runner, sides []compare.Side) (*compare.Verdict, []compare.Side, error) {
	s := &search{Subject: subject, ctx: ctx, patience: subject.Timeout, nans: instrument.Canonical}
	if subject.Canonical {
		s.nans = instrument.Exact
	}
	plan, err := engine.NewPlan(s.job())
	if err != nil {
		return &compare.Verdict{}, nil, nil
	}
	if !s.Program {
		s.made = made(plan.Calls, sides)
	}
	var all []*Runner
	for i := range runners {
		all = append(all, &runners[i])
	}
	p, err := s.ask(instrument.Options{Stop: whole}, all...)
	if err != nil {
		return nil, nil, err
	}
	return compare.Judge(p.sides, subject.needs, subject.Timeout), p.sides, nil
}

// made returns the calls up to the first that a side has not made to its end: what has no end is not asked for again.
func made(calls []engine.Call, sides []compare.Side) []engine.Call {
	for i := range sides {
		done := sides[i].Result.Calls
		if n := slices.IndexFunc(done, func(c engine.CallResult) bool { return c.Outcome == engine.Limited }); n >= 0 {
			calls = calls[:min(n, len(calls))]
		}
	}
	return calls
}

// speakers returns the side that speaks for the largest group, -1 if there is none, and those that speak for the others: the preferred
// engine, else the first. Each side that died speaks for itself.
func speakers(v *compare.Verdict, sides []compare.Side, prefer string) (a int, others []int) {
	if len(v.Groups) == 0 {
		return -1, nil
	}
	speaker := func(group []int) int {
		for _, i := range group {
			if sides[i].Engine == prefer {
				return i
			}
		}
		return group[0]
	}
	for _, group := range v.Groups[1:] {
		others = append(others, speaker(group))
	}
	return speaker(v.Groups[0]), append(append(others, v.Crashed...), v.Hung...)
}

// run looks for where b parts from a; the sides are what they made of the module as it is.
func (s *search) run(a, b *compare.Side) (*Parting, error) {
	p := &Parting{A: s.a.Name, B: s.b.Name, Stage: AtInstantiation, Differences: differences(a, b)}
	defer func() { p.Probes = s.probes }()
	if !ran(a) && !ran(b) {
		return p, nil
	}
	plan, err := engine.NewPlan(s.job())
	if err != nil {
		return p, nil
	}
	s.startFails = a.Result.Stage == engine.StageStart
	if !s.Program {
		s.made = made(plan.Calls, []compare.Side{*a, *b})
	}
	if s.patience = s.Timeout; b.Result.Stage == engine.StageHang {
		s.patience = min(s.Timeout, max(minPatience, patienceFactor*a.Result.Elapsed))
	}
	full, err := s.visible()
	if err != nil || full == nil {
		p.Stage = Hidden
		return p, err
	}
	return p, s.narrow(p, full)
}

// The time that a probe may take where an engine hangs: as long as the other one took, with room for what is added to the module.
const (
	minPatience    = 2 * time.Second
	patienceFactor = 100
)

// ran tells whether a side came to where a module does something.
func ran(s *compare.Side) bool {
	return s.Result.Stage == engine.StageRun || s.Result.Stage == engine.StageStart
}

func (s *search) job() *engine.Job {
	job := &engine.Job{Module: s.Module}
	if s.Program {
		job.WASI = &engine.WASI{}
	}
	return job
}

// visible runs the module to its end with its events counted, and returns what came of it if the engines still differ, else nil. NaNs
// are made canonical if that does not hide it, and operands of events are told of.
func (s *search) visible() (*probe, error) {
	ways := []instrument.NaNs{instrument.Canonical, instrument.Folded}
	if s.Canonical {
		ways = []instrument.NaNs{instrument.Exact}
	}
	for _, s.bare = range []bool{false, true} {
		for _, s.nans = range ways {
			full, err := s.pair(whole, instrument.Options{})
			if err != nil {
				return nil, err
			}
			if !full.agree() && (full.readings[0] != nil || full.readings[1] != nil) {
				return full, nil
			}
		}
	}
	return nil, nil
}

// narrow finds the first event that differs, then the instruction.
func (s *search) narrow(p *Parting, full *probe) error {
	r := full.readings[0]
	if r == nil {
		r = full.readings[1]
	}
	p.Events, p.Differences = r.Count, full.own(whole)
	same, err := s.agree(0, false)
	if err != nil || !same {
		return err
	}
	p.Stage = AtEvent
	event := p.Events + 1
	if a, b := full.readings[0], full.readings[1]; a != nil && b != nil && a.Hash != b.Hash {
		if event, err = s.byHash(event, false); err != nil {
			return err
		}
	}
	if event, err = s.back(event, false); err != nil {
		return err
	}
	if event, err = s.byValues(event); err != nil {
		return err
	}
	p.Event = event
	if err := s.context(p); err != nil {
		return err
	}
	return s.window(p)
}

// lastEvents is how many events are shown before the one that differs.
const lastEvents = 20

// context fills in the events before the one that differs.
func (s *search) context(p *Parting) error {
	from := p.Event - min(p.Event-1, lastEvents)
	if from == p.Event {
		return nil
	}
	probe, err := s.ask(instrument.Options{Stop: p.Event - 1, Record: &instrument.Record{From: from, Slots: lastEvents}}, s.a)
	if err == nil && probe.readings[0] != nil {
		p.Before = probe.readings[0].Events
	}
	return err
}
