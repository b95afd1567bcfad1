package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/harness/coverage"
)

// call runs the command and returns what it writes.
func call(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// write writes a value as JSON and returns the name of the file.
func write(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "value.json")
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

var (
	somePairs = coverage.Pairs{Modules: 7, Instructions: []coverage.Instruction{
		{Name: "i32.add", Since: "mvp", Executed: true, Classes: coverage.Part{All: 4, Executed: 3}, Missing: []string{"i32.add 0 0"}},
		{Name: "i8x16.shuffle", Since: "simd", Classes: coverage.Part{All: 2}}}}
	someErrnos = coverage.Errnos{Sequences: 9, Hostcalls: []coverage.Hostcall{
		{Name: "fd_read", Support: "full", Returned: map[string]int{"ESUCCESS": 8, "EBADF": 1}, Never: []string{"EIO"}},
		{Name: "fd_write", Support: "full", Never: []string{"EBADF"}}}}
	someBugs = []map[string]any{{"Bug": "one", "Area": "numeric", "Found": true}, {"Bug": "two", "Area": "numeric", "Found": false}, {"Bug": "three", "Area": "memory", "Found": true}}
)

// TestTables: the sums of a target's rounds are in its line, and a line that is not whole is left out and said.
func TestTables(t *testing.T) {
	status, out, errs := call(t, "-out", "testdata", "-detect", write(t, someBugs), "-pairs", write(t, somePairs), "-hostcalls", write(t, someErrnos))
	if status != command.OK || !strings.Contains(errs, "1 lines of stats.jsonl are not whole") {
		t.Fatalf("status %d: %s", status, errs)
	}
	words := strings.Join(strings.Fields(out), " ") // however wide the columns are
	for _, want := range []string{
		"FuzzDecode │ 3 │ libfuzzer │ 12 │ 16000 │ 1333 │ 0 → 95 │ 2500 features │ 1 │ 2 │ 1 │ 0",
		"FuzzTrace │ 1 │ go │ 4 │ 1000 │ 250 │ 0 → 15 │ 4.5 % of statements │ 0 │ 0 │ 0 │ 0",
		"FuzzGone<b> │ 1 │ libfuzzer │ 0 │ 0 │ 0 │ 0 → 0 │ not measured │ 0 │ 0 │ 0 │ 1",
		"4 inputs failed in the loop: 1 new, 2 known, 1 flaky.",
		"The targets find 2 of 3 planted bugs, 66.7 %.", "numeric │ 2 │ 1 │ 50.0 % │ two",
		"7 generated modules execute 1 of 2 instructions, and 50.0 %", "9 sequences show 2 pairs",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
}

// TestPage: the page has all sections, is well-formed where it has pictures, needs nothing from elsewhere, and takes names as text.
func TestPage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.html")
	status, out, errs := call(t, "-out", "testdata", "-html", file, "-detect", write(t, someBugs), "-pairs", write(t, somePairs), "-hostcalls", write(t, someErrnos))
	if status != command.OK || out != "" {
		t.Fatalf("status %d: %s%s", status, out, errs)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, want := range []string{"<h2>Targets", "<h2>Coverage and corpus", "<h2>Findings", "<h2>Planted bugs", "<h2>Instructions", "<h2>Hostcalls", "2000 → 2500 features",
		"FuzzGone&lt;b&gt;", "fd_read: EBADF, 1 times", "i32.add: 3 of 4"} {
		if !strings.Contains(page, want) {
			t.Errorf("there is no %q on the page", want)
		}
	}
	for _, bad := range []string{"<b>", "<script", "http:", "https:", "src=", "href=", "NaN", "Inf", "ZgotmplZ"} {
		if strings.Contains(page, bad) {
			t.Errorf("%q is on the page", bad)
		}
	}
	pictures := strings.Split(page, "<svg")[1:]
	if len(pictures) < 8 {
		t.Errorf("only %d pictures", len(pictures))
	}
	for _, p := range pictures {
		picture, _, ended := strings.Cut("<svg"+p, "</svg>")
		if err := wellFormed(picture + "</svg>"); err != nil || !ended {
			t.Errorf("%v: %s", err, picture)
		}
	}
}

func wellFormed(text string) error {
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestWrongUsage: each is refused with the reason, and nothing is written.
func TestWrongUsage(t *testing.T) {
	empty := t.TempDir()
	for _, test := range []struct{ args, want string }{
		{"-out testdata more", "no argument"},
		{"-nothing", "not defined"},
		{"-out " + empty, "there are no statistics"},
		{"-out testdata -pairs " + filepath.Join(empty, "gone"), "gone"},
		{"-out testdata -pairs testdata/stats.jsonl", "invalid"},
		{"-out testdata -detect " + write(t, []struct{}{{}}), "there is nothing in it"},
		{"-out testdata -pairs " + write(t, someErrnos), "there is nothing in it"},
		{"-out testdata -hostcalls " + write(t, somePairs), "there is nothing in it"},
	} {
		if status, out, errs := call(t, strings.Fields(test.args)...); status != command.Failure || out != "" || !strings.Contains(errs, test.want) {
			t.Errorf("%s: status %d, %q, %q", test.args, status, out, errs)
		}
	}
}

// TestBars: segments follow each other, and the longest bar has the whole width.
func TestBars(t *testing.T) {
	b := &bars{}
	b.add("a", "", segment{Value: 1}, segment{Value: 3})
	b.add("b", "", segment{Value: 2})
	b.add("c", "", segment{})
	b.place()
	first := b.Bars[0].Segments
	if first[1].X != first[0].Width || b.Bars[0].End != barPlot || b.Bars[1].End != barPlot/2 || b.Bars[2].End != 0 {
		t.Errorf("%+v", b.Bars)
	}
}

// TestChart: of what was measured once there is a point, and the greatest value is the highest.
func TestChart(t *testing.T) {
	if c := newChart("one", line{values: []float64{5}}); c.Rounds != 1 || strings.Contains(c.Lines[0].Points, " ") {
		t.Errorf("%+v", c)
	}
	c := newChart("more", line{values: []float64{0, 10}})
	if c.Lines[0].EndY >= float64(c.Floor()) || c.Lines[0].Points != "6.0,64.0 244.0,12.0" {
		t.Errorf("%+v", c)
	}
}
