package trace

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Format is a form in which traces are written. [Reader] tells them apart.
type Format uint8

// The forms.
const (
	// Text has a line for each record, see the package comment.
	Text Format = iota
	// Binary keeps everything as it is, also what is too long to be printed. It begins with four bytes, the last of which is the version.
	// A record is a byte that says what it is, the number of bytes that follow, and its parts: numbers are unsigned and in base 128 as
	// in package encoding/binary, a string is its length and its bytes, a list its length and its elements.
	Binary
)

// formatNames are the names of formats on command lines.
var formatNames = [...]string{Text: "text", Binary: "binary"}

// String returns the format's name.
func (f Format) String() string { return formatNames[f] }

// MarshalText returns the format's name.
func (f Format) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText sets f to the format of a name.
func (f *Format) UnmarshalText(name []byte) error {
	i := slices.Index(formatNames[:], string(name))
	if i < 0 {
		return fmt.Errorf("%q is no format of traces; there are %q", name, formatNames)
	}
	*f = Format(i)
	return nil
}

// magic begins a trace in the binary form. No text begins with a zero byte.
const magic = "\x00TR\x01"

// The kinds of records in the binary form. Others are skipped: later versions may have more.
const (
	recordEvent = iota + 1
	recordStep
	recordNote
)

// maxRecord bounds a line and a record of the binary form in bytes.
const maxRecord = 1 << 20

// AppendHeader appends what a trace begins with.
func (f Format) AppendHeader(b []byte) []byte {
	if f == Binary {
		b = append(b, magic...)
	}
	return b
}

// Append appends a record, of text with the newline.
func (f Format) Append(b []byte, r *Record) []byte {
	if f != Binary {
		return append(r.Append(b), '\n')
	}
	kind, body := byte(recordNote), []byte(nil)
	switch {
	case r.Event != nil:
		kind, body = recordEvent, r.Event.appendBinary(nil)
	case r.Step != nil:
		kind, body = recordStep, r.Step.appendBinary(nil)
	default:
		body = appendString(nil, r.Note)
	}
	b = binary.AppendUvarint(append(b, kind), uint64(len(body)))
	return append(b, body...)
}

func (e *Event) appendBinary(b []byte) []byte {
	b = appendString(appendString(b, e.Module), e.Hostcall)
	b = appendList(b, e.Args)
	b = appendString(b, e.End)
	b = appendList(b, e.Results)
	b = binary.AppendUvarint(b, uint64(len(e.Effects)))
	for _, effect := range e.Effects {
		b = appendString(b, effect)
	}
	return b
}

func (s *Step) appendBinary(b []byte) []byte {
	b = appendNumbers(b, s.Number, uint64(s.Func), uint64(s.Offset))
	b = appendString(appendString(b, s.Name), s.Instr)
	b = appendList(appendList(b, s.Operands), s.Results)
	return appendNumbers(b, uint64(s.Cut.Name), uint64(s.Cut.Instr), uint64(s.Cut.Operands), uint64(s.Cut.Results))
}

func appendNumbers(b []byte, numbers ...uint64) []byte {
	for _, n := range numbers {
		b = binary.AppendUvarint(b, n)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendList(b []byte, fields []Field) []byte {
	b = binary.AppendUvarint(b, uint64(len(fields)))
	for i := range fields {
		f := &fields[i]
		b = append(appendString(b, f.Name), byte(f.Kind))
		b = binary.AppendUvarint(appendString(appendNumbers(b, f.Num), f.Text), uint64(f.More))
	}
	return b
}

// decoder reads the body of a record.
type decoder struct {
	b      []byte
	at     int
	broken bool
}

func (d *decoder) number(bits int) uint64 {
	x, n := binary.Uvarint(d.b[d.at:])
	if n <= 0 || bits < 64 && x>>bits != 0 {
		d.broken = true
		return 0
	}
	d.at += n
	return x
}

func (d *decoder) string() string {
	n := d.number(63)
	if d.broken || n > uint64(len(d.b)-d.at) {
		d.broken = true
		return ""
	}
	d.at += int(n)
	return string(d.b[d.at-int(n) : d.at])
}

// length reads the length of a list, each element of which takes at least one byte.
func (d *decoder) length() int {
	n := d.number(63)
	if n > uint64(len(d.b)-d.at) {
		d.broken = true
		return 0
	}
	return int(n)
}

func (d *decoder) list() (fields []Field) {
	for n := d.length(); n > 0 && !d.broken; n-- {
		f := Field{Name: d.string(), Kind: Kind(d.number(8)), Num: d.number(64), Text: d.string(), More: int(d.number(moreBits))}
		if f.Kind > Bytes {
			d.broken = true
		}
		fields = append(fields, f)
	}
	return fields
}

// record decodes a record. It returns nil for a kind that it does not know, and a reason if the bytes are none, or if what they say
// cannot be told in text: what is printed of a trace is never more than it says.
func record(kind byte, body []byte) (r *Record, at int, msg string) {
	d, r := &decoder{b: body}, &Record{}
	switch kind {
	case recordEvent:
		e := &Event{Module: d.string(), Hostcall: d.string(), Args: d.list(), End: d.string(), Results: d.list()}
		for n := d.length(); n > 0 && !d.broken; n-- {
			e.Effects = append(e.Effects, d.string())
		}
		r.Event = e
	case recordStep:
		r.Step = &Step{Number: d.number(64), Func: uint32(d.number(32)), Offset: int(d.number(62)), Name: d.string(), Instr: d.string(),
			Operands: d.list(), Results: d.list()}
		r.Step.Cut = Cut{int(d.number(moreBits)), int(d.number(moreBits)), int(d.number(moreBits)), int(d.number(moreBits))}
	case recordNote:
		r.Note = d.string()
	default:
		return nil, 0, ""
	}
	if d.broken || d.at != len(body) {
		return nil, d.at, "the record is not well-formed"
	}
	if _, err := Parse(r.String()); err != nil {
		return nil, 0, "the record cannot be told in text: " + err.Error()
	}
	return r, 0, ""
}
