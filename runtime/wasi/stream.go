package wasi

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// streamChunk bounds the bytes that pass through a pump at a time.
const streamChunk = 64 << 10

// stream is standard input or output that is not a file of the host. Readers and Writers that are known not to block are
// called directly. Others are called from a goroutine of their own, on a buffer of their own, so that a guest that waits
// for them can be cancelled.
type stream struct {
	r io.Reader
	w io.Writer
	// direct says that calls do not block.
	direct bool

	buf     []byte
	pending []byte      // bytes that were read and not yet taken
	result  chan pumped // of the call in progress
	busy    bool        // a call is in progress
}

// pumped is what a call of the Reader or Writer returned.
type pumped struct {
	n   int
	err error
}

func newStream(r io.Reader, w io.Writer) *stream {
	s := &stream{r: r, w: w}
	switch any(r).(type) {
	case *bytes.Reader, *bytes.Buffer, *strings.Reader:
		s.direct = true
	}
	switch any(w).(type) {
	case *bytes.Buffer, *strings.Builder:
		s.direct = true
	}
	if w == io.Discard {
		s.direct = true
	}
	return s
}

// read fills bufs as far as one Read of the Reader goes. 0 is the end.
func (s *stream) read(ctx context.Context, bufs [][]byte) (int, error) {
	if s.r == nil || len(bufs) == 0 {
		return 0, nil
	}
	if s.direct || ctx.Done() == nil && !s.busy && len(s.pending) == 0 {
		n, err := s.r.Read(bufs[0])
		n = clamp(n, len(bufs[0]))
		return n, ended(n, err)
	}
	if len(s.pending) == 0 {
		if !s.busy { // else a call that a cancelled guest left behind brings the bytes
			s.start(func() (int, error) { return s.r.Read(s.buf) })
		}
		p, err := s.wait(ctx)
		if err != nil {
			return 0, err
		}
		s.pending = s.buf[:clamp(p.n, len(s.buf))]
		if len(s.pending) == 0 {
			return 0, ended(0, p.err)
		}
	}
	n := 0
	for _, b := range bufs {
		k := copy(b, s.pending)
		s.pending = s.pending[k:]
		n += k
	}
	return n, nil
}

// write gives bufs to the Writer and returns the bytes that it took.
func (s *stream) write(ctx context.Context, bufs [][]byte) (int, error) {
	total := 0
	for _, b := range bufs {
		for len(b) > 0 {
			n, err := s.writeSome(ctx, b)
			if err == nil && n == 0 {
				err = io.ErrShortWrite
			}
			total += n
			b = b[n:]
			switch {
			case err == nil:
			case total > 0 && ctx.Err() == nil:
				return total, nil // the error comes again with the next write
			default:
				return 0, err
			}
		}
	}
	return total, nil
}

// writeSome gives the Writer a first part of b.
func (s *stream) writeSome(ctx context.Context, b []byte) (int, error) {
	if s.w == nil {
		return len(b), nil
	}
	if s.direct || ctx.Done() == nil && !s.busy {
		n, err := s.w.Write(b)
		return clamp(n, len(b)), err
	}
	if s.busy { // a call that a cancelled guest left behind still uses the buffer
		if _, err := s.wait(ctx); err != nil {
			return 0, err
		}
	}
	s.grow()
	chunk := s.buf[:copy(s.buf, b)]
	s.start(func() (int, error) { return s.w.Write(chunk) })
	p, err := s.wait(ctx)
	if err == nil {
		err = p.err
	}
	return clamp(p.n, len(chunk)), err
}

// grow makes the buffer.
func (s *stream) grow() {
	if s.buf == nil {
		s.buf = make([]byte, streamChunk)
		s.result = make(chan pumped, 1)
	}
}

// start makes a call in a goroutine of its own; there is at most one.
func (s *stream) start(call func() (int, error)) {
	s.grow()
	s.busy = true
	go func() {
		n, err := call()
		s.result <- pumped{n, err}
	}()
}

// wait waits for the call in progress, or for ctx to end, which leaves the call behind.
func (s *stream) wait(ctx context.Context) (pumped, error) {
	select {
	case p := <-s.result:
		s.busy = false
		return p, nil
	case <-ctx.Done():
		return pumped{}, ctx.Err()
	}
}

// clamp guards against Readers and Writers that return nonsense.
func clamp(n, limit int) int {
	if planted.Selected == planted.StreamLength {
		return n
	}
	return min(max(n, 0), limit)
}

// ended turns the end of input, and an error that came with bytes, into success.
func ended(n int, err error) error {
	if err == io.EOF || n > 0 {
		return nil
	}
	return err
}
