package behaviour

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// Row is one situation with what each engine did with it.
type Row struct {
	Situation *Situation
	Accounts  []*Account // by engine; nil if there was no time for it
}

// Hostcall names the call that a written situation is about.
func (r *Row) Hostcall() string { return r.at(len(r.Situation.Calls) - 1) }

// Guilty names the call whose outcome is not allowed, or says that it was found in the end.
func (r *Row) Guilty(a *Account) string {
	if a.At >= len(r.Situation.Calls) {
		return "in the end"
	}
	return r.at(a.At)
}

func (r *Row) at(i int) string { return r.Situation.Calls[i].Row.ID() }

// Matrix is what engines (columns) made of situations (rows).
type Matrix struct {
	Engines, Versions []string
	Written           []Row
	Generated         []Row // those alone in which an engine did something that is not allowed
	Mixed             []Row // the same of modules that compute too; each is of one engine, with the calls that it made there
	// Totals are of each engine.
	Totals      []Total
	Interrupted bool
}

// Total counts what one engine did.
type Total struct {
	Sequences, Mixed, Calls int // that were judged
	Lacking                 int // sequences and mixed modules that it could not run
	Unexplained             int
	Known                   map[string]int
}

// Findings returns how many accounts have a breach that is not known.
func (m *Matrix) Findings() (n int) {
	for _, t := range m.Totals {
		n += t.Unexplained
	}
	return n
}

// Plan says what to run: the written situations, and generated ones of a seed, a number of them and as long as there is time.
type Plan struct {
	Seed, N int64
	Mixed   int64     // modules that compute and make hostcalls
	Stop    time.Time // begin none after it; zero means never
	Temp    string
	Done    func(engine string, n int) // is told of each sequence that an engine did; may be nil
}

// Run makes the matrix. Engines run side by side; each runs one sequence after the other.
func (p *Plan) Run(ctx context.Context, engines []engine.Engine) (*Matrix, error) {
	written, err := Written()
	if err != nil {
		return nil, err
	}
	m := &Matrix{Totals: make([]Total, len(engines))}
	for i := range written {
		m.Written = append(m.Written, Row{&written[i], make([]*Account, len(engines))})
	}
	found := make([]map[int64]*Account, len(engines))
	mixed := make([][]Row, len(engines))
	errs := make([]error, len(engines))
	var wg sync.WaitGroup
	for k, e := range engines {
		m.Engines, m.Versions = append(m.Engines, e.Name()), append(m.Versions, e.Version())
		wg.Go(func() {
			if found[k], errs[k] = p.column(ctx, m, k, e); errs[k] == nil {
				mixed[k], errs[k] = p.mixedColumn(ctx, m, k, e)
			}
		})
	}
	wg.Wait()
	p.gather(m, found)
	m.Mixed = slices.Concat(mixed...)
	m.Interrupted = ctx.Err() != nil
	return m, errors.Join(errs...)
}

// column runs everything on one engine. It returns its breaches of generated sequences by index.
func (p *Plan) column(ctx context.Context, m *Matrix, k int, e engine.Engine) (map[int64]*Account, error) {
	t, found := &m.Totals[k], map[int64]*Account{}
	t.Known = map[string]int{}
	for i := range m.Written {
		a, _, err := Run(ctx, e, p.Temp, func(string) Situation { return *m.Written[i].Situation })
		if ctx.Err() != nil {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		m.Written[i].Accounts[k] = a
		t.Sequences++
		p.count(t, a)
	}
	for i := range p.N {
		if !p.Stop.IsZero() && time.Now().After(p.Stop) {
			break
		}
		a, _, err := Run(ctx, e, p.Temp, func(outside string) Situation { return Generated(p.Seed, i, outside) })
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return found, err
		}
		t.Sequences++
		if p.count(t, a); a.Breach != nil {
			found[i] = a
		}
	}
	return found, nil
}

// mixedColumn runs the mixed modules on one engine. It returns rows of those with a breach.
func (p *Plan) mixedColumn(ctx context.Context, m *Matrix, k int, e engine.Engine) (list []Row, err error) {
	t := &m.Totals[k]
	for i := range p.Mixed {
		if ctx.Err() != nil || !p.Stop.IsZero() && time.Now().After(p.Stop) {
			break
		}
		a, s, err := RunMixed(ctx, e, p.Temp, p.Seed, i)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return list, err
		}
		t.Mixed++
		if p.count(t, a); a.Breach != nil {
			r := Row{s, make([]*Account, len(m.Totals))}
			r.Accounts[k] = a
			list = append(list, r)
		}
	}
	return list, nil
}

func (p *Plan) count(t *Total, a *Account) {
	t.Calls += a.Judged
	switch {
	case a.Lacks != "":
		t.Lacking++
	case a.Known != nil:
		t.Known[a.Known.Name]++
	case a.Breach != nil:
		t.Unexplained++
	}
	if p.Done != nil {
		p.Done(a.Engine, t.Sequences+t.Mixed)
	}
}

// gather makes rows of what was found in generated sequences.
func (p *Plan) gather(m *Matrix, found []map[int64]*Account) {
	last := int64(-1)
	for k := range found {
		for i := range found[k] {
			last = max(last, i)
		}
	}
	for i := range last + 1 {
		row := Row{Accounts: make([]*Account, len(found))}
		for k := range found {
			if a := found[k][i]; a != nil {
				row.Accounts[k] = a
			}
		}
		for _, a := range row.Accounts {
			if a != nil && row.Situation == nil {
				s := Generated(p.Seed, i, placeholder)
				row.Situation = &s
				m.Generated = append(m.Generated, row)
			}
		}
	}
}

// placeholder stands for the path outside of the preopened directory, which is another one in each run.
const placeholder = "/outside"
