package trace

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
)

// ErrTruncated is in the error of a trace that ends in the middle of a record.
var ErrTruncated = errors.New("the trace is cut off")

// Reader reads a trace in any [Format], record by record, in bounded memory.
type Reader struct {
	in     *bufio.Reader
	begun  bool
	binary bool
	n      int   // of the record or the line, from 1
	offset int   // in bytes, of what is read next
	err    error // what Next returned before
}

// NewReader returns a Reader that reads from r.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, 1<<16)} }

// Next returns the next record. At the end the error is io.EOF, and inside [ErrTruncated] if the trace is cut off; *[SyntaxError] says
// where a trace is none, and other errors are those of the source. After an error there are no more records.
func (r *Reader) Next() (*Record, error) {
	if r.err != nil {
		return nil, r.err
	}
	rec, err := r.next()
	r.err = err
	return rec, err
}

// All returns the records that are left. An error but io.EOF is the last element.
func (r *Reader) All() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		for {
			rec, err := r.Next()
			if err == io.EOF || !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

func (r *Reader) next() (*Record, error) {
	if !r.begun {
		r.begun = true
		if first, err := r.in.Peek(1); err == nil && first[0] == magic[0] {
			if err := r.header(); err != nil {
				return nil, err
			}
		}
	}
	if r.binary {
		return r.record()
	}
	return r.line()
}

// header reads what the binary form begins with.
func (r *Reader) header() error {
	b := make([]byte, len(magic))
	if _, err := io.ReadFull(r.in, b); err != nil {
		return r.cut(err)
	}
	last := len(magic) - 1
	switch {
	case string(b[:last]) != magic[:last]:
		return r.syntax(0, "this is no trace")
	case b[last] != magic[last]:
		return r.syntax(last, fmt.Sprintf("version %d of the binary form; this program knows version %d", b[last], magic[last]))
	}
	r.binary, r.offset = true, len(magic)
	return nil
}

func (r *Reader) syntax(at int, msg string) error {
	return &SyntaxError{Line: max(r.n, 1), Column: r.offset + at + 1, Msg: msg, Binary: true}
}

// cut returns the error for a source that ends or fails in the middle of a record.
func (r *Reader) cut(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("record %d: %w", max(r.n, 1), ErrTruncated)
	}
	return err
}

// line reads a line of text.
func (r *Reader) line() (*Record, error) {
	r.n++
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxRecord:
			return nil, &SyntaxError{Line: r.n, Column: maxRecord, Msg: fmt.Sprintf("a line has at most %d bytes", maxRecord)}
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(line) == 0:
			return nil, io.EOF
		case err != nil:
			return nil, r.cut(err)
		}
		break
	}
	rec, err := Parse(string(line[:len(line)-1]))
	if err != nil {
		err.(*SyntaxError).Line = r.n
		return nil, err
	}
	return rec, nil
}

// record reads a record of the binary form.
func (r *Reader) record() (*Record, error) {
	for {
		r.n++
		kind, err := r.in.ReadByte()
		if err != nil {
			return nil, err // io.EOF between records is the end
		}
		size, err := binary.ReadUvarint(r.in)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, r.cut(err)
		}
		if err != nil || size > maxRecord {
			return nil, r.syntax(1, fmt.Sprintf("a record has at most %d bytes", maxRecord))
		}
		body, err := r.body(int(size))
		if err != nil {
			return nil, r.cut(err)
		}
		rec, at, msg := record(kind, body)
		head := 1 + len(binary.AppendUvarint(nil, size))
		if msg != "" {
			return nil, r.syntax(head+at, msg)
		}
		if r.offset += head + len(body); rec != nil {
			return rec, nil
		}
	}
}

// body reads so many bytes, with no more memory than there are.
func (r *Reader) body(size int) ([]byte, error) {
	var body []byte
	for len(body) < size {
		n := min(size-len(body), 1<<14)
		body = append(body, make([]byte, n)...)
		if _, err := io.ReadFull(r.in, body[len(body)-n:]); err != nil {
			return nil, err
		}
	}
	return body, nil
}
