package tape

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestFramesReadAsWritten(t *testing.T) {
	var data []byte
	payloads := [][]byte{{1, 2, 3}, {}, {0xc0, 0xc7, 0xdb, 0xd0, 0xcb}, bytes.Repeat([]byte{7}, MaxFrame-1)}
	for _, p := range payloads {
		data = AppendFrame(data, p)
	}
	tp := New(data)
	for i, p := range payloads {
		if !tp.Frame() {
			t.Fatalf("frame %d is missing", i)
		}
		if got := tp.Bytes(len(p)); !bytes.Equal(got, p) {
			t.Errorf("frame %d reads as %x, want %x", i, got, p)
		}
		if got := tp.Uint64(); got != 0 {
			t.Errorf("past frame %d there is %#x, want 0", i, got)
		}
	}
	if tp.Frame() {
		t.Error("there is a frame past the last")
	}
	if got := tp.Byte(); got != 0 {
		t.Errorf("past the tape there is %#x, want 0", got)
	}
}

func TestUnreadFramesAreSkipped(t *testing.T) {
	tp := New(AppendFrame(AppendFrame(nil, []byte{1, 2, 3, 4}), []byte{5}))
	tp.Frame()
	tp.Byte()
	if !tp.Frame() || tp.Byte() != 5 {
		t.Error("the second frame is not where it should be")
	}
}

func TestLongRunsAreCut(t *testing.T) {
	tp := New(bytes.Repeat([]byte{1}, 10*MaxFrame))
	frames := 0
	for tp.Frame() {
		frames++
	}
	if frames < 10 || frames > 11 {
		t.Errorf("%d bytes without a delimiter are %d frames, want 10 or 11", 10*MaxFrame, frames)
	}
}

func TestAnyBytesEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 300 {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		kept := bytes.Clone(data)
		tp := New(data)
		for frames := 0; tp.Frame(); frames++ {
			if frames > n {
				t.Fatalf("%d bytes are more than %d frames", n, frames)
			}
			if n%3 == 0 {
				tp.Uint32()
			}
		}
		if !bytes.Equal(data, kept) {
			t.Fatal("reading changed the tape")
		}
	}
}

func TestChoices(t *testing.T) {
	tp := New(Random(3, 2000))
	var weighted [3]int
	for tp.Frame() {
		if n := tp.Intn(5); n < 0 || n > 4 {
			t.Fatalf("Intn(5) = %d", n)
		}
		if n := tp.Intn(100_000); n < 0 || n >= 100_000 {
			t.Fatalf("Intn(100000) = %d", n)
		}
		if n := tp.Intn(0); n != 0 {
			t.Fatalf("Intn(0) = %d", n)
		}
		weighted[tp.Weighted([]int{0, 1, 300})]++
		Pick(tp, []string{"a", "b"})
	}
	// Frames shorter than what is read end in zeros, which choose the first alternative of a weight that is not zero.
	if weighted[0] != 0 || weighted[2] < 10*weighted[1]/2 {
		t.Errorf("weights 0, 1, 300 were chosen %v times", weighted)
	}
}
