package harness

import (
	"context"
	"errors"
	"strings"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// fuzzHostcall makes sequences of WASI hostcalls with real effects in a temporary directory; see [oracle.Hostcalls.Run].
var fuzzHostcall = Target{
	Name:   "FuzzHostcall",
	Corpus: "hostcall",
	Aims: []Aim{
		// roots.go is for the sandbox of worker processes, which no sequence runs in.
		{"hostcalls", "runtime/wasi", []string{"*.go", "!roots.go"}},
		{"system calls for guests", "runtime/internal/hostos", nil},
		{"monitor", "runtime/policy", []string{"monitor*.go", "memory.go", "files.go", "resources.go", "net.go"}},
	},
	Meaning: asHostcalls,
	Open:    openHostcalls(""),
}

// eachHostcall returns the targets of single hostcalls: a row of the table of hostcalls is one.
func eachHostcall() []Target {
	var each []Target
	for row := range wasi.Hostcalls() {
		each = append(each, Target{Name: targetOf(row.ID()), Corpus: fuzzHostcall.Corpus, Hostcall: row.ID(), Open: openHostcalls(row.ID())})
	}
	return each
}

// targetOf returns the name of the target of a hostcall: FuzzFdRead of fd_read, FuzzSockAcceptV1 of sock_accept.v1.
func targetOf(id string) string {
	name := "Fuzz"
	for _, word := range strings.FieldsFunc(id, func(r rune) bool { return r == '_' || r == '.' }) {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return name
}

// openHostcalls opens the target of all hostcalls, or of the one with the ID only.
func openHostcalls(only string) func(context.Context) (Check, func() error, error) {
	return func(context.Context) (Check, func() error, error) {
		h, remove, err := NewHostcalls(only)
		if err != nil {
			return nil, nil, err
		}
		return h.Run, remove, nil
	}
}

// NewHostcalls returns the oracle of hostcalls in a temporary sandbox, and what removes that. Most calls are of the hostcall with the ID
// only, if it is not empty.
func NewHostcalls(only string) (*oracle.Hostcalls, func() error, error) {
	box, remove, err := newSandbox()
	if err != nil {
		return nil, nil, err
	}
	h, err := oracle.NewHostcalls(box, only)
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return h, func() error { return errors.Join(h.Close(), remove()) }, nil
}
