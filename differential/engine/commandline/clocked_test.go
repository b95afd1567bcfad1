package commandline

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// sleeper is a kernel that makes a hostcall: its export waits so many milliseconds and returns their square.
func sleeper() *timing.Kernel {
	m := new(asm.Module)
	poll := uint64(m.Import(engine.WASIModule, "poll_oneoff", "iiii:i"))
	m.Memory(1, 1)
	b := new(asm.Body)
	b.I32(64).Get(0).Op(wasm.OpI64ExtendI32U).I64(1e6).Op(wasm.OpI64Mul).Op(wasm.OpI64Store, 3, 24)
	b.I32(64).I32(1).Op(wasm.OpI32Store, 2, 16)
	b.I32(64).I32(128).I32(1).I32(200).Op(wasm.OpCall, poll).Block(wasm.OpIf).Op(wasm.OpUnreachable).End()
	b.Get(0).Get(0).Op(wasm.OpI32Mul)
	m.Func("run", "i:i", "", b)
	return &timing.Kernel{Module: m.Encode(), Export: "run"}
}

// TestClocked: the program makes all calls, tells how long they took by its own clock, and what the last returned.
func TestClocked(t *testing.T) {
	module, err := clocked(sleeper(), 5, 3)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	clock := new(steps)
	system, err := wasi.New(&wasi.Config{Stdout: &out, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	var linker runtime.Linker
	system.Define(&linker)
	m, err := runtime.Compile(module)
	if err != nil {
		t.Fatal(err)
	}
	in, err := runtime.New(nil).Instantiate(t.Context(), m, &linker)
	if err == nil {
		_, err = in.Call(t.Context(), timing.Start)
	}
	if err != nil {
		t.Fatal(err)
	}
	passed, result, err := told(append([]byte("words\n"), out.Bytes()...))
	if err != nil || passed != 15*time.Millisecond || result != 25 {
		t.Errorf("%v passed, result %d, error %v", passed, result, err)
	}
	if _, _, err := told([]byte("short")); err == nil {
		t.Error("too little was taken for an answer")
	}
}

// steps is a clock that goes on by sleeping alone.
type steps struct{ now uint64 }

func (s *steps) Now(wasi.ClockID) uint64                 { return s.now }
func (s *steps) Resolution(wasi.ClockID) uint64          { return 1 }
func (s *steps) Sleep(_ context.Context, d uint64) error { s.now += d; return nil }

// TestClockedCommand: a command's time is the guest's, less that of a single call.
func TestClockedCommand(t *testing.T) {
	c := &Commands[0]
	standIn(t, c)
	timer := open(t, c)
	k := sleeper()
	k.Dir = t.TempDir()
	if err := timer.Prepare(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	s, err := timer.Time(t.Context(), timing.Batch{Arg: 10, Calls: 4})
	if err != nil || s.Result != 100 || s.Wall < 30*time.Millisecond {
		t.Errorf("sample %+v, error %v", s, err)
	}
	k.Accepts = true
	if err := timer.Prepare(t.Context(), k); err == nil {
		t.Error("a kernel that needs a socket was accepted")
	}
}
