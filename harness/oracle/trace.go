package oracle

import (
	"bytes"
	"errors"
	"reflect"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/trace"
)

// Trace reads any bytes as a trace and asserts: a refusal says where; what is read prints as lines of printable ASCII, one for each
// record, and these are read as the same; so is the binary form, to the last field; a trace that is cut off gives the records before and
// says so; it does not differ from itself, and from one with a changed record at that record. Then it makes events and steps with the
// bytes as what a guest controls: none breaks out of its line or its quotes. It returns how many records were read.
func Trace(data []byte) (int, *Failure) {
	records, err := readTrace(data)
	var syntax *trace.SyntaxError
	if err != nil && !errors.Is(err, trace.ErrTruncated) && (!errors.As(err, &syntax) || syntax.Line < 1 || syntax.Column < 1) {
		return 0, fail("trace: refused without a place", "%T: %v", err, err)
	}
	for _, check := range []func([]*trace.Record) *Failure{textForm, binaryForm, differences} {
		if f := check(records); f != nil {
			return 0, f
		}
	}
	return len(records), controlled(string(data))
}

func readTrace(data []byte) (records []*trace.Record, err error) {
	for rec, err := range trace.NewReader(bytes.NewReader(data)).All() {
		if err != nil {
			return records, err
		}
		records = append(records, rec)
	}
	return records, nil
}

func written(format trace.Format, records []*trace.Record) []byte {
	b := format.AppendHeader(nil)
	for _, r := range records {
		b = format.Append(b, r)
	}
	return b
}

// textForm asserts that records print as lines that are read as the same records.
func textForm(records []*trace.Record) *Failure {
	text := written(trace.Text, records)
	for i, c := range text {
		if c != '\n' && (c < ' ' || c > '~') {
			return fail("trace: text is not printable", "%#x at %d of %q", c, i, text)
		}
	}
	if n := bytes.Count(text, []byte{'\n'}); n != len(records) {
		return fail("trace: a record is not one line", "%d lines of %d records", n, len(records))
	}
	again, err := readTrace(text)
	if err != nil {
		return fail("trace: what is printed is not read", "%v: %q", err, text)
	}
	if !bytes.Equal(written(trace.Text, again), text) {
		return fail("trace: text changes", "%q", text)
	}
	normal, err := readTrace(written(trace.Text, again))
	if err != nil || !reflect.DeepEqual(normal, again) {
		return fail("trace: the same text is read as something else", "%v: %q", err, text)
	}
	return cutOff(text, again)
}

// binaryForm asserts that records are read from the binary form as they were.
func binaryForm(records []*trace.Record) *Failure {
	b := written(trace.Binary, records)
	again, err := readTrace(b)
	if err != nil || !reflect.DeepEqual(again, records) {
		return fail("trace: the binary form changes", "%v: %q", err, written(trace.Text, records))
	}
	return cutOff(b, records)
}

// cutOff asserts that a trace without its last byte, and half of it, gives the records before.
func cutOff(b []byte, records []*trace.Record) *Failure {
	for _, n := range []int{len(b) / 2, len(b) - 1} {
		if n <= 0 {
			continue
		}
		some, err := readTrace(b[:n])
		if len(some) > len(records) || !reflect.DeepEqual(some, records[:len(some):len(some)]) && len(some) > 0 {
			return fail("trace: cut off it gives other records", "%q", b[:n])
		}
		if !errors.Is(err, trace.ErrTruncated) && !bytes.Equal(written(formatOf(b), some), b[:n]) {
			return fail("trace: it is not said that it is cut off", "%v: %q", err, b[:n])
		}
	}
	return nil
}

func formatOf(b []byte) trace.Format {
	if len(b) > 0 && b[0] == 0 {
		return trace.Binary
	}
	return trace.Text
}

// differences asserts what Diff finds between records and themselves, a change, and a part of them.
func differences(records []*trace.Record) *Failure {
	diff := func(other []*trace.Record) (*trace.Difference, error) {
		a, b := written(trace.Text, records), written(trace.Binary, other)
		return trace.Diff(trace.NewReader(bytes.NewReader(a)), trace.NewReader(bytes.NewReader(b)), 3)
	}
	if d, err := diff(records); err != nil || d != nil {
		return fail("trace: differs from itself", "%v: %+v", err, d)
	}
	if len(records) == 0 {
		return nil
	}
	at := len(records) / 2
	changed := append([]*trace.Record{}, records...)
	changed[at] = &trace.Record{Note: records[at].String() + "'"}
	for _, other := range [][]*trace.Record{changed, records[:at]} {
		d, err := diff(other)
		if err != nil || d == nil || d.Index != at || d.A.String() != records[at].String() || len(d.Before) != min(at, 3) {
			return fail("trace: the first difference is another", "want record %d: %v, %+v", at, err, d)
		}
		for i, r := range d.Before {
			if want := records[at-len(d.Before)+i]; r.String() != want.String() {
				return fail("trace: what is before the difference is something else", "%s, want %s", r, want)
			}
		}
	}
	return nil
}

// controlled asserts that text of a guest stays inside its quotes.
func controlled(text string) *Failure {
	e := &trace.Event{Hostcall: "path_open", Args: []trace.Field{{Name: "path", Kind: trace.Bytes, Text: text}, {Name: "fd", Num: 3}}, End: "ESUCCESS"}
	s := &trace.Step{Number: 1, Name: text, Instr: "call " + string(trace.AppendQuoted(nil, text)), Operands: []trace.Field{{Name: "i32", Num: 7}}}
	for _, made := range []*trace.Record{{Event: e}, {Step: s}} {
		line := made.String()
		read, err := trace.Parse(line)
		if err != nil {
			return fail("trace: what is printed is not read", "%v: %q", err, line)
		}
		var got trace.Field
		ok := false
		if read.Event != nil {
			got = read.Event.Args[0]
			ok = len(read.Event.Args) == 2 && read.Event.End == "ESUCCESS" && len(read.Event.Results) == 0 && made.Event != nil
		} else if read.Step != nil {
			got = trace.Field{Text: read.Step.Name, More: read.Step.Cut.Name}
			ok = len(read.Step.Operands) == 1 && read.Step.Results == nil && made.Step != nil
		}
		if !ok || !strings.HasPrefix(text, got.Text) || len(got.Text)+got.More != len(text) {
			return fail("trace: what a guest says is read as something else", "%q: %q", text, line)
		}
	}
	return nil
}
