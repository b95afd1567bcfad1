package replay_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/touchstone-wasm/touchstone/bench/replay"
	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// pack returns the program of the suite.
func pack(t *testing.T) *timing.Kernel {
	t.Helper()
	k, err := workload.Pack(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestReplay: a replay makes the same calls as the program, in the same order and with the same data, and leaves the same files.
func TestReplay(t *testing.T) {
	k := pack(t)
	made, err := replay.Of(t.Context(), k, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if n := made.Recording.Calls(); n < 500 {
		t.Errorf("%d calls", n)
	}
	// What the replay does is recorded in turn.
	second := *made.Kernel
	second.Dir = filepath.Join(t.TempDir(), "world")
	second.Export = timing.Start
	p := *second.Program
	p.Returns = false
	second.Program = &p
	again, err := replay.Record(t.Context(), &second)
	if err != nil {
		t.Fatal(err)
	}
	if !made.Recording.Same(again, 1) { // that finds the directory
		t.Error("the replay makes other calls than the program")
	}
	want, err := os.ReadFile(filepath.Join(second.Dir, "packed"))
	if err != nil || len(want) == 0 {
		t.Fatalf("the replay wrote %d bytes, error %v", len(want), err)
	}
	if _, err := os.Stat(filepath.Join(second.Dir, replay.Marker)); err != nil {
		t.Error(err)
	}
}

// TestReplayNotices: a world in which a call ends otherwise is noticed, and the call named.
func TestReplayNotices(t *testing.T) {
	k := pack(t)
	made, err := replay.Of(t.Context(), k, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(made.Kernel.Program.Tree, "input"), 8192); err != nil {
		t.Fatal(err)
	}
	other := *made.Kernel
	other.Dir = filepath.Join(t.TempDir(), "world")
	other.Export = timing.Start
	if _, err := replay.Record(t.Context(), &other); err == nil {
		t.Error("a shorter file went unnoticed")
	}
	const want = "call 7 of 517, fd_read, did not succeed and move bytes as in the recording"
	if got := made.Recording.Explain(7); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
