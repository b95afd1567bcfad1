package hostcall

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/tape"
)

// TestTextRoundTrip prints sequences and reads them again.
func TestTextRoundTrip(t *testing.T) {
	acted, faulty := 0, 0
	for seed := range uint64(3000) {
		calls := Generate(tape.Random(seed, int(seed%20)), Options{Outside: "/outside"})
		text := Format(calls)
		again, err := Parse(text)
		if err != nil {
			t.Fatalf("tape.Random(%d): %v\n%s", seed, err, text)
		}
		for i := range calls {
			for _, a := range calls[i].Before {
				acted++
				if !a.Valid() {
					t.Fatalf("tape.Random(%d): %s is not in the guest's directory", seed, a)
				}
			}
			if calls[i].Fault != nil {
				faulty++
			}
			if got, want := again[i].String(), calls[i].String(); got != want || !same(&again[i], &calls[i]) {
				t.Fatalf("tape.Random(%d), call %d:\n%s\n%s", seed, i, want, got)
			}
		}
		if len(again) != len(calls) {
			t.Fatalf("tape.Random(%d): %d calls, were %d", seed, len(again), len(calls))
		}
	}
	t.Logf("%d actions of the host, %d faults", acted, faulty)
	if acted < 100 || faulty < 100 {
		t.Errorf("%d actions of the host and %d faults in 3000 sequences", acted, faulty)
	}
}

// same compares calls; an empty list is none.
func same(a, b *Call) bool {
	list := func(c *Call) []any {
		var l []any
		for _, w := range c.Writes {
			l = append(l, w.Addr, string(w.Data))
		}
		return append(l, c.Row, c.Capacity, append([]Action{}, c.Before...), c.Fault)
	}
	return reflect.DeepEqual(list(a), list(b)) && reflect.DeepEqual(append([]Arg{}, a.Args...), append([]Arg{}, b.Args...)) &&
		reflect.DeepEqual(append([]Region{}, a.Out...), append([]Region{}, b.Out...))
}

func TestParse(t *testing.T) {
	calls, err := Parse("# a comment\n\n  fd_close( open#1 )\r\nfd_tell(fd#0,0x10) out 0x10+8\nclock_res_get(1, 0x10) cap 3 mem 4=\"\\x00\\\"\"")
	want := "fd_close(open#1)\nfd_tell(fd#0, 16) out 0x10+8\nclock_res_get(1, 16) mem 0x4=\"\\x00\\\"\" cap 3\n"
	if err != nil || Format(calls) != want {
		t.Errorf("%v\n%s", err, Format(calls))
	}
	for text, place := range map[string][2]int{
		"fd_shut(1)":                           {1, 1},
		"\n fd_close(":                         {2, 11},
		"fd_close(1, 2)":                       {1, 11},
		"fd_tell(1)":                           {1, 10},
		"fd_close(x#1)":                        {1, 10},
		"fd_close(18446744073709551616)":       {1, 10},
		"fd_close(1) mem 0x10000000000=\"\"":   {1, 17},
		"fd_close(1) mem 1=x":                  {1, 19},
		"fd_close(1) mem 0xffffffff=\"x\"":     {1, 28},
		"fd_close(1) out 1":                    {1, 18},
		"fd_close(1) into 1":                   {1, 13},
		"sock_accept.v9(1)":                    {1, 1},
		"host melt \"a\"\nfd_close(1)":         {1, 6},
		"host remove a\nfd_close(1)":           {1, 13},
		"host rename \"a\"\nfd_close(1)":       {1, 16},
		"host rename \"a\" \"../b\"\nfd_close": {1, 6},
		"host remove \"/\"":                    {1, 6},
		"host chmod \"a\" 04777":               {1, 6},
		"host mkdir \"a\" 1":                   {1, 16},
		"fd_close(1)\nhost mkdir \"a\"":        {2, 1},
		"fd_close(1) fault EIO":                {1, 19},
		"fd_close(1) fault 1 EVIL":             {1, 21},
	} {
		var syntax *SyntaxError
		if _, err := Parse(text); !errors.As(err, &syntax) || syntax.Line != place[0] || syntax.Column != place[1] {
			t.Errorf("%q: %v, want an error at %v", text, err, place)
		}
	}
	if _, err := Parse("fd_close(1)" + strings.Repeat(" ", maxText)); err == nil {
		t.Error("a line of any length is read")
	}
}
