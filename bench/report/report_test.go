package report

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
)

func suite(first string) *Suite {
	series := func(w workload.Workload, engine string, samples ...float64) *measure.Series {
		return &measure.Series{Workload: w, Engine: engine, Samples: slices.Repeat(samples, 3)}
	}
	collatz, fib := workload.Workload{Name: "collatz", Scalar: true}, workload.Workload{Name: "fib", Scalar: true}
	simd := workload.Workload{Name: "simd"}
	host := workload.Workload{Name: "host", PerTurn: true}
	broken := series(simd, "b")
	broken.Err = errors.New("no such instruction\nand a trace")
	return &Suite{Name: "kernels", Baseline: "wasmtime", Engines: []string{first, "b"}, Rows: []Row{
		{series(collatz, first, 1e6, 1e6, 1e6), series(collatz, "b", 2e6, 2e6, 2e6)},
		{series(simd, first, 5, 5, 5), broken},
		{series(fib, first, 100, 100, 100), series(fib, "b", 790, 800, 810)},
		{series(host, first, 4, 4, 4), series(host, "b", 2, 2, 2)},
	}}
}

// lines returns what was written, spaces condensed.
func lines(t *testing.T, s *Suite) (list []string) {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b, Text); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + b.String())
	for line := range strings.Lines(b.String()) {
		list = append(list, strings.Join(strings.Fields(line), " "))
	}
	return list
}

func TestTables(t *testing.T) {
	got := strings.Join(lines(t, suite("wasmtime")), "\n")
	for _, want := range []string{
		"ratios to wasmtime, medians; lower is better; ~ is no difference at 95 % confidence\n",
		"workload wasmtime b\n",
		"collatz 1.00 2.00\nfib 1.00 8.00\ngeomean of 2 1.00 4.00\ngeomean of 2, minima 1.00 3.97\nsimd 1.00 [1]\nhost 1.00 0.50\n",
		"collatz 1.00ms ± 0% 2.00ms ± 0%\nminimum 1.00ms 2.00ms\n",
		"fib 100ns ± 0% 800ns ± 1%\nminimum 100ns 790ns\n",
		"host, a turn 4.00ns ± 0% 2.00ns ± 0%\n",
		"\n[1] b: no such instruction",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

// TestOtherBaseline: without Wasmtime the first engine takes its place, which is said; and who lacks a scalar workload has no mean.
func TestOtherBaseline(t *testing.T) {
	s := suite("a")
	s.Rows[0][1].Err = errors.New("lost")
	got := strings.Join(lines(t, s), "\n")
	for _, want := range []string{"ratios to a, medians; lower is better; ~ is no difference at 95 % confidence (wasmtime was not measured)", "collatz 1.00 [1]", "geomean of 2 1.00 -"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

// TestTrim: who is not meant for a suite has no column; who cannot do a part of it has.
func TestTrim(t *testing.T) {
	s := suite("wasmtime")
	for i, row := range s.Rows {
		lost := *row[0]
		lost.Engine, lost.Samples, lost.Err = "c", nil, &timing.Inapplicable{Reason: "not for it"}
		s.Rows[i] = append(row, &lost)
	}
	s.Engines = append(s.Engines, "c")
	s.Rows[0][1].Err = &timing.Inapplicable{Reason: "not for this one"}
	s.Trim()
	got := strings.Join(lines(t, s), "\n")
	if !strings.Contains(got, "workload wasmtime b\n") || !strings.Contains(got, "collatz 1.00\n") || strings.Contains(got, "not for it") {
		t.Errorf("got:\n%s", got)
	}
}

// TestMonitor: the share is the median of differences within rounds, where both were measured.
func TestMonitor(t *testing.T) {
	s := suite(touchstone.Name)
	s.Engines[1] = touchstone.Unmonitored
	s.Rows[0][1].Samples = slices.Repeat([]float64{1e6 - 20, 1e6 - 5, 1e6 - 10}, 3)
	got := strings.Join(lines(t, s), "\n")
	for _, want := range []string{"the monitor's share", "\ncollatz 10.0ns ±7.5ns 0.0%\n", "\nhost 2.0ns ±0.0ns 50.0%"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	if got := strings.Join(lines(t, suite(touchstone.Name)), "\n"); strings.Contains(got, "share") {
		t.Errorf("a share of one column:\n%s", got)
	}
}

func TestBenchfmt(t *testing.T) {
	var b bytes.Buffer
	if err := Benchfmt(&b, []Suite{*suite("wasmtime")}); err != nil {
		t.Fatal(err)
	}
	if want := "BenchmarkKernels/name=fib/engine=b 1 790 ns/op\n"; !strings.Contains(b.String(), want) {
		t.Errorf("no line %q in:\n%s", want, b.String())
	}
	if n := strings.Count(b.String(), "BenchmarkKernels/"); n != 63 {
		t.Errorf("%d samples, want 63", n)
	}
}

func TestNumbers(t *testing.T) {
	for ns, want := range map[float64]string{0.5: "0.50ns", 12.34: "12.3ns", 1500: "1.50µs", 2.5e6: "2.50ms", 3e9: "3.00s", 250e9: "250s"} {
		if got := duration(ns); got != want {
			t.Errorf("duration(%v) = %q, want %q", ns, got, want)
		}
	}
	if got := Time(nil); got != "-" {
		t.Errorf("Time of nothing = %q", got)
	}
}

// TestDoubt: what could be the same is marked, and few samples have no interval.
func TestDoubt(t *testing.T) {
	s := suite("wasmtime")
	s.Rows[0][1].Samples = s.Rows[0][0].Samples
	s.Rows[2][1].Samples = s.Rows[2][1].Samples[:3]
	got := strings.Join(lines(t, s), "\n")
	for _, want := range []string{"collatz 1.00 1.00~\n", "fib 1.00 8.00\n", "fib 100ns ± 0% 800ns ± ∞\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

// TestNamed: names in LMbench's form have its units.
func TestNamed(t *testing.T) {
	s := suite("wasmtime")
	s.Rows[0][0].Workload.Title = "Simple read"
	s.Rows[2][0].Workload.Title, s.Rows[2][0].Workload.Bytes = "File read bandwidth", 1000
	s.Rows[1][0].Workload.Title = "Simple nothing"
	got := strings.Join(lines(t, s), "\n")
	for _, want := range []string{"name unit wasmtime b\n", "Simple read microseconds 1000.0000 2000.0000\n", "File read bandwidth MB/s 10000.00 1250.00\n",
		"Simple nothing microseconds 0.0050"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := suite("wasmtime").Write(&b, Markdown); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"**kernels: times as ratios", "| collatz ", ":|", "[1] b: no such instruction\\\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
}

// TestCompare reads back what Benchfmt wrote.
func TestCompare(t *testing.T) {
	read := func(s *Suite) *Samples {
		var b bytes.Buffer
		if err := Benchfmt(&b, []Suite{*s}); err != nil {
			t.Fatal(err)
		}
		samples, err := ReadBenchfmt(&b, "file")
		if err != nil {
			t.Fatal(err)
		}
		return samples
	}
	before, after := suite("wasmtime"), suite("wasmtime")
	for i := range after.Rows[2][1].Samples {
		after.Rows[2][1].Samples[i] /= 2
	}
	after.Rows[0][0].Workload.Name = "new"
	var b bytes.Buffer
	if err := Compare(&b, read(before), read(after), Text); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{"Kernels/name=fib/engine=b 800ns ± 1% 400ns ± 1% 0.50 ", "Kernels/name=simd/engine=wasmtime 5.00ns ± 0% 5.00ns ± 0% 1.00~",
		"of 6 rows, 5 (83 %) have one median in the other's interval, 5 (83 %) each in the other's", "only in the new file: Kernels/name=new/engine=wasmtime", "only in the old file: Kernels/name=collatz/engine=wasmtime"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
	for _, bad := range []string{"", "not a benchmark\n", "BenchmarkX 1 nonsense ns/op\n"} {
		if _, err := ReadBenchfmt(strings.NewReader(bad), "bad.txt"); err == nil || !strings.Contains(err.Error(), "bad.txt") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

// TestHTML: the page has a chart of each workload, is well-formed as far as its parser cares, and nothing of it is from elsewhere.
func TestHTML(t *testing.T) {
	s := suite("raw")
	s.Rows[0][0].Workload.Doc = "<script>"
	var b bytes.Buffer
	if err := HTML(&b, "a machine", "raw 1, b 2", []Suite{*s}); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if n := strings.Count(got, "<svg "); n != 4 || strings.Count(got, "</svg>") != n {
		t.Errorf("%d charts, want 4", n)
	}
	for _, want := range []string{"a machine", "&lt;script&gt;", `class="floor"`, "800ns", "[1]", "<li>b: no such instruction</li>"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, bad := range []string{"http://", "https://", "NaN", "Inf", "<script"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
}

// TestInside: what is inside of hostcalls is added up, and rates, bytes and reasons that hold for all engines are shown as such.
func TestInside(t *testing.T) {
	s := suite("wasmtime")
	s.Rows[0][0].Inside = &measure.Inside{Total: 10 * time.Millisecond, Hostcalls: []timing.Hostcall{
		{Name: "fd_read", Count: 1000, Time: 2 * time.Millisecond}, {Name: "fd_close", Count: 1000, Time: time.Millisecond}}}
	for i := range s.Rows[2] {
		s.Rows[2][i].Workload.Rate = true
		s.Rows[1][i].Err = &workload.Skipped{Reason: "no clang"}
		s.Rows[3][i].Workload.Step, s.Rows[3][i].Samples = timing.Footprint, []float64{2048, 2048, 2048}
	}
	got := strings.Join(lines(t, s), "\n")
	for _, want := range []string{"\ncollatz 2000 1.50µs 3.00ms 30.0%\nfd_read 1000 2.00µs 2.00ms 20.0%\n", "\nfib 10000000 1250000\n", "\nsimd [1] [1]\n",
		"\n[1] skipped: no clang", "2.00KiB ± ∞"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	var b bytes.Buffer
	if err := Benchfmt(&b, []Suite{*s}); err != nil || !strings.Contains(b.String(), "name=host/engine=b 1 2048 B/op\n") {
		t.Errorf("error %v:\n%s", err, b.String())
	}
	if samples, err := ReadBenchfmt(&b, "file"); err != nil || !samples.bytes["Kernels/name=host/engine=b"] {
		t.Errorf("%+v, error %v", samples, err)
	}
}
