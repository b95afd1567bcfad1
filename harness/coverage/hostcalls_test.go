package coverage

import (
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// TestHostcalls: sequences make all hostcalls, and those that are there for more than to refuse succeed.
func TestHostcalls(t *testing.T) {
	e, err := Hostcalls(t.Context(), 600, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Hostcalls) != len(slices.Collect(wasi.Hostcalls())) || e.Sequences <= 600 {
		t.Errorf("%d hostcalls in %d sequences", len(e.Hostcalls), e.Sequences)
	}
	succeed := 0
	for _, h := range e.Hostcalls {
		if h.Calls() == 0 {
			t.Errorf("%s is never called", h.Name)
		}
		if h.Returned[wasi.ESUCCESS.String()] > 0 {
			succeed++
		}
	}
	if succeed < len(e.Hostcalls)/2 {
		t.Errorf("only %d of %d hostcalls succeed", succeed, len(e.Hostcalls))
	}
}

// TestReturned: an errno is one that was returned or one that is declared and was not, never both.
func TestReturned(t *testing.T) {
	rows := returned(map[string]map[wasi.Errno]int{"fd_read": {wasi.EBADF: 3, wasi.ENOTCAPABLE: 1}})
	i := slices.IndexFunc(rows, func(h Hostcall) bool { return h.Name == "fd_read" })
	if h := &rows[i]; h.Calls() != 4 || h.Returned["EBADF"] != 3 || !slices.Contains(h.Never, "ESUCCESS") || slices.Contains(h.Never, "EBADF") {
		t.Errorf("%+v", h)
	}
	if h := &rows[(i+1)%len(rows)]; h.Calls() != 0 || len(h.Never) == 0 {
		t.Errorf("%+v", h)
	}
}
