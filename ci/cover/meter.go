package cover

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/store"
	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/harness/coverage"
	"github.com/touchstone-wasm/touchstone/harness/process"
)

// meter runs the test binary of package ci/cover/corpus.
type meter struct {
	root     string // of the project
	dir      string // for all that is temporary
	binary   string
	counters string // the folder for the counters of all runs, which the toolchain adds up
}

// measure runs a target's corpus, or its seeds if there is no folder of corpora, and returns the number of inputs, and what they execute of
// each part that the target concerns.
func (m *meter) measure(ctx context.Context, target harness.Target, corpora string) (inputs int, parts []coverage.Part, err error) {
	dir := filepath.Join(corpora, target.Name)
	if corpora == "" {
		dir = filepath.Join(m.dir, "seeds", target.Name)
		if err := writeSeeds(dir, target); err != nil {
			return 0, nil, err
		}
	}
	names, err := store.List(dir)
	if err != nil {
		return 0, nil, err
	}
	counters, err := os.MkdirTemp(m.dir, "run-")
	if err != nil {
		return 0, nil, err
	}
	profile := filepath.Join(m.dir, "profile-"+target.Name)
	cmd := process.Command(ctx, m.binary, "-test.run", "^TestCorpus$", "-test.gocoverdir", m.counters, "-test.coverprofile", profile)
	cmd.Dir = counters
	cmd.Env = append(os.Environ(), "TMPDIR="+counters, "FUZZ_CORPUS_DIR="+dir, "TOUCHSTONE_TARGET="+target.Name, "TOUCHSTONE_KEEP=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, nil, fmt.Errorf("%s: %w\n%s", target.Name, err, out[max(0, len(out)-4000):])
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		return 0, nil, err
	}
	for _, aim := range target.Concerns() {
		p, err := coverage.Statements(text, aim, os.DirFS(m.root))
		if err != nil {
			return 0, nil, fmt.Errorf("%s: %w", target.Name, err)
		}
		parts = append(parts, p)
	}
	return len(names), parts, os.Remove(profile)
}

// writeSeeds writes the seeds of a target as raw files.
func writeSeeds(dir string, target harness.Target) error {
	seeds, err := corpus.Inputs(target.Corpus)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, seed := range seeds {
		if err := store.Add(dir, build.FileName(seed.Data), seed.Data); err != nil {
			return err
		}
	}
	return nil
}

// profile writes what all runs executed together.
func (m *meter) profile(ctx context.Context, file string) error {
	return m.tool(ctx, "covdata", "textfmt", "-i", m.counters, "-o", file)
}

// page writes the sources of a profile as a page.
func (m *meter) page(ctx context.Context, profile, file string) error {
	return m.tool(ctx, "cover", "-html", profile, "-o", file)
}

func (m *meter) tool(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"tool"}, args...)...)
	cmd.Dir = m.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go tool %s: %w\n%s", args[0], err, bytes.TrimSpace(out))
	}
	return nil
}
