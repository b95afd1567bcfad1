package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// result is what became of one bug.
type result struct {
	bug      planted.Bug
	attempts []*attempt // the last one found it, if any did
}

func (r *result) last() *attempt { return r.attempts[len(r.attempts)-1] }

// found reports whether a target found the bug.
func (r *result) found() bool { return len(r.attempts) > 0 && r.last().Found }

// executions, cpu and took add up all attempts.
func (r *result) executions() (n int) {
	for _, a := range r.attempts {
		n += a.Executions
	}
	return n
}

func (r *result) cpu() (d time.Duration) {
	for _, a := range r.attempts {
		d += a.CPU
	}
	return d
}

func (r *result) took() (d time.Duration) {
	for _, a := range r.attempts {
		d += a.Took
	}
	return d
}

// detect builds the binary, looks for the bugs, and writes what came of it. It returns whether all is as it should be.
func detect(ctx context.Context, o *options, stdout, stderr io.Writer) (ok bool, err error) {
	fmt.Fprintln(stderr, "building the targets with planted bugs")
	b, err := build(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, b.remove()) }()
	silent := true
	if o.control {
		if silent, err = b.silent(ctx, o.per, stderr); err != nil {
			return false, err
		}
	}
	results, err := b.all(ctx, o, stderr)
	if err != nil && ctx.Err() == nil {
		return false, err
	}
	if err := report(stdout, o, results); err != nil {
		return false, err
	}
	if ctx.Err() != nil {
		return false, fmt.Errorf("interrupted: %d of %d bugs", len(results), len(o.bugs))
	}
	return silent && !slices.ContainsFunc(results, func(r *result) bool { return r.wrong(o.control) }), nil
}

// wrong reports whether r is not what is expected: that a bug is found, or in the control that no oracle finds it.
func (r *result) wrong(control bool) bool {
	if control {
		return r.found() && !r.last().Crash
	}
	return !r.found() && r.bug.Row().Missed == ""
}

// silent runs the targets without a bug: whatever they say then is false.
func (b *binary) silent(ctx context.Context, limit time.Duration, stderr io.Writer) (bool, error) {
	silent := true
	for _, target := range general() {
		a, err := b.try(ctx, planted.None, target, limit, false)
		if err != nil {
			return false, err
		}
		if a.Found {
			silent = false
			fmt.Fprintf(stderr, "%s finds something without a bug: %s\n", target, a.Key)
		} else {
			fmt.Fprintf(stderr, "%s is silent without a bug, in %d executions\n", target, a.Executions)
		}
	}
	return silent, nil
}

// all looks for the bugs, some at a time, and returns the results in the order of the bugs. What was done when ctx ended, or when
// something could not be run, is returned, too.
func (b *binary) all(ctx context.Context, o *options, stderr io.Writer) ([]*result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]*result, len(o.bugs))
	next := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex // of stderr
	for range o.jobs {
		wg.Go(func() {
			for i := range next {
				r, err := b.hunt(ctx, o.bugs[i], o)
				if err != nil {
					cancel(err)
					continue
				}
				results[i] = r
				mu.Lock()
				fmt.Fprintln(stderr, r.line())
				mu.Unlock()
			}
		})
	}
	for i := range o.bugs {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return slices.DeleteFunc(results, func(r *result) bool { return r == nil }), context.Cause(ctx)
}

// hunt looks for one bug: two thirds of the time with the target that ought to find it, then with the others. The control has no
// others, which know less.
func (b *binary) hunt(ctx context.Context, bug planted.Bug, o *options) (*result, error) {
	r := &result{bug: bug}
	expected := bug.Row().Target
	others := slices.DeleteFunc(general(), func(t string) bool { return t == expected })
	first, rest := o.per*2/3, o.per/3/time.Duration(max(len(others), 1))
	if o.control {
		first, others = o.per, nil
	}
	for i, target := range append([]string{expected}, others...) {
		limit := first
		if i > 0 {
			limit = max(rest, time.Second)
		}
		a, err := b.try(ctx, bug, target, limit, o.control)
		if err != nil {
			return nil, err
		}
		if r.attempts = append(r.attempts, a); a.Found {
			break
		}
	}
	return r, nil
}
