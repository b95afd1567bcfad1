package worker

import (
	"fmt"
	"strings"
	"sync"
)

// excerpt keeps the beginning and the end of what is written to it. When a process crashes, the beginning has the reason (a
// Rust panic, a Go panic before its goroutines), and the end is all that there is of a process that talked before.
type excerpt struct {
	mu         sync.Mutex
	head, tail []byte
	dropped    int // bytes between the two
}

// The bounds of an excerpt in bytes.
const (
	headSize = 1 << 10
	tailSize = 1 << 10
)

// Write implements io.Writer; it takes everything.
func (e *excerpt) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := len(p)
	first := min(n, headSize-len(e.head))
	e.head = append(e.head, p[:first]...)
	p = p[first:]
	if skip := len(p) - tailSize; skip > 0 {
		e.dropped += skip
		p = p[skip:]
	}
	if over := len(e.tail) + len(p) - tailSize; over > 0 {
		e.dropped += over
		e.tail = e.tail[:copy(e.tail, e.tail[over:])]
	}
	e.tail = append(e.tail, p...)
	return n, nil
}

// String returns what was kept, and says what was not.
func (e *excerpt) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	gap := ""
	if e.dropped > 0 {
		gap = fmt.Sprintf("\n… %d bytes left out …\n", e.dropped)
	}
	return strings.TrimSpace(string(e.head) + gap + string(e.tail))
}

// suffix returns what was kept as the continuation of a message.
func (e *excerpt) suffix() string {
	if s := e.String(); s != "" {
		return ": " + s
	}
	return ""
}

// shorten returns the excerpt of b.
func shorten(b []byte) string {
	var e excerpt
	_, _ = e.Write(b) // cannot fail
	return e.String()
}
