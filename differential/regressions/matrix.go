package regressions

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	corpus "github.com/touchstone-wasm/touchstone/corpus/regressions"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/tree"
)

// Cell is what became of one regression on one engine. Verdict is empty if it was not run.
type Cell struct {
	Verdict Verdict
	Why     string // unless it holds
}

// Matrix is what became of regressions (rows) on engines (columns).
type Matrix struct {
	Regressions []*corpus.Regression
	Engines     []string
	Versions    []string
	Cells       [][]Cell
}

// Count returns how many of the regressions came to a verdict on an engine.
func (m *Matrix) Count(engine int, v Verdict) (n int) {
	for _, row := range m.Cells {
		if row[engine].Verdict == v {
			n++
		}
	}
	return n
}

// Select returns the regressions with the given ids in that order; all of them if there are no ids.
func Select(all []*corpus.Regression, ids []string) ([]*corpus.Regression, error) {
	if len(ids) == 0 {
		return all, nil
	}
	var chosen []*corpus.Regression
	for _, id := range ids {
		n := len(chosen)
		for _, r := range all {
			if r.ID == strings.TrimSuffix(id, "/") || strings.HasSuffix(strings.TrimSuffix(id, "/"), "/"+r.ID) {
				chosen = append(chosen, r)
			}
		}
		if len(chosen) == n {
			return nil, fmt.Errorf("there is no regression %q; the folders of corpus/regressions have their names", id)
		}
	}
	return chosen, nil
}

// RunAll runs regressions on engines: first those in this process, one after the other, because what they allocate is measured in it,
// and then the others side by side. It calls done whenever an engine has gone through all of them. When
// ctx ends, the cells that are left stay empty. An engine that cannot be used any more leaves its cells open.
func RunAll(ctx context.Context, chosen []*corpus.Regression, engines []engine.Engine, done func(name string, took time.Duration)) (*Matrix, error) {
	temp, err := os.MkdirTemp("", "touchstone-regressions-")
	if err != nil {
		return nil, err
	}
	defer tree.Remove(temp)
	m := &Matrix{Regressions: chosen, Cells: make([][]Cell, len(chosen))}
	for i := range m.Cells {
		m.Cells[i] = make([]Cell, len(engines))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	run := func(column int) {
		e, begun := engines[column], time.Now()
		for row, r := range chosen {
			if ctx.Err() != nil {
				return
			}
			m.Cells[row][column] = cell(ctx, r, e, temp)
		}
		mu.Lock()
		defer mu.Unlock()
		done(e.Name(), time.Since(begun))
	}
	var others []int
	for column, e := range engines {
		m.Engines = append(m.Engines, e.Name())
		m.Versions = append(m.Versions, e.Version())
		if _, ok := e.(process); ok {
			others = append(others, column)
		} else {
			run(column)
		}
	}
	for _, column := range others {
		wg.Go(func() { run(column) })
	}
	wg.Wait()
	return m, nil
}

// cell runs one regression on one engine.
func cell(ctx context.Context, r *corpus.Regression, e engine.Engine, temp string) Cell {
	o, err := Run(ctx, r, e, temp)
	switch {
	case ctx.Err() != nil:
		return Cell{}
	case err != nil:
		return Cell{Open, err.Error()}
	}
	verdict, why := Judge(r, o)
	return Cell{verdict, why}
}
