package report

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// finding is a divergence of one of three engines, where another engine crashed.
func example() *session.Finding {
	side := func(name string, bits uint64) compare.Side {
		return compare.Side{Engine: name, Result: &engine.Result{Stage: engine.StageRun, Elapsed: time.Millisecond, Calls: []engine.CallResult{
			{Export: "f", Outcome: engine.Returned, Values: []engine.Value{{Type: wasm.F32, Bits: bits}}}}}}
	}
	sides := []compare.Side{side("one", 0x3f800000), side("second", 0x40000000), side("three", 0x3f800000),
		{Engine: "four", Result: &engine.Result{Stage: engine.StageCrash, Message: "signal: killed\x1b[2J"}}}
	return &session.Finding{Case: &source.Case{Name: "m.wasm", Index: -1, Path: "m.wasm", Module: []byte("\x00asm")},
		Sides: sides, Verdict: compare.Judge(sides, nil, time.Second)}
}

func TestFinding(t *testing.T) {
	want := `DIVERGENCE  ca0e533c9777  m.wasm, 4 bytes
  vote      one, three agree; against them: second
  call 0 f
        one     (f32 1)
    >>> second  (f32 2)
        three   (f32 1)
        four    engine crashed
        one     ended after 1 calls in 1ms
        second  ended after 1 calls in 1ms
        three   ended after 1 calls in 1ms
    >>> four    crash: "signal: killed\x1b[2J"
  saved     out/x
  again     again
`
	got := Finding(example(), "again", "out/x")
	got = regexp.MustCompile(`  [0-9a-f]{12}  `).ReplaceAllString(got, "  ca0e533c9777  ")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTable(t *testing.T) {
	example := map[compare.Reason]session.Example{compare.Timeout: {Module: "m"}}
	s := &session.Stats{Modules: 4, Compared: 3, Divergences: 1, NoState: 1, Unreadable: 1, WhyUnread: errors.New("gone"), Elapsed: 2 * time.Second,
		Skipped: map[compare.Reason]int{compare.Timeout: 1}, Accepted: map[string]int{"defect": 2},
		Alike: map[string]session.Like{"divergence in call, second": {N: 2, First: "m"}},
		Engines: []session.EngineStats{
			{Name: "one", Version: "1.0", Modules: 4, Agreed: 4, Busy: time.Second, Examples: example},
			{Name: "second", Version: "2.0", Modules: 4, Agreed: 1, Differed: 1, Crashes: 1, Unread: 2, Examples: example,
				Skipped: map[compare.Reason]int{compare.Timeout: 1, compare.Crash: 2}},
		}}
	var b bytes.Buffer
	if err := Table(&b, s); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		if line = strings.Join(strings.Fields(line), " "); !strings.HasPrefix(line, "─") {
			lines = append(lines, line)
		}
	}
	want := []string{
		"engine version modules agreed differed skipped crashes hangs modules/s",
		"one 1.0 4 4 0 0 0 0 4.0",
		"second 2.0 4 1 1 3 (engine crashed 2, 1 0 -",
		"time-out 1)",
		"4 modules in 2.0s (2.0/s), 3 compared on all engines to the end (75.0 %)",
		"not compared on all: 1 (time-out 1)",
		"1 module could not be read: for example gone",
		"skipped, time-out: for example m on one:",
		"second has no way to read some exported tables or globals: they were left out for it in 2 modules",
		"memory, globals and tables were left out in 1 WASI program that can read clocks, random numbers or inodes",
		"accepted, a known defect: defect: 2 modules",
		"2 alike: divergence in call, second; first m",
		"1 divergence, 1 crash, 0 hangs",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := NewProgress(&b, 10)
	p.Update(&session.Stats{Modules: 4, Compared: 3, Elapsed: time.Second, Divergences: 2})
	p.show()
	if err := p.Print(func() error { b.WriteString("finding\n"); return errors.New("x") }); err == nil {
		t.Error("the error was lost")
	}
	p.Close()
	want := regexp.MustCompile(`^differential: elapsed: 0\.\ds, modules: 4/10 \(4\.0/s\), compared: 75\.0%, findings: 2\nfinding\n$`)
	if !want.MatchString(b.String()) {
		t.Errorf("got %q", b.String())
	}
}

func TestSave(t *testing.T) {
	out, f := t.TempDir(), example()
	seed := int64(7)
	if err := Save(out, f, []string{"1", "2", "3", "4"}, "again kept", finding.Origin{Command: "again origin", Seed: &seed}); err != nil {
		t.Fatal(err)
	}
	kept, err := finding.Load(Folder(out, f))
	if err != nil {
		t.Fatal(err)
	}
	if string(kept.Module) != "\x00asm" || kept.Kind != finding.Divergence || kept.State != finding.Open || *kept.Origin.Seed != 7 {
		t.Errorf("kept %+v", kept)
	}
	if want := "divergence | four, second | call | value, signal: killed | unexpected end of section or function | -"; kept.Bucket.String() != want {
		t.Errorf("bucket %q, want %q", kept.Bucket, want)
	}
	for name, text := range map[string]string{"difference.txt": ">>> second  (f32 2)", "results.json": `"Engine": "four"`} {
		if !strings.Contains(string(kept.Files[name]), text) {
			t.Errorf("%s lacks %q", name, text)
		}
	}
	if !strings.Contains(kept.Readme(), "    again origin\n") {
		t.Error("the origin is lost")
	}
}
