package worker

import (
	"strings"
	"testing"
)

func TestExcerptKeepsBothEnds(t *testing.T) {
	full := "thread panicked\n" + strings.Repeat("0123456789", 2000) + "\nthe end"
	for _, chunk := range []int{1, 7, headSize, tailSize + 1, len(full)} {
		var e excerpt
		for rest := full; rest != ""; rest = rest[min(chunk, len(rest)):] {
			if n, err := e.Write([]byte(rest[:min(chunk, len(rest))])); err != nil || n != min(chunk, len(rest)) {
				t.Fatalf("wrote %d: %v", n, err)
			}
		}
		got := e.suffix()
		if !strings.HasPrefix(got, ": thread panicked\n") || !strings.HasSuffix(got, "\nthe end") {
			t.Errorf("in chunks of %d an end is missing: %q", chunk, got)
		}
		if want := shorten([]byte(full)); e.String() != want {
			t.Errorf("in chunks of %d another excerpt than at once", chunk)
		}
		if len(got) > headSize+tailSize+100 || e.dropped != len(full)-headSize-tailSize || cap(e.tail) > 4*tailSize {
			t.Errorf("in chunks of %d: %d bytes kept, %d dropped, capacity %d", chunk, len(got), e.dropped, cap(e.tail))
		}
	}
}

func TestShortExcerptIsWhole(t *testing.T) {
	for _, s := range []string{"", "one line", strings.Repeat("x", headSize), strings.Repeat("x", headSize+tailSize)} {
		if got := shorten([]byte(s)); got != s {
			t.Errorf("%d bytes became %d", len(s), len(got))
		}
	}
	var e excerpt
	if e.suffix() != "" {
		t.Errorf("nothing is %q", e.suffix())
	}
}
