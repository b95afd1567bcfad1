package report

import (
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

func TestErrnos(t *testing.T) {
	global := func(name string, readable bool, bits uint64) engine.NamedGlobal {
		return engine.NamedGlobal{Name: name, Readable: readable, Value: engine.Value{Bits: bits}}
	}
	f := &session.Finding{Case: &source.Case{Name: "p", Calls: []string{"000 fd_read", "001 proc_exit"}}, Sides: []compare.Side{
		{Engine: "one", Result: &engine.Result{Stage: engine.StageRun, Globals: []engine.NamedGlobal{global("000 fd_read", true, 8), global("001 proc_exit", true, hostcall.NotCalled)}}},
		{Engine: "two", Result: &engine.Result{Stage: engine.StageRun, Globals: []engine.NamedGlobal{global("000 fd_read", false, 0)}}},
		{Engine: "three", Result: &engine.Result{Stage: engine.StageUnsupported}},
	}}
	var b strings.Builder
	if err := Errnos(&b, f); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"p", "call one two three", "", "000 fd_read EBADF ? unsupported", "001 proc_exit - ? unsupported"} {
		if got := strings.Join(strings.Fields(strings.Split(b.String(), "\n")[i]), " "); want != "" && got != want {
			t.Errorf("line %d is %q, want %q", i, got, want)
		}
	}
}
