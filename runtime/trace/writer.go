package trace

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// queueLines is the number of lines that may wait for a slow destination.
	queueLines = 4096
	// patience is how long an event waits for room in a full queue, in all, before events are dropped at once. It is
	// renewed by every line that the destination takes.
	patience = time.Second
	// farewell is how long Close waits for the destination to take the rest.
	farewell = 5 * time.Second
)

// Writer writes events to a destination from a goroutine of its own, so that a destination that blocks or fails
// holds the guest up for a bounded time at most. Lines that could not be written are counted, and the count is
// written when there is room again. Write and Close are for one goroutine at a time.
type Writer struct {
	format Format
	lines  chan []byte
	done   chan struct{}

	mu      sync.Mutex
	err     error // the first error of the destination
	dropped int   // since the last line that was queued
	lost    int   // in all
	stuck   bool  // patience has run out
	closed  bool
}

// NewWriter returns a Writer of text to w. Close must be called.
func NewWriter(w io.Writer) *Writer { return NewWriterIn(Text, w) }

// NewWriterIn is NewWriter for any format.
func NewWriterIn(f Format, w io.Writer) *Writer {
	t := &Writer{format: f, lines: make(chan []byte, queueLines), done: make(chan struct{})}
	if header := f.AppendHeader(nil); len(header) > 0 {
		t.lines <- header
	}
	go t.run(w)
	return t
}

// run writes lines until Close, gathering what waits into one write.
func (t *Writer) run(w io.Writer) {
	defer close(t.done)
	var buf []byte
	for line := range t.lines {
		buf = append(buf[:0], line...)
	gather:
		for len(buf) < 32<<10 {
			select {
			case more, ok := <-t.lines:
				if !ok {
					break gather
				}
				buf = append(buf, more...)
			default:
				break gather
			}
		}
		_, err := w.Write(buf)
		t.mu.Lock()
		t.stuck = false
		if t.err == nil {
			t.err = err
		}
		t.mu.Unlock()
	}
}

// Write writes one event.
func (t *Writer) Write(e *Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.err != nil {
		t.lost++
		return
	}
	var line []byte
	if t.dropped > 0 {
		line = t.format.Append(line, &Record{Note: fmt.Sprintf("%d events lost: the trace was not taken in time", t.dropped)})
	}
	line = t.format.Append(line, &Record{Event: e})
	if t.enqueue(line) {
		t.dropped = 0
		return
	}
	t.dropped++
	t.lost++
}

// enqueue puts line into the queue, waiting for room if the destination still seems alive.
func (t *Writer) enqueue(line []byte) bool {
	select {
	case t.lines <- line:
		return true
	default:
	}
	if t.stuck {
		return false
	}
	t.mu.Unlock() // run needs it to get on
	timer := time.NewTimer(patience)
	defer timer.Stop()
	queued := false
	select {
	case t.lines <- line:
		queued = true
	case <-timer.C:
	}
	t.mu.Lock()
	t.stuck = !queued
	return queued
}

// ErrLost is in the error of Close if events could not be written.
var ErrLost = errors.New("events of the trace were lost")

// Close waits for the destination to take the rest, but not for ever, and returns its first error or ErrLost.
func (t *Writer) Close() error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil
	}
	t.closed = true
	close(t.lines)
	t.mu.Unlock()
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case <-t.done:
	case <-timer.C:
		return fmt.Errorf("the destination of the trace blocks: %w", ErrLost)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.err != nil:
		return t.err
	case t.lost > 0:
		return fmt.Errorf("%d: %w", t.lost, ErrLost)
	}
	return nil
}
