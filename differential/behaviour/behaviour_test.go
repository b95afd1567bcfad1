package behaviour

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasi/model"
)

// TestWritten: the situations can be read, each has a name of its own among those of its hostcall, and most hostcalls have one.
func TestWritten(t *testing.T) {
	list, err := Written()
	if err != nil {
		t.Fatal(err)
	}
	seen, calls := map[string]bool{}, map[string]bool{}
	for i := range list {
		r := Row{Situation: &list[i]}
		if key := r.Hostcall() + ", " + list[i].Name; seen[key] {
			t.Errorf("%s occurs twice", key)
		} else {
			seen[key] = true
		}
		calls[r.Hostcall()] = true
	}
	for row := range wasi.Hostcalls() {
		if !calls[row.ID()] && !hostcall.OnSockets(row) && row.Name != "proc_raise" {
			t.Errorf("no situation is about %s", row.ID())
		}
	}
}

// liar is an engine that does something else than it should with each sequence.
type liar struct {
	engine.Engine
	lie func(job *engine.Job, res *engine.Result)
}

func (l liar) Run(ctx context.Context, job *engine.Job) (*engine.Result, error) {
	res, err := l.Engine.Run(ctx, job)
	if err == nil {
		l.lie(job, res)
	}
	return res, err
}

func open(t *testing.T) engine.Engine {
	t.Helper()
	e, err := touchstone.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestTouchstone: what our engine does is allowed, in all situations and in generated sequences.
func TestTouchstone(t *testing.T) {
	plan := &Plan{Seed: 3, N: 200, Temp: temp(t)}
	if testing.Short() {
		plan.N = 20
	}
	m, err := plan.Run(context.Background(), []engine.Engine{open(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range [][]Row{m.Written, m.Generated} {
		for i := range rows {
			if a := rows[i].Accounts[0]; a.Breach != nil || a.Lacks != "" {
				t.Errorf("%s, %s: %v %s\n%s", rows[i].Hostcall(), rows[i].Situation.Name, a.Breach, a.Lacks, hostcall.Format(rows[i].Situation.Calls))
			}
		}
	}
	if m.Totals[0].Calls < len(m.Written) {
		t.Errorf("only %d calls were judged", m.Totals[0].Calls)
	}
}

func temp(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestLies: each kind of wrong behaviour is noticed.
func TestLies(t *testing.T) {
	reads, err := parse(`## reads
path_open(dir#0, 1, 0x1000, 4, 0, 0x2, 0, 0, 0xff8) mem 0x1000="file" out 0xff8+4
fd_read(open#0, 0x1000, 1, 0xff8) mem 0x1000="\x00\x20\x00\x00\x08\x00\x00\x00" out 0x2000+8 out 0xff8+4 cap 8
`)
	if err != nil {
		t.Fatal(err)
	}
	global := func(res *engine.Result, name string, value uint64) {
		for i := range res.Globals {
			if res.Globals[i].Name == name {
				res.Globals[i].Value.Bits = value
			}
		}
	}
	for name, c := range map[string]struct {
		lie func(job *engine.Job, res *engine.Result)
		key string
		at  int
	}{
		"nothing": {func(*engine.Job, *engine.Result) {}, "", 0},
		"errno": {func(_ *engine.Job, res *engine.Result) {
			global(res, hostcall.Errno(1, reads[0].Calls[1].Row), uint64(wasi.EDOM))
		}, "errno not allowed", 1},
		"bytes": {func(_ *engine.Job, res *engine.Result) { res.Calls[1].Memory[0x2003] ^= 1 }, "other content", 1},
		"file": {func(job *engine.Job, _ *engine.Result) {
			os.WriteFile(filepath.Join(job.WASI.Dirs[0].Host, "file"), []byte("else"), 0o644)
		}, "tree: other size", 2},
		"outside": {func(job *engine.Job, _ *engine.Result) {
			os.WriteFile(filepath.Join(job.WASI.Dirs[0].Host, "escape", hostcall.Secret), []byte("else"), 0o644)
		}, keyEscape, 2},
		"beside": {func(job *engine.Job, _ *engine.Result) {
			os.WriteFile(filepath.Join(job.WASI.Dirs[0].Host, "..", "new"), nil, 0o644)
		}, keyEscape, 2},
		"crash": {func(_ *engine.Job, res *engine.Result) { *res = engine.Result{Stage: engine.StageCrash} }, keyDied, 0},
		"hang":  {func(_ *engine.Job, res *engine.Result) { *res = engine.Result{Stage: engine.StageHang} }, keyHangs, 0},
	} {
		a, _, err := Run(context.Background(), liar{open(t), c.lie}, temp(t), func(string) Situation { return reads[0] })
		if err != nil {
			t.Fatal(err)
		}
		key := ""
		if a.Breach != nil {
			key = a.Breach.Key
		}
		if key != c.key || key != "" && a.At != c.at || a.Known != nil {
			t.Errorf("%s: %q at %d, known %v, want %q at %d: %v", name, key, a.At, a.Known, c.key, c.at, a.Breach)
		}
	}
}

// TestDeviations: those that are known hold for the engine and the version that they name, and for no other.
func TestDeviations(t *testing.T) {
	list, err := Written()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../FINDINGS.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for i := range Deviations {
		k := &Deviations[i]
		if names[k.Name] || k.Reason == "" || len(k.Versions) == 0 || Reason(k.Name) != k.Reason {
			t.Errorf("%s: occurs twice, has no reason or no version", k.Name)
		}
		names[k.Name] = true
		if !strings.Contains(string(text), k.Reason+" | "+k.Name+" |") {
			t.Errorf("%s is not in FINDINGS.md, or with another reason", k.Name)
		}
	}
	a := &Account{Engine: "wazero", Version: wazero112[0], Breach: &model.Breach{Key: keyEscape}, At: len(list[0].Calls)}
	if k := known(a, &list[0]); k == nil || k.Name != "wazero-wasi-links" {
		t.Errorf("wazero follows links: %v", k)
	}
	a.Version = "1.13.0"
	if k := known(a, &list[0]); k != nil {
		t.Errorf("%s explains a version that nobody looked into", k.Name)
	}
	a.Engine, a.Version = "touchstone", wazero112[0]
	if k := known(a, &list[0]); k != nil {
		t.Errorf("%s explains our own engine", k.Name)
	}
}
