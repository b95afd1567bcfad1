package worker

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// TestBatch: in a batch, each misbehaviour is that of its own job, and all others have the results that they have alone.
func TestBatch(t *testing.T) {
	e := openMisbehaved(t)
	want := map[string]engine.Stage{"nothing": engine.StageRejected, "hang": engine.StageHang, "panic": engine.StageCrash, "exit": engine.StageCrash,
		"print": engine.StageRejected}
	modules := strings.Fields("nothing exit nothing print hang nothing panic exit exit nothing hang")
	var jobs []*engine.Job
	for _, m := range modules {
		jobs = append(jobs, &engine.Job{Module: []byte(m), Timeout: 300 * time.Millisecond})
	}
	next := 0
	err := e.RunBatch(t.Context(), jobs, func(i int, r *engine.Result) {
		if i != next {
			t.Errorf("result %d came when %d was due", i, next)
		}
		if next++; r.Stage != want[modules[i]] {
			t.Errorf("job %d, %q: stage %q, message %q", i, modules[i], r.Stage, r.Message)
		}
	})
	if err != nil || next != len(jobs) {
		t.Errorf("%d of %d results, error %v", next, len(jobs), err)
	}
}

// TestBatchTooBig: jobs that do not fit one frame together go one by one.
func TestBatchTooBig(t *testing.T) {
	if testing.Short() {
		t.Skip("sends more than a frame's 96 MiB: left out by -short")
	}
	e := openMisbehaved(t)
	big := &engine.Job{Module: make([]byte, maxFrame/2)}
	n := 0
	err := e.RunBatch(t.Context(), []*engine.Job{big, big, big}, func(_ int, r *engine.Result) {
		if n++; r.Stage != engine.StageRejected {
			t.Errorf("stage %q, message %q", r.Stage, r.Message)
		}
	})
	if err != nil || n != 3 {
		t.Errorf("%d results, error %v", n, err)
	}
}

// TestBatchCancelled: a context that ends in the middle ends the batch at once, and the engine can be used again.
func TestBatchCancelled(t *testing.T) {
	e := openMisbehaved(t)
	ctx, cancel := context.WithCancel(t.Context())
	jobs := []*engine.Job{{Module: []byte("nothing")}, {Module: []byte("hang"), Timeout: time.Minute}, {Module: []byte("nothing")}}
	begin := time.Now()
	n := 0
	err := e.RunBatch(ctx, jobs, func(int, *engine.Result) { n++; cancel() })
	if !errors.Is(err, context.Canceled) || n != 1 || time.Since(begin) > 20*time.Second {
		t.Errorf("%d results, error %v, after %v", n, err, time.Since(begin))
	}
	if res, err := e.Run(t.Context(), jobs[0]); err != nil || res.Stage != engine.StageRejected {
		t.Errorf("afterwards: %+v, error %v", res, err)
	}
}
