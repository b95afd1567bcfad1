package worker

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
)

// maxFrame bounds one message in bytes, in both directions. The largest are a module with its input, and the output of
// a WASI program.
const maxFrame = 96 << 20

var errFrameTooBig = errors.New("message exceeds the bound on frames")

// writer and reader carry messages as gob in frames: four bytes of length, big-endian, and that many bytes. Gob because the
// messages are mostly byte strings, which JSON would inflate; one stream for the life of a worker because gob sends
// and compiles its type descriptions once a stream. The frames bound what a reader allocates and say where a message ends.
type writer struct {
	w   io.Writer
	buf bytes.Buffer
	enc *gob.Encoder
}

func newWriter(w io.Writer) *writer {
	f := &writer{w: w}
	f.enc = gob.NewEncoder(&f.buf)
	return f
}

// send writes one message. If it is too big, nothing is written, and the stream can still be used if the message's types were
// sent before.
func (f *writer) send(msg any) error {
	f.buf.Reset()
	f.buf.Write(make([]byte, 4))
	if err := f.enc.Encode(msg); err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	b := f.buf.Bytes()
	n := len(b) - 4
	if n > maxFrame {
		return errFrameTooBig
	}
	binary.BigEndian.PutUint32(b, uint32(n))
	_, err := f.w.Write(b)
	if f.buf.Cap() > 1<<20 {
		f.buf = bytes.Buffer{} // do not keep what one large message took
	}
	return err
}

type reader struct {
	r   io.Reader
	buf bytes.Reader
	dec *gob.Decoder
}

func newReader(r io.Reader) *reader {
	f := &reader{r: r}
	f.dec = gob.NewDecoder(&f.buf)
	return f
}

// receive reads one message. The error is io.EOF if the stream ended between two messages.
func (f *reader) receive(msg any) error {
	var head [4]byte
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxFrame {
		return fmt.Errorf("%w: %d bytes", errFrameTooBig, n)
	}
	// The length is not believed before the bytes are there.
	var body bytes.Buffer
	if _, err := io.CopyN(&body, f.r, int64(n)); err != nil {
		return fmt.Errorf("message of %d bytes: %w", n, err)
	}
	f.buf.Reset(body.Bytes())
	if err := f.dec.Decode(msg); err != nil {
		return fmt.Errorf("decode message: %w", err)
	}
	return nil
}
