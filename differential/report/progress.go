package report

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/touchstone-wasm/touchstone/differential/session"
)

// The times between two lines of progress: on a terminal the line is rewritten, elsewhere each is a new one.
const (
	rewriteEvery = 200 * time.Millisecond
	lineEvery    = 3 * time.Second
)

// Progress shows how far a session is, on a terminal as one line that is rewritten, elsewhere as a line every few seconds.
type Progress struct {
	mu    sync.Mutex
	w     io.Writer
	tty   bool
	width int
	begun time.Time
	goal  int // modules; 0 if there is none
	stats *session.Stats
	shown bool // a line stands on the terminal
	stop  chan struct{}
	done  sync.WaitGroup
}

// NewProgress begins to show progress on w until Close. goal is the number of modules to expect, 0 if it is not known.
func NewProgress(w io.Writer, goal int) *Progress {
	p := &Progress{w: w, begun: time.Now(), goal: goal, stop: make(chan struct{})}
	every := lineEvery
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		p.tty, every = true, rewriteEvery
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			p.width = width
		}
	}
	p.done.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.show()
			case <-p.stop:
				return
			}
		}
	})
	return p
}

// Update tells how far the session is.
func (p *Progress) Update(s *session.Stats) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats = s
}

// Print calls write with the line out of the way, for output that goes to the same terminal.
func (p *Progress) Print(write func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	return write()
}

// Close ends the progress and clears its line.
func (p *Progress) Close() {
	close(p.stop)
	p.done.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *Progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

func (p *Progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := p.line()
	if !p.tty {
		fmt.Fprintln(p.w, line)
		return
	}
	if p.width > 1 && len(line) >= p.width {
		line = line[:p.width-1]
	}
	p.clear()
	fmt.Fprint(p.w, line)
	p.shown = true
}

func (p *Progress) line() string {
	elapsed := time.Since(p.begun)
	line := "differential: elapsed: " + clock(elapsed)
	s := p.stats
	if s == nil {
		return line
	}
	line += fmt.Sprintf(", modules: %d", s.Modules)
	if p.goal > 0 {
		line += fmt.Sprintf("/%d", p.goal)
	}
	line += fmt.Sprintf(" (%s/s)", rate(s.Modules, s.Elapsed))
	if s.Modules > 0 {
		line += fmt.Sprintf(", compared: %.1f%%", 100*float64(s.Compared)/float64(s.Modules))
	}
	return line + fmt.Sprintf(", findings: %d", s.Findings())
}
