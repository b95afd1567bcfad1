package trace

import (
	"fmt"
	"strings"
)

// Record is what a trace consists of: an event, a step or a note. One of its fields is set.
type Record struct {
	Event *Event
	Step  *Step
	Note  string // printable ASCII
}

// Append appends the record as one line, without the newline.
func (r *Record) Append(b []byte) []byte {
	switch {
	case r.Event != nil:
		return r.Event.Append(b)
	case r.Step != nil:
		return r.Step.Append(b)
	}
	return append(append(b, noteMark...), r.Note...)
}

// noteMark begins a note.
const noteMark = "# "

// String returns the record as one line.
func (r *Record) String() string { return string(r.Append(nil)) }

// SyntaxError says where a trace cannot be read.
type SyntaxError struct {
	Line   int // of text, from 1; of the binary form the number of the record
	Column int // in bytes, from 1; of the binary form the offset in the file
	Msg    string
	Binary bool
}

// Error returns the place and what is wrong there.
func (e *SyntaxError) Error() string {
	if e.Binary {
		return fmt.Sprintf("record %d, at offset %d: %s", e.Line, e.Column, e.Msg)
	}
	return fmt.Sprintf("line %d:%d: %s", e.Line, e.Column, e.Msg)
}

// Parse reads a line of text, without the newline. What it returns prints as the same line; that of two lines is equal if the lines
// are. So printing and parsing an event gives its normal form: numbers that look alike have one kind, and of what is too long to be
// printed there is what the line shows, and how much more there was. Errors are *SyntaxError with Line 1.
func Parse(line string) (*Record, error) {
	r, at, msg := parse(line)
	if msg == "" {
		if printed := r.String(); printed != line {
			at, msg = 0, "this is not how it would be printed"
			for at < len(line) && at < len(printed) && line[at] == printed[at] {
				at++
			}
		}
	}
	if msg != "" {
		return nil, &SyntaxError{Line: 1, Column: at + 1, Msg: msg}
	}
	return r, nil
}

// parse reads a line; if msg is not empty, it says what is wrong at a place.
func parse(line string) (r *Record, at int, msg string) {
	for i := range len(line) {
		if line[i] < ' ' || line[i] > '~' {
			return nil, i, "only printable ASCII is allowed"
		}
	}
	if note, ok := strings.CutPrefix(line, noteMark); ok {
		return &Record{Note: note}, 0, ""
	}
	p := &parser{line: line}
	r = &Record{}
	if line != "" && line[0] >= '0' && line[0] <= '9' {
		r.Step = p.step()
	} else {
		r.Event = p.event()
	}
	return r, p.at, p.msg
}
