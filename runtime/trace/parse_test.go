package trace

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, want := range []Record{
		{Event: &Event{Module: "a lib", Hostcall: "path_open", Args: []Field{{Name: "fd", Kind: Int, Num: ^uint64(0)}, {Name: "path", Kind: Bytes, Text: "a\n\" b"}},
			End: "ESUCCESS", Results: []Field{{Name: "opened", Num: 4}}, Effects: []string{"fd_open:4", `path_at:3:"a b"`}}},
		{Event: &Event{Hostcall: "proc_exit", Args: []Field{{Name: "rval", Num: 3}}, End: "exit"}},
		{Event: &Event{Hostcall: "path_open", Args: []Field{{Name: "path", Kind: Bytes, Text: strings.Repeat("x", maxText), More: 9}}, End: "EIO"}},
		{Step: &Step{Number: 3, Func: 1, Name: "f -> i32=1", Offset: 0x3e, Instr: "i32.load offset=16 align=4",
			Operands: []Field{{Name: "i32", Num: 3}}, Results: []Field{{Name: "i32", Kind: Int, Num: ^uint64(4)}}}},
		{Step: &Step{Number: 4, Instr: "if -> (i32)", Operands: []Field{{Name: "i32", Num: 3}}}},
		{Step: &Step{Number: 4, Instr: "call 0", Results: []Field{{Name: "funcref", Kind: Symbol, Text: "null"}}}},
		{Step: &Step{Number: 4, Instr: `call 0 "` + strings.Repeat("y", maxText-8), Operands: []Field{{Name: "i32", Num: 3}}, Cut: Cut{Instr: 12}}},
		{Step: &Step{Number: 4, Instr: "return", Operands: slices.Repeat([]Field{{Name: "f64", Kind: Symbol, Text: "1.5"}}, maxFields), Cut: Cut{Operands: 3}}},
		{Note: "12 events lost"},
	} {
		line := want.String()
		if got, err := Parse(line); err != nil || !reflect.DeepEqual(got, &want) {
			t.Errorf("%s\n got %v %+v %+v", line, err, got, got)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for line, want := range map[string]string{
		"":                                  "line 1:1: want a hostcall, perhaps behind a module's name and a colon",
		"fd_read fd=3":                      `line 1:13: want " -> "`,
		"fd_read fd=3 -> ":                  "line 1:17: want how the call ended",
		"fd_read fd -> ESUCCESS":            "line 1:1: want a hostcall, perhaps behind a module's name and a colon",
		`fd_read p="a -> ESUCCESS`:          "line 1:25: the string does not end",
		`fd_read p="\n" -> ESUCCESS`:        `line 1:12: want \", \\ or \xNN`,
		`fd_read p="\x41" -> ESUCCESS`:      "line 1:12: this is not how it would be printed",
		"fd_read p=\"\x1b[2J\" -> ESUCCESS": "line 1:12: only printable ASCII is allowed",
		"1 func 99999999999 0x0: nop":       "line 1:8: want a number of at most 32 bits",
		"1 func 1 0x00: nop":                "line 1:13: this is not how it would be printed",
	} {
		if _, err := Parse(line); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", line, err, want)
		}
	}
}

// TestHostile: what claims to be long takes no memory, and later kinds of records are skipped.
func TestHostile(t *testing.T) {
	for name, b := range map[string]string{
		"long record":   magic + "\x01\xff\xff\x3fabc",
		"longer record": magic + "\x01\xff\xff\xff\xff\x0f",
		"long list":     magic + "\x01\x07\x00\x01a\xff\xff\xff\x0f",
		"long line":     strings.Repeat("a", 2*maxRecord),
		"version":       "\x00TR\x02",
		"header":        "\x00TX\x01",
		"half a header": "\x00T",
		"forged line":   magic + "\x03\x05\x04a\nb\x1b",
	} {
		allocated := testing.AllocsPerRun(1, func() {
			if r, err := NewReader(strings.NewReader(b)).Next(); err == nil || err == io.EOF {
				t.Errorf("%s: %v, %v", name, r, err)
			} else if syntax := (*SyntaxError)(nil); !errors.Is(err, ErrTruncated) && !errors.As(err, &syntax) {
				t.Errorf("%s: %T %v", name, err, err)
			}
		})
		if allocated > 100 {
			t.Errorf("%s: %.0f allocations", name, allocated)
		}
	}
	later := magic + "\x7f\x02ab" + "\x03\x03\x02hi"
	if r, err := NewReader(strings.NewReader(later)).Next(); err != nil || r.Note != "hi" {
		t.Errorf("%v, %v", r, err)
	}
}

func TestWriterBinary(t *testing.T) {
	var b bytes.Buffer
	w := NewWriterIn(Binary, &b)
	want := Event{Hostcall: "path_open", Args: []Field{{Name: "path", Kind: Bytes, Text: strings.Repeat("\x00", 5000)}}, End: "ESUCCESS"}
	w.Write(&want)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if r, err := NewReader(&b).Next(); err != nil || !reflect.DeepEqual(*r.Event, want) {
		t.Errorf("%v, %v", r, err)
	}
}
