// Package conform applies the rules that OSS-Fuzz has for a target, written anew from what its documentation and its checks demand, and one more:
// that the target is instrumented, which the original does not notice of Go.
package conform

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/harness/process"
)

// The least numbers of what a target must have.
const (
	leastCounters = 1000 // of coverage
	leastChecks   = 1000 // calls of the address sanitizer
)

// Rule is a demand on a target.
type Rule struct {
	Name  string
	Check func(ctx context.Context, t *Target) error
}

// Rules are all rules.
var Rules = []Rule{
	{"starts", starts},
	{"runs", runs},
	{"counters", counters},
	{"sanitizer", sanitizer},
	{"moved", moved},
	{"seeds", seeds},
}

// Target is a built target in a folder that is not the one that it was built in.
type Target struct {
	Name    string
	Dir     string // where it is now
	Built   string // where it was built, which is gone
	Scratch string // an empty folder
	runs    string // what it said when it ran a few inputs
}

// patience bounds a run. All seeds of the slowest target take a minute and a half with the sanitizer, and the machine may be busy.
const patience = 30 * time.Minute

// run runs the target with its options, as OSS-Fuzz does: without anything in the environment that the build had.
func (t *Target) run(ctx context.Context, args ...string) (output string, err error) {
	o, err := readOptions(filepath.Join(t.Dir, t.Name+build.OptionsSuffix))
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for key, value := range o["libfuzzer"] {
		args = append(args, fmt.Sprintf("-%s=%s", key, value))
	}
	cmd := process.Command(ctx, filepath.Join(t.Dir, t.Name), args...)
	cmd.Dir = t.Dir // dict is relative to the program's folder
	asan := "halt_on_error=1"
	for key, value := range o["asan"] {
		asan += ":" + key + "=" + value
	}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.Scratch, "ASAN_OPTIONS=" + asan}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out[max(0, len(out)-2000):])
	}
	return string(out), nil
}

// readOptions reads a file of options: sections of lines "key = value".
func readOptions(name string) (map[string]map[string]string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	sections, section := map[string]map[string]string{}, ""
	for scanner := bufio.NewScanner(bytes.NewReader(data)); scanner.Scan(); {
		line := strings.TrimSpace(scanner.Text())
		if inner, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(inner, "]")
			sections[section] = map[string]string{}
		} else if key, value, ok := strings.Cut(line, "="); ok && section != "" {
			sections[section][strings.TrimSpace(key)] = strings.TrimSpace(value)
		} else if line != "" {
			return nil, fmt.Errorf("%s: %q is no option", name, line)
		}
	}
	return sections, nil
}

// starts: the program is a target of libFuzzer and runs nothing without crashing.
func starts(ctx context.Context, t *Target) error {
	out, err := t.run(ctx, "-runs=0")
	if err == nil && !strings.Contains(out, "Running with entropic power schedule") && !strings.Contains(out, "INFO: Seed: ") {
		return fmt.Errorf("it does not say what libFuzzer says: %s", out)
	}
	return err
}

// runs: it executes as many inputs as it is told.
func runs(ctx context.Context, t *Target) (err error) {
	if t.runs, err = t.run(ctx, "-runs=4"); err != nil {
		return err
	}
	if !strings.Contains(t.runs, "Done 4 runs") {
		return fmt.Errorf("it does not do 4 runs:\n%s", t.runs)
	}
	return nil
}

// loaded is what libFuzzer says of the counters that it was linked with.
var loaded = regexp.MustCompile(`INFO: Loaded \d+ modules\s+\((\d+) inline 8-bit counters\)`)

// counters: its code is instrumented for coverage.
func counters(_ context.Context, t *Target) error {
	m := loaded.FindStringSubmatch(t.runs)
	if m == nil {
		return fmt.Errorf("libFuzzer sees no counters: the archive was built without -gcflags=all=-d=libfuzzer")
	}
	if n, err := strconv.Atoi(m[1]); err != nil || n <= leastCounters {
		return fmt.Errorf("libFuzzer sees %s counters, not more than %d", m[1], leastCounters)
	}
	return nil
}

// sanitizer: the address sanitizer is linked in.
func sanitizer(_ context.Context, t *Target) error {
	n, err := sanitizerCalls(filepath.Join(t.Dir, t.Name))
	if err == nil && n <= leastChecks {
		err = fmt.Errorf("it calls the address sanitizer in %d places, not more than %d", n, leastChecks)
	}
	return err
}

// moved: it does not need the folder that it was built in.
func moved(_ context.Context, t *Target) error {
	if _, err := os.Stat(t.Built); err == nil {
		return fmt.Errorf("%s is still there: that it is not needed cannot be seen", t.Built)
	}
	if !loaded.MatchString(t.runs) {
		return fmt.Errorf("it does not start in another folder")
	}
	return nil
}

// seeds: it passes on its own seeds, of which there are some.
func seeds(ctx context.Context, t *Target) error {
	dir := filepath.Join(t.Scratch, "seeds")
	n, err := unzip(filepath.Join(t.Dir, t.Name+build.SeedsSuffix), dir)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("it has no seeds")
	}
	_, err = t.run(ctx, "-runs=0", dir)
	return err
}

// unzip unpacks the files of an archive, which has no folders, and returns how many there are.
func unzip(name, dir string) (int, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return 0, err
	}
	defer z.Close()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return 0, err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Name)), data, 0o644); err != nil {
			return 0, err
		}
	}
	return len(z.File), nil
}
