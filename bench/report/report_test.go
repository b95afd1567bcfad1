package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/bench/workload"
)

func rows() []Row {
	series := func(name, engine string, samples ...float64) *measure.Series {
		return &measure.Series{Workload: workload.Workload{Name: name, Suite: "Kernel"}, Engine: engine, Samples: samples}
	}
	return []Row{
		{series("loop", "a", 1e6, 1e6, 1e6), series("loop", "b", 2e6, 2e6, 2e6)},
		{series("fib", "a", 100, 100, 100), series("fib", "b", 790, 800, 810)},
	}
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	if err := Table(&b, []string{"a", "b"}, rows()); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		if fields := strings.Fields(strings.ReplaceAll(line, "│", " ")); len(fields) > 0 {
			lines = append(lines, strings.Join(fields, " "))
		}
	}
	for _, want := range []string{
		"workload a b b / a",
		"loop 1.00ms ± 0% 2.00ms ± 0% 2.00x",
		"fib 100ns ± 0% 800ns ± 1% 8.00x",
		"geomean 4.00x",
	} {
		found := false
		for _, line := range lines {
			found = found || line == want
		}
		if !found {
			t.Errorf("no line %q in:\n%s", want, b.String())
		}
	}
}

func TestBenchfmt(t *testing.T) {
	var b bytes.Buffer
	if err := Benchfmt(&b, rows()[1:]); err != nil {
		t.Fatal(err)
	}
	if want := "BenchmarkKernel/name=fib/engine=b 1 790.0 ns/op\n"; !strings.Contains(b.String(), want) {
		t.Errorf("no line %q in:\n%s", want, b.String())
	}
	if n := strings.Count(b.String(), "BenchmarkKernel/"); n != 6 {
		t.Errorf("%d samples, want 6", n)
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
