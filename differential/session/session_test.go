package session_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// run runs a session of three engines, the last with its own way.
func run(t *testing.T, cases source.Cases, cfg session.Config, odd func(context.Context, *engine.Job) (*engine.Result, error)) (*session.Stats, []*session.Finding) {
	t.Helper()
	honest := echo
	if cfg.World.Dirs != nil {
		honest = write("same")
	}
	var found []*session.Finding
	cfg.Found = func(f *session.Finding) error {
		found = append(found, f)
		return nil
	}
	engines := []engine.Engine{&fake{name: "a", run: honest}, &fake{name: "b", run: honest}, &fake{name: "odd", run: odd}}
	stats, err := session.Run(context.Background(), engines, cases, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return stats, found
}

func TestAgreement(t *testing.T) {
	var updates int
	stats, found := run(t, modules(200), session.Config{Judged: func(*session.Stats) { updates++ }}, echo)
	if stats.Modules != 200 || stats.Compared != 200 || len(found) != 0 || stats.Findings() != 0 || updates != 200 {
		t.Errorf("got %+v, %d updates, %d findings", stats, updates, len(found))
	}
	for _, e := range stats.Engines {
		if e.Modules != 200 || e.Agreed != 200 || e.Version != "1.0" {
			t.Errorf("got %+v", e)
		}
	}
}

func TestDivergence(t *testing.T) {
	stats, found := run(t, modules(50), session.Config{}, func(ctx context.Context, job *engine.Job) (*engine.Result, error) {
		if job.Module[len(job.Module)-1]%16 == 3 {
			return returns(1000), nil
		}
		return echo(ctx, job)
	})
	if stats.Divergences == 0 || stats.Divergences != len(found) || stats.Compared != 50 {
		t.Fatalf("got %+v, %d findings", stats, len(found))
	}
	if odd := stats.Engines[2]; odd.Differed != len(found) || odd.Agreed != 50-len(found) || stats.Engines[0].Agreed != 50 {
		t.Errorf("got %+v", stats.Engines)
	}
	last := int64(-1)
	for _, f := range found {
		if f.Kind() != "divergence" || f.Flaky || f.Case.Index <= last || len(f.Verdict.Rows) != 1 {
			t.Errorf("got %+v", f)
		}
		last = f.Case.Index
	}
}

func TestFlakyIsSaid(t *testing.T) {
	runs := 0
	_, found := run(t, modules(1), session.Config{}, func(ctx context.Context, job *engine.Job) (*engine.Result, error) {
		if runs++; runs == 1 {
			return returns(1000), nil
		}
		return echo(ctx, job)
	})
	if len(found) != 1 || !found[0].Flaky {
		t.Errorf("got %+v", found)
	}
}

func TestCrashAndHang(t *testing.T) {
	for _, stage := range []engine.Stage{engine.StageCrash, engine.StageHang} {
		stats, found := run(t, modules(3), session.Config{}, func(context.Context, *engine.Job) (*engine.Result, error) {
			return &engine.Result{Stage: stage}, nil
		})
		if stats.Findings() != 3 || stats.Divergences != 0 || stats.Compared != 0 || len(found) != 3 || found[0].Kind() != string(stage) {
			t.Errorf("%s: got %+v", stage, stats)
		}
		reason := compare.Crash
		if stage == engine.StageHang {
			reason = compare.Hang
		}
		if stats.Skipped[reason] != 3 || stats.Engines[2].Skipped[reason] != 3 || stats.Engines[0].Agreed != 3 {
			t.Errorf("%s: got %+v", stage, stats)
		}
	}
}

func TestLostEngine(t *testing.T) {
	broken := errors.New("broken")
	engines := []engine.Engine{&fake{name: "a", run: echo}, &fake{name: "b", run: func(context.Context, *engine.Job) (*engine.Result, error) {
		return nil, broken
	}}}
	stats, err := session.Run(context.Background(), engines, modules(5), session.Config{})
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if stats.Modules != 5 || stats.Compared != 0 || stats.Engines[1].Lost == nil || stats.Skipped["engine lost"] != 5 {
		t.Errorf("got %+v", stats)
	}
}

func TestKnownDefectIsNoFinding(t *testing.T) {
	known := []compare.Known{{Name: "k", Engines: []string{"odd"}, Versions: []string{"1.0"},
		Explains: func(_ []byte, v *compare.Verdict, s []compare.Side, i int) bool { return true }}}
	stats, found := run(t, modules(2), session.Config{Known: known}, func(context.Context, *engine.Job) (*engine.Result, error) {
		return returns(1000), nil
	})
	if stats.Findings() != 0 || stats.Accepted["k"] != 2 || len(found) != 2 || found[0].Known == nil {
		t.Errorf("got %+v, %v", stats, found)
	}
}

// TestSeveralKnownDefects: what is left of a divergence without one defect may be another's, and must be somebody's.
func TestSeveralKnownDefects(t *testing.T) {
	defect := func(name string) compare.Known {
		return compare.Known{Name: name, Engines: []string{"odd"}, Versions: []string{"1.0"},
			Explains: func(m []byte, _ *compare.Verdict, _ []compare.Side, _ int) bool {
				return bytes.Contains(m, []byte(name))
			},
			Without: func(m []byte) []byte { return bytes.ReplaceAll(m, []byte(name), nil) }}
	}
	for _, c := range []struct {
		module   string
		known    string
		accepted bool
	}{
		{"x", "xyz", true}, {"xyz", "xyz", true}, {"zyx", "xyz", true}, {"xy", "x", false}, {"xxy", "yx", true}, {"w", "xyz", false}, {"xw", "xyz", false},
	} {
		var known []compare.Known
		for _, name := range c.known {
			known = append(known, defect(string(name)))
		}
		cases := func(yield func(*source.Case) bool) {
			yield(&source.Case{Name: c.module, Module: []byte(c.module + "."), Index: 1})
		}
		stats, found := run(t, cases, session.Config{Known: known}, func(ctx context.Context, job *engine.Job) (*engine.Result, error) {
			if string(job.Module) == "." {
				return echo(ctx, job)
			}
			return returns(1000), nil
		})
		if accepted := stats.Findings() == 0; accepted != c.accepted || len(found) != 1 || (found[0].Known != nil) != c.accepted {
			t.Errorf("%q with %q known: accepted %t, want %t", c.module, c.known, accepted, c.accepted)
		}
	}
}

func TestNaNBitsAreNoDivergence(t *testing.T) {
	cfg := session.Config{Canonical: func(m []byte) ([]byte, bool) { return append([]byte("canonical"), m...), true }}
	cases := func(yield func(*source.Case) bool) {
		for c := range modules(2) {
			c.Index = -1 // as of a file: generated modules are canonical from the start
			yield(c)
		}
	}
	stats, found := run(t, cases, cfg, func(ctx context.Context, job *engine.Job) (*engine.Result, error) {
		if job.Module[0] == 'c' {
			return echo(ctx, job)
		}
		return returns(1000), nil
	})
	if stats.Findings() != 0 || len(found) != 0 || stats.Skipped["nan bits"] != 2 || stats.Compared != 0 {
		t.Errorf("got %+v, %v", stats, found)
	}
}

func TestWorldIsFreshForEachEngine(t *testing.T) {
	template := t.TempDir()
	if err := os.WriteFile(filepath.Join(template, "in"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := session.Config{World: session.World{Args: []string{"1"}, Dirs: []session.Mount{{Template: template, Guest: "/"}}}}
	hosts := map[string]bool{}
	same := write("same")
	stats, found := run(t, program(), cfg, func(ctx context.Context, job *engine.Job) (*engine.Result, error) {
		if len(job.WASI.Args) != 2 || job.WASI.Args[0] != "p.wasm" {
			t.Errorf("arguments %q", job.WASI.Args)
		}
		for _, d := range job.WASI.Dirs {
			hosts[d.Host] = true
			if b, err := os.ReadFile(filepath.Join(d.Host, "in")); err != nil || string(b) != "x" {
				t.Errorf("%q, %v", b, err)
			}
			if _, err := os.Stat(filepath.Join(d.Host, "out")); err == nil {
				t.Error("the folder is not fresh")
			}
		}
		return same(ctx, job)
	})
	if len(found) != 0 || stats.Compared != 1 || len(hosts) != 1 {
		t.Errorf("got %+v", stats)
	}
	for host := range hosts {
		if _, err := os.Stat(host); !os.IsNotExist(err) {
			t.Errorf("%s was left behind", host)
		}
	}
	if _, err := os.Stat(filepath.Join(template, "out")); err == nil {
		t.Error("a guest wrote to the template")
	}
	_, found = run(t, program(), cfg, write("other"))
	if len(found) != 1 || found[0].Verdict.Rows[0].Where != "file 0/out" {
		t.Errorf("another file content was not found: %+v", found)
	}
}

func TestStopAndInterrupt(t *testing.T) {
	stats, _ := run(t, modules(-1), session.Config{Stop: time.Now().Add(50 * time.Millisecond)}, echo)
	if stats.Modules == 0 || stats.Interrupted {
		t.Errorf("got %+v", stats)
	}
	ctx, cancel := context.WithCancel(context.Background())
	engines := []engine.Engine{&fake{name: "a", run: echo}, &fake{name: "b", run: func(ctx context.Context, job *engine.Job) (*engine.Result, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}}
	time.AfterFunc(20*time.Millisecond, cancel)
	stats, err := session.Run(ctx, engines, modules(-1), session.Config{})
	if err != nil || !stats.Interrupted || stats.Findings() != 0 {
		t.Errorf("got %+v, %v", stats, err)
	}
}

func TestErrorOfFoundEndsTheSession(t *testing.T) {
	full := errors.New("disk full")
	engines := []engine.Engine{&fake{name: "a", run: echo}, &fake{name: "b", run: func(context.Context, *engine.Job) (*engine.Result, error) { return returns(1000), nil }}}
	_, err := session.Run(context.Background(), engines, modules(-1), session.Config{Found: func(*session.Finding) error { return full }})
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func TestOpen(t *testing.T) {
	good := &fake{name: "good", run: echo}
	candidates := []session.Candidate{
		{Name: "good", Open: func(context.Context) (engine.Engine, error) { return good, nil }},
		{Name: "absent", Open: func(context.Context) (engine.Engine, error) {
			return nil, &engine.Unavailable{Engine: "absent", Reason: "needs a C compiler"}
		}},
		{Name: "bad", Open: func(context.Context) (engine.Engine, error) { return nil, errors.New("bad") }},
	}
	opened, skipped, err := session.Open(context.Background(), candidates[:2])
	if err != nil || len(opened) != 1 || len(skipped) != 1 || skipped[0].Engine != "absent" {
		t.Errorf("got %v, %v, %v", opened, skipped, err)
	}
	if _, _, err := session.Open(context.Background(), candidates); err == nil || !good.closed {
		t.Errorf("got %v, closed %v", err, good.closed)
	}
	if _, err := session.Choose(candidates, []string{"good", "x"}); err == nil {
		t.Error("an unknown engine was chosen")
	}
	if _, err := session.Choose(candidates, []string{"good", "good"}); err == nil {
		t.Error("an engine was chosen twice")
	}
}

// TestExplanation: a finding is explained by asking the engines about forms of its module, each in the goroutine that it belongs to.
func TestExplanation(t *testing.T) {
	var m asm.Module
	m.Func("f", ":i", "", new(asm.Body).I32(6).I32(7).Op(wasm.OpI32Rotr).I32(1).Op(wasm.OpI32Sub))
	ours, err := touchstone.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	wrong := func(ctx context.Context, job *engine.Job) (*engine.Result, error) { // rotates to the other side
		m, err := wasm.Decode(job.Module)
		if err != nil {
			return nil, err
		}
		code := &m.Funcs[0].Body.Code
		*code = bytes.ReplaceAll(*code, []byte{byte(wasm.OpI32Rotr.Info().Code)}, []byte{byte(wasm.OpI32Rotl.Info().Code)})
		return ours.Run(ctx, &engine.Job{Module: wasm.Encode(m), Calls: job.Calls, Timeout: job.Timeout})
	}
	engines := []engine.Engine{&fake{name: "a", run: ours.Run}, &fake{name: "b", run: ours.Run}, &fake{name: "odd", run: wrong}}
	var found []*session.Finding
	cfg := session.Config{Explain: true, Found: func(f *session.Finding) error { found = append(found, f); return nil }}
	cases := source.Generated(func([]byte) ([]byte, error) { return m.Encode(), nil }, 1, 0, session.MaxExplained+5)
	if _, err := session.Run(context.Background(), engines, cases, cfg); err != nil {
		t.Fatal(err)
	}
	for i, f := range found {
		if i >= session.MaxExplained {
			if f.Explanation != nil {
				t.Errorf("finding %d is explained", i)
			}
			continue
		}
		if f.Explanation == nil || len(f.Explanation.Partings) != 1 || f.Explanation.Partings[0].Culprit == nil ||
			f.Explanation.Partings[0].Culprit.Op != wasm.OpI32Rotr {
			t.Fatalf("finding %d is explained as %+v", i, f.Explanation)
		}
	}
	if len(found) != session.MaxExplained+5 {
		t.Errorf("%d findings", len(found))
	}
}
