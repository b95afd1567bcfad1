// Package reduce makes an input smaller as long as it shows what it is kept for.
//
// What that is says a [Predicate], for example "the same engines disagree at the same place in the same way". It is asked about every
// smaller input that is tried, so that a reduction cannot slip from one defect to another. The input may be a WebAssembly module, a
// sequence of hostcalls in the text form of generators/hostcall, or any bytes; see [Form].
//
// A reduction tries one candidate after the other, of the coarse passes of its form first, and goes on from the first that is simpler
// and keeps the predicate. It begins anew until no pass finds anything: reducing the result again changes nothing. Which candidates are
// taken depends on the input and the predicate alone, not on how many workers there are, nor on whether the reduction was interrupted.
package reduce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// Predicate reports whether an input still shows what is looked for. It must give the same answer each time, and not change
// the input. It is called by several goroutines at a time, but with [Options.Workers] 1. When ctx is done its answer does not count. An
// error ends the reduction.
type Predicate func(ctx context.Context, input []byte) (bool, error)

// ErrUninteresting says that the predicate does not hold for the input that was to be reduced.
var ErrUninteresting = errors.New("the predicate does not hold for the input")

// Options say how to reduce. The zero value is the default.
type Options struct {
	Form     *Form           // of the input; nil for what [FormOf] says
	Workers  int             // calls of the predicate at a time; 0 for as many as there are processors
	Time     time.Duration   // ends the reduction; 0 for no end
	Tries    int             // ends the reduction after so many candidates, the same with any number of workers; 0 for no end
	From     *State          // goes on from here
	Progress func(*Progress) // is called after the first call of the predicate and then for each candidate, by one goroutine at a time
}

// State is where a reduction stands. It can be written as JSON and given back as [Options.From], with the same predicate.
type State struct {
	Best    []byte // the simplest input so far for which the predicate holds
	Form    string // the name of its form
	Pass    int    // of the form's passes
	Chunk   int    // how many items are tried at once; 0 before the pass began
	At      int    // the first item of the next candidate
	Changed bool   // a pass found something since the first pass began
	Done    bool   // there is nothing more to find
}

// Progress says how far a reduction is.
type Progress struct {
	State  *State // valid during the call; must not be changed
	Pass   string // what is tried
	Tested int    // candidates so far, those whose answer was known included
	Runs   int    // calls of the predicate so far, those included whose answer was not needed
	Found  bool   // the last candidate is the new best
}

// Result is how a reduction ended. State.Done says whether there is nothing more to find.
type Result struct {
	State
	Tested, Runs int // see [Progress]
}

// Reduce reduces an input. The result's Best is the input itself, or a simpler one for which the predicate holds. If the reduction
// ends early, for [Options.Time] or because ctx is done, the result is what there was by then and the error is nil. Otherwise errors are
// [ErrUninteresting], with no result, or that of the predicate, with what there was.
func Reduce(ctx context.Context, input []byte, predicate Predicate, opts *Options) (*Result, error) {
	if opts == nil {
		opts = &Options{}
	}
	r := &reduction{opts: opts, tester: newTester(predicate, opts.Workers)}
	if err := r.begin(input); err != nil {
		return nil, err
	}
	if opts.Time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.Time)
		defer cancel()
	}
	ok, err := r.tester.now(ctx, r.Best)
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return r.result(), nil
	case !ok:
		return nil, ErrUninteresting
	}
	r.report("the input", false)
	for !r.Done && err == nil && ctx.Err() == nil && !r.spent() {
		err = r.pass(ctx)
	}
	return r.result(), err
}

// reduction is one call of Reduce.
type reduction struct {
	State
	opts   *Options
	form   *Form
	tester *tester
	tested int
}

// begin sets the state that the reduction begins with.
func (r *reduction) begin(input []byte) error {
	r.form = r.opts.Form
	if from := r.opts.From; from != nil {
		r.State = *from
		if r.form = formNamed(from.Form); r.form == nil || from.Pass < 0 || from.Pass >= len(r.form.passes) || from.Chunk < 0 || from.At < 0 {
			return fmt.Errorf("reduce: the state is none of this version's: form %q, pass %d", from.Form, from.Pass)
		}
	}
	if r.form == nil {
		r.form = FormOf(input)
	}
	if r.opts.From == nil {
		r.Best = input
	}
	r.State.Form, r.Best = r.form.Name, bytes.Clone(r.Best)
	return nil
}

func (r *reduction) result() *Result {
	return &Result{State: r.State, Tested: r.tested, Runs: r.tester.runs}
}

func (r *reduction) spent() bool { return r.opts.Tries > 0 && r.tested >= r.opts.Tries }

func (r *reduction) report(pass string, found bool) {
	if r.opts.Progress != nil {
		r.opts.Progress(&Progress{State: &r.State, Pass: pass, Tested: r.tested, Runs: r.tester.runs, Found: found})
	}
}

// pass goes on with the current pass to its end, and sets the state to the next.
func (r *reduction) pass(ctx context.Context) error {
	p := &r.form.passes[r.Pass]
	items := p.open(r.Best)
	if r.Chunk == 0 {
		r.Chunk = p.firstChunk(items.n)
	}
	for r.Chunk > 0 {
		if r.At >= items.n {
			r.Chunk, r.At = r.Chunk/2, 0
			continue
		}
		found, err := r.search(ctx, p, items)
		if err != nil || ctx.Err() != nil || r.spent() {
			return err
		}
		if found {
			items = p.open(r.Best)
		}
	}
	if r.Pass++; r.Pass == len(r.form.passes) {
		r.Done, r.Pass, r.Changed = !r.Changed, 0, false
	}
	return nil
}

// search tries candidates from the current place on, several at a time, and stops at the first that holds.
func (r *reduction) search(ctx context.Context, p *pass, items items) (found bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	weight, at := r.form.weight(r.Best), r.At
	var window []*test
	defer func() { // what was begun ahead and is not needed
		cancel()
		for _, t := range window {
			<-t.done
		}
	}()
	for {
		for len(window) < r.tester.workers && at < items.n {
			to := min(at+r.Chunk, items.n)
			if input := items.candidate(at, to); input != nil && r.form.compare(input, r.Best, r.form.weight(input), weight) < 0 {
				window = append(window, r.tester.start(ctx, input, at, to))
			}
			at = to
		}
		if len(window) == 0 {
			r.At = items.n
			return false, nil
		}
		t := window[0]
		window = window[1:]
		if <-t.done; t.err != nil || ctx.Err() != nil {
			return false, t.err
		}
		r.tested++
		if r.At = t.to; t.holds {
			r.Best, r.At, r.Changed = t.input, t.from, true
		}
		if r.report(p.name, t.holds); t.holds || r.spent() {
			return t.holds, nil
		}
	}
}

// workers returns how many calls of the predicate there are at a time.
func workers(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}
