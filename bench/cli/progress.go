package cli

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/commandline"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// progress says on stderr what is measured, and how long the rest may take. Work is counted in the samples that are taken; the first look
// at a workload is worth several.
type progress struct {
	w     io.Writer
	start time.Time
	until time.Time // when all should be done; zero is open
	works map[string]*work
	total float64
	done  float64 // of total
	rate  time.Duration
}

// work is what one suite takes.
type work struct {
	sample float64 // one of each engine of each workload, in units of the rate
	rounds int
}

// What is guessed before anything was measured: what a sample takes with all that comes with it, on a machine that does nothing else; how
// many samples one of a command, or of a program, is worth; and how many the first look at a workload is.
const (
	perSample   = 50 * time.Millisecond
	commandCost = 12
	programCost = 40
	firstCost   = 3
)

// plan counts the work.
func (o *options) plan(w io.Writer, timers []timing.Timer) *progress {
	p := &progress{w: w, start: time.Now(), until: o.until, works: map[string]*work{}, rate: perSample}
	for i := range o.suites {
		s := &o.suites[i]
		one := &work{rounds: o.rounds(s)}
		for _, t := range timers {
			if !s.Takes(t.Name()) {
				continue
			}
			cost := 1.0
			if commandline.IsCommand(t.Name()) {
				cost = commandCost
			}
			for j := range s.Workloads {
				one.sample += cost
				if s.Workloads[j].Program != nil && !slices.Contains(s.Selected, s.Workloads[j].Name) { // those take a moment
					one.sample += cost * programCost
				}
			}
		}
		p.works[s.Name] = one
		p.total += one.sample * float64(firstCost+one.rounds)
	}
	fmt.Fprintf(w, "bench: this takes about %v\n", p.left())
	return p
}

// left is how long the rest may take.
func (p *progress) left() time.Duration {
	rate := float64(p.rate)
	if passed := time.Since(p.start); passed > 2*time.Second && p.done > 0 {
		rate = float64(passed) / p.done
	}
	left := time.Duration(rate * (p.total - p.done))
	if !p.until.IsZero() {
		left = min(left, max(time.Until(p.until), time.Second))
	}
	return left.Round(time.Second)
}

// begin returns when a suite should be done, so that the others have their share of the time.
func (p *progress) begin(s *workload.Suite) time.Time {
	if p.until.IsZero() {
		return p.until
	}
	one := p.works[s.Name]
	share := one.sample * float64(firstCost+one.rounds) / (p.total - p.done)
	return time.Now().Add(time.Duration(share * float64(time.Until(p.until))))
}

// next tells what comes.
func (p *progress) next(s *workload.Suite, step measure.Step) {
	one := p.works[s.Name]
	left := ""
	if time.Since(p.start) > 2*time.Second {
		left = fmt.Sprintf(", about %v left", p.left())
	}
	if w := step.Workload; w != nil {
		fmt.Fprintf(p.w, "bench: %s/%s: %s%s\n", s.Name, w.Name, w.Doc, left)
		p.done += one.sample * firstCost / float64(len(s.Workloads))
		return
	}
	fmt.Fprintf(p.w, "bench: %s: round %d of %d%s\n", s.Name, step.Round+1, one.rounds, left)
	p.done += one.sample
}
