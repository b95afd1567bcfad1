package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func run(t *testing.T, ctx context.Context, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = Main(ctx, args, &out, &errs)
	return status, out.String(), errs.String()
}

func TestHelpAndUsage(t *testing.T) {
	if status, out, errs := run(t, t.Context(), "-h"); status != statusOK || errs != "" ||
		!strings.Contains(out, "wazero-interp") || !strings.Contains(out, "sieve") || !strings.Contains(out, "-engines") {
		t.Errorf("-h: status %d, stdout %q, stderr %q", status, out, errs)
	}
	for want, args := range map[string][]string{
		"-frobnicate":       {"-frobnicate"},
		"at least one":      {"-n", "0"},
		"unknown engine":    {"-engines", "abacus"},
		"named twice":       {"-engines", "wazero,wazero"},
		"unknown workload":  {"nonsense"},
		"invalid value \"x": {"-n", "x"},
	} {
		if status, out, errs := run(t, t.Context(), args...); status != statusFailure || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%q: status %d, stdout %q, stderr %q", args, status, out, errs)
		}
	}
}

func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "samples.txt")
	status, out, errs := run(t, t.Context(), "-n", "2", "-engines", "touchstone,wazero", "-o", file, "fib")
	if status != statusOK {
		t.Fatalf("status %d, stderr %q", status, errs)
	}
	for _, want := range []string{"touchstone", "wazero / touchstone", "fib", "2 rounds"} {
		if !strings.Contains(out, want) {
			t.Errorf("stdout lacks %q:\n%s", want, out)
		}
	}
	samples, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(samples, []byte("BenchmarkKernel/name=fib/engine=")); n != 4 {
		t.Errorf("%d samples, want 4:\n%s", n, samples)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	status, _, errs := run(t, ctx, "-n", "5", "-engines", "wazero", "loop", "fib")
	if status != statusFailure || !strings.Contains(errs, "interrupted") {
		t.Errorf("status %d, stderr %q", status, errs)
	}
}
