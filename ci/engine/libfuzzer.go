package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/leash"
	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/harness/last"
	"github.com/touchstone-wasm/touchstone/harness/process"
)

// LibFuzzer runs the programs of a folder that package build wrote.
type LibFuzzer struct {
	Dir      string
	setCover bool // its merge can look for the smallest set
}

// NewLibFuzzer builds the programs of the targets in a folder.
func NewLibFuzzer(ctx context.Context, b *build.Builder, t *build.Toolchain, dir string, targets []harness.Target) (*LibFuzzer, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := b.LibFuzzer(ctx, t, dir, targets); err != nil {
		return nil, err
	}
	if err := build.Files(dir, targets); err != nil {
		return nil, err
	}
	help := process.Command(ctx, filepath.Join(dir, targets[0].Name), "-help=1")
	out, _ := help.CombinedOutput() // its exit status says nothing
	return &LibFuzzer{Dir: dir, setCover: strings.Contains(string(out), "set_cover_merge")}, ctx.Err()
}

// Name returns "libfuzzer".
func (*LibFuzzer) Name() string { return "libfuzzer" }

// The exit statuses of libFuzzer when it has written what it found.
var written = map[int]bool{77: true, 70: true, 71: true}

// Fuzz runs the target's program, in as many processes as the job says. What one of them finds the others read from the corpus.
func (l *LibFuzzer) Fuzz(ctx context.Context, job *Job) (*Session, error) {
	args := []string{
		"-max_total_time=" + strconv.Itoa(max(1, int(job.Time.Seconds()))),
		"-artifact_prefix=" + job.Artifacts + string(filepath.Separator),
		"-dict=" + filepath.Join(l.Dir, job.Target.Name+".dict"),
		"-reload=1", "-print_final_stats=1", "-report_slow_units=1000000",
		fmt.Sprintf("-max_len=%d", build.MaxLen), fmt.Sprintf("-timeout=%d", build.Timeout), fmt.Sprintf("-rss_limit_mb=%d", build.MemoryMB),
		"-detect_leaks=0",
	}
	processes := max(1, job.Processes)
	if job.Fork {
		args = append(args, fmt.Sprintf("-fork=%d", processes), "-ignore_crashes=1", "-ignore_timeouts=1", "-ignore_ooms=1")
		processes = 1
	}
	args = append(args, job.Corpus)
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	sessions, errs := make([]Session, processes), make([]error, processes)
	var mu sync.Mutex // of sessions
	var wg sync.WaitGroup
	for i := range processes {
		wg.Go(func() {
			defer cancel() // when one has found something, or its time is over, the others end too
			s := &Session{}
			errs[i] = l.run(inner, job.Target, args, job.Scratch, job.Last, func(line string) {
				s.read(line)
				mu.Lock()
				defer mu.Unlock()
				if sessions[i] = *s; job.Progress != nil {
					job.Progress(together(sessions))
				}
			}, job.Time, s)
			mu.Lock()
			defer mu.Unlock()
			sessions[i] = *s
		})
	}
	wg.Wait()
	s := together(sessions)
	return &s, errors.Join(errs...)
}

// together adds up what processes on one corpus do. What the corpus covers is what the one that has seen most of it says.
func together(sessions []Session) (sum Session) {
	for _, s := range sessions {
		sum.Executions += s.Executions
		sum.Rate += s.Rate
		if s.Coverage.Features >= sum.Coverage.Features {
			sum.Coverage = s.Coverage
		}
		if sum.Status == "" {
			sum.Status, sum.Output = s.Status, s.Output
		}
	}
	return sum
}

// grace is how long a process may take beyond its time. It runs all that its corpus has before it looks at the clock, on a machine that may be
// busy, and sees to inputs that do not end by itself: this is for a process that is stuck.
const grace = 10 * time.Minute

// run runs the program and hands on what it says, line by line.
func (l *LibFuzzer) run(ctx context.Context, target harness.Target, args []string, scratch, record string, line func(string), limit time.Duration, s *Session) error {
	// Ctrl-C ends a session as its time does: what it found until then is in its folders.
	inner, cancel := context.WithTimeout(ctx, limit+grace)
	defer cancel()
	cmd := process.Command(inner, filepath.Join(l.Dir, target.Name), args...)
	cmd.Dir = scratch
	cmd.Env = append(os.Environ(), "TMPDIR="+scratch, last.Variable+"="+record, leash.Variable+"=1", "GOMAXPROCS=1")
	end, letGo, err := leash.Hold() // libFuzzer starts processes by a shell
	if err != nil {
		return err
	}
	defer letGo()
	cmd.ExtraFiles = []*os.File{end}
	s.Output, err = follow(cmd, line)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil
	case inner.Err() != nil:
		s.Status = "does not end"
	case errors.As(err, &exit) && !written[exit.ExitCode()]:
		s.Status = exit.String()
	case err != nil && exit == nil:
		return err
	}
	return nil
}

// What libFuzzer says: "#1234 NEW cov: 5 ft: 8 corp: 4/20b … exec/s: 100 …", with -fork "#1234: cov: 5 ft: 8 corp: 4 exec/s 10 …", in the end
// "stat::number_of_executed_units: 1234", after a merge "MERGE-OUTER: 5 new files with 10 new features added; 8 new coverage edges".
var (
	pulse  = regexp.MustCompile(`^#(\d+):?\s.*?cov: (\d+) ft: (\d+) corp: (\d+).*exec/s:? (\d+)`)
	units  = regexp.MustCompile(`^stat::number_of_executed_units:\s+(\d+)`)
	merged = regexp.MustCompile(`^MERGE-OUTER: (\d+) new files with (\d+) new features added; (\d+) new coverage edges`)
)

func (s *Session) read(line string) {
	if m := pulse.FindStringSubmatch(line); m != nil {
		s.Executions = number(m[1])
		s.Coverage = Coverage{Edges: int(number(m[2])), Features: int(number(m[3])), Inputs: int(number(m[4]))}
		s.Rate = float64(number(m[5]))
	} else if m := units.FindStringSubmatch(line); m != nil {
		s.Executions = number(m[1])
	} else if m := merged.FindStringSubmatch(line); m != nil {
		s.Coverage = Coverage{Inputs: int(number(m[1])), Features: int(number(m[2])), Edges: int(number(m[3]))}
	}
}

func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64) // the pattern has digits only
	return n
}

// mergeTime bounds a merge, which runs all inputs once or twice.
const mergeTime = 30 * time.Minute

// Merge runs the program's own merge, with set cover where it has that.
func (l *LibFuzzer) Merge(ctx context.Context, target harness.Target, from, into, scratch string) (*Coverage, error) {
	how := "-merge=1"
	if l.setCover {
		how = "-set_cover_merge=1"
	}
	s := &Session{}
	args := []string{how, "-detect_leaks=0", "-artifact_prefix=" + scratch + string(filepath.Separator),
		fmt.Sprintf("-max_len=%d", build.MaxLen), fmt.Sprintf("-rss_limit_mb=%d", build.MemoryMB), into, from}
	if err := l.run(ctx, target, args, scratch, "", s.read, mergeTime, s); err != nil {
		return nil, err
	}
	if ctx.Err() != nil || s.Status != "" || s.Coverage.Inputs == 0 {
		return nil, fmt.Errorf("%s: merge: %s %v\n%s", target.Name, s.Status, ctx.Err(), s.Output)
	}
	return &s.Coverage, nil
}
