package trace

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAppend(t *testing.T) {
	e := Event{
		Hostcall: "path_open",
		Args: []Field{
			{Name: "fd", Num: 3},
			{Name: "delta", Kind: Int, Num: ^uint64(0)},
			{Name: "ptr", Kind: Hex, Num: 255},
			{Name: "oflags", Kind: Symbol, Text: "creat|excl"},
			{Name: "path", Kind: Bytes, Text: "a\"\\\x1b[2J\xc3\xa9\n"},
		},
		End:     "ESUCCESS",
		Results: []Field{{Name: "opened", Num: 4}},
		Effects: []string{"fd_open:4", "write_mem:0x8+4"},
	}
	want := `path_open fd=3 delta=-1 ptr=0xff oflags=creat|excl path="a\"\\\x1b[2J\xc3\xa9\x0a" -> ESUCCESS opened=4 | fd_open:4 write_mem:0x8+4`
	if got := string(e.Append(nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAppendStep(t *testing.T) {
	s := Step{Number: 17, Func: 3, Name: "a\n\x1b[2J", Offset: 0x41, Instr: "i32.add",
		Operands: []Field{{Name: "i32", Kind: Int, Num: ^uint64(0)}, {Name: "f32", Kind: Symbol, Text: "nan:0x7fc00000"}},
		Results:  []Field{{Name: "i32", Num: 3}}}
	want := `17 func 3 "a\x0a\x1b[2J" 0x41: i32.add i32=-1 f32=nan:0x7fc00000 -> i32=3`
	if got := string(s.Append(nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	long := Step{Number: 1, Instr: strings.Repeat("x", maxText+7), Operands: make([]Field, maxFields+5)}
	want = "1 func 0 0x0: " + strings.Repeat("x", maxText) + "...+7" + strings.Repeat(" =0", maxFields) + " ...+5"
	if got := string(long.Append(nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestQuotedLong(t *testing.T) {
	got := string(AppendQuoted(nil, strings.Repeat("x", maxText+7)))
	if want := `"` + strings.Repeat("x", maxText) + `"...+7`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestWriter(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	for range 3 {
		w.Write(&Event{Hostcall: "sched_yield", End: "ESUCCESS"})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat("sched_yield -> ESUCCESS\n", 3); b.String() != want {
		t.Errorf("got %q", b.String())
	}
	if err := w.Close(); err != nil {
		t.Error("second Close:", err)
	}
}

// blocked is a destination that takes nothing until it is released.
type blocked struct {
	release chan struct{}
	bytes.Buffer
}

func (b *blocked) Write(p []byte) (int, error) {
	<-b.release
	return b.Buffer.Write(p)
}

func TestWriterBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &blocked{release: make(chan struct{})}
		w := NewWriter(b)
		begin := time.Now()
		for range 2 * queueLines {
			w.Write(&Event{Hostcall: "sched_yield", End: "ESUCCESS"})
		}
		if d := time.Since(begin); d > 2*patience {
			t.Errorf("a blocked destination held the guest up for %v", d)
		}
		close(b.release)
		synctest.Wait()
		w.Write(&Event{Hostcall: "last", End: "ESUCCESS"})
		if err := w.Close(); !errors.Is(err, ErrLost) {
			t.Errorf("Close = %v, want ErrLost", err)
		}
		if !strings.Contains(b.String(), "events lost") || !strings.HasSuffix(b.String(), "last -> ESUCCESS\n") {
			t.Error("the loss is not in the trace")
		}
	})
}

func TestWriterCloseBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &blocked{release: make(chan struct{})}
		w := NewWriter(b)
		w.Write(&Event{Hostcall: "sched_yield", End: "ESUCCESS"})
		if err := w.Close(); !errors.Is(err, ErrLost) {
			t.Errorf("Close = %v, want ErrLost", err)
		}
		close(b.release)
	})
}

func TestWriterFailed(t *testing.T) {
	boom := errors.New("no space")
	w := NewWriter(writerFunc(func([]byte) (int, error) { return 0, boom }))
	w.Write(&Event{Hostcall: "sched_yield", End: "ESUCCESS"})
	if err := w.Close(); err != boom {
		t.Errorf("Close = %v, want the destination's error", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
