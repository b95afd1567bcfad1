package worker

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TestPeakIsTheProgramsOwn: what the process had resident before it became this program does not count. A worker would else end at once
// when it is started by something large.
func TestPeakIsTheProgramsOwn(t *testing.T) {
	const variable, large = "TOUCHSTONE_TEST_PEAK", 256 << 20
	if os.Getenv(variable) != "" {
		os.Stdout.WriteString("peak " + strconv.FormatUint(peakRSS(), 10) + " ")
		return
	}
	used := make([]byte, large)
	for i := 0; i < len(used); i += 4096 {
		used[i] = 1
	}
	if peak := peakRSS(); peak < large {
		t.Fatalf("%d bytes were resident, with %d in use", peak, large)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestPeakIsTheProgramsOwn$")
	cmd.Env = append(os.Environ(), variable+"=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(out), "peak ")
	number, _, _ := strings.Cut(rest, " ")
	if peak, err := strconv.ParseUint(number, 10, 64); err != nil || peak == 0 || peak >= large {
		t.Errorf("the program that this one started says %q: %d bytes, %v", out, peak, err)
	}
	used[0]++
}
