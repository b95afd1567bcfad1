package loop

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/touchstone-wasm/touchstone/ci/engine"
)

// The times between two lines of status: on a terminal the line is rewritten, elsewhere each is a new one.
const (
	rewriteEvery = time.Second
	lineEvery    = 30 * time.Second
)

// status tells how the loop is getting on, in one line.
type status struct {
	mu    sync.Mutex
	w     io.Writer
	tty   bool
	every time.Duration
	shown time.Time // when the line was written last

	target     string
	per        time.Duration
	begun      time.Time // the target
	seen       engine.Session
	executions int64     // of sessions of the target that have ended
	find       time.Time // the last input that covers something new
	new, known, flaky,
	done, all int // findings; targets
}

func newStatus(w io.Writer, all int) *status {
	s := &status{w: w, every: lineEvery, all: all, find: time.Now(), shown: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		s.tty, s.every = true, rewriteEvery
	}
	return s
}

func (s *status) begin(target string, per time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.target, s.per, s.begun, s.executions, s.seen = target, per, time.Now(), 0, engine.Session{}
}

// progress is told what the engine says.
func (s *status) progress(seen engine.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seen.Coverage.Features > s.seen.Coverage.Features || seen.Coverage.Inputs > s.seen.Coverage.Inputs {
		s.find = time.Now()
	}
	s.seen = seen
	if time.Since(s.shown) >= s.every {
		s.shown = time.Now()
		s.show()
	}
}

// add counts the executions of a session that has ended.
func (s *status) add(executions int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.executions += executions
	s.seen.Executions = 0
}

func (s *status) show() {
	line := s.line(time.Now())
	if s.tty {
		fmt.Fprint(s.w, "\r\x1b[K"+line)
	} else {
		fmt.Fprintln(s.w, line)
	}
}

// line returns the status: what is being done, how fast, and what came of it.
func (s *status) line(now time.Time) string {
	took := now.Sub(s.begun)
	rate := float64(s.executions+s.seen.Executions) / max(took.Seconds(), 0.001)
	c := s.seen.Coverage
	return fmt.Sprintf("%d/%d %s %.0f/%.0fs  last find %v ago  %.0f execs/s  corpus %d  cov %d ft %d  findings new %d known %d flaky %d",
		s.done+1, s.all, s.target, took.Seconds(), s.per.Seconds(), now.Sub(s.find).Round(time.Second), rate, c.Inputs, c.Edges, c.Features,
		s.new, s.known, s.flaky)
}

// end takes the line away.
func (s *status) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tty {
		fmt.Fprint(s.w, "\r\x1b[K")
	}
}

// count counts what became of a target.
func (s *status) count(r *Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done++
	s.new, s.known, s.flaky = s.new+r.New, s.known+r.Known, s.flaky+r.Flaky
}
