package reduce

import (
	"context"
	"crypto/sha256"
)

// maxAnswers bounds the answers that are remembered.
const maxAnswers = 1 << 16

// tester calls the predicate, and remembers what it answered. All but the calls themselves is in one goroutine.
type tester struct {
	predicate Predicate
	workers   int
	runs      int
	answers   map[[sha256.Size]byte]*answer
}

// answer is that of the predicate about one input. What it says is there once done is closed.
type answer struct {
	done  chan struct{}
	holds bool
	err   error
	stale bool // the context was done before the answer, so that it does not count
}

// test is a question to the predicate, and the answer.
type test struct {
	*answer
	input    []byte
	from, to int // the items that the candidate is about
}

func newTester(p Predicate, n int) *tester {
	return &tester{predicate: p, workers: workers(n), answers: map[[sha256.Size]byte]*answer{}}
}

// start asks the predicate about an input, unless that is known.
func (t *tester) start(ctx context.Context, input []byte, from, to int) *test {
	key := sha256.Sum256(input)
	if a := t.known(key); a != nil {
		return &test{a, input, from, to}
	}
	if len(t.answers) >= maxAnswers {
		clear(t.answers)
	}
	a := &answer{done: make(chan struct{})}
	t.answers[key] = a
	t.runs++
	go func() {
		defer close(a.done)
		a.holds, a.err = t.predicate(ctx, input)
		if ctx.Err() != nil {
			a.holds, a.err, a.stale = false, nil, true
		}
	}()
	return &test{a, input, from, to}
}

// known returns the answer about an input, or nil if there is none.
func (t *tester) known(key [sha256.Size]byte) *answer {
	a := t.answers[key]
	if a == nil {
		return nil
	}
	if <-a.done; a.stale || a.err != nil {
		return nil
	}
	return a
}

// now asks the predicate and waits for the answer.
func (t *tester) now(ctx context.Context, input []byte) (bool, error) {
	q := t.start(ctx, input, 0, 0)
	<-q.done
	return q.holds, q.err
}
