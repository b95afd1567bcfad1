package enginetest

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// testHang runs guests without end, in a call and in the start function.
func testHang(t *testing.T, h *harness) {
	call := new(module)
	call.function("before", nil, nil)
	call.function("loop", nil, nil, forever())
	inStart := new(module)
	inStart.function("", nil, nil, forever())
	inStart.Start = new(uint32)
	// A guest that spends its time in host functions must be stopped too.
	inHost := new(module)
	f := inHost.importFunc("env", "f", nil, nil)
	inHost.function("loop", nil, nil, op(wasm.OpLoop, blockImm(wasm.EmptyBlock)), op(wasm.OpCall, f), op(wasm.OpBr, 0), op(wasm.OpEnd))
	for name, m := range map[string]*module{"call": call, "start": inStart, "host": inHost} {
		begin := time.Now()
		res := h.do(t, &engine.Job{Module: m.bytes(), Timeout: 300 * time.Millisecond})
		if res.Stage != engine.StageHang {
			t.Errorf("%s: stage %q (%s), want %q", name, res.Stage, res.Message, engine.StageHang)
		}
		soon(t, begin, 5*time.Second)
		h.healthy(t)
	}
}

// testCancel ends the context in the middle of a job.
func testCancel(t *testing.T, h *harness) {
	m := new(module)
	m.function("loop", nil, nil, forever())
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if _, err := h.Run(ctx, &engine.Job{Module: m.bytes()}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that of the context", err)
	}
	soon(t, begin, 5*time.Second)
	h.healthy(t)
}

// killer is what engines in processes of their own have.
type killer interface{ Kill() }

// testCrash kills the worker in the middle of a job, and between two.
func testCrash(t *testing.T, h *harness) {
	k, ok := h.Engine.(killer)
	if !ok {
		t.Skipf("%s runs in process: there is no worker to kill", h.Name())
	}
	m := new(module)
	m.function("loop", nil, nil, forever())
	timer := time.AfterFunc(200*time.Millisecond, k.Kill)
	defer timer.Stop()
	begin := time.Now()
	res := h.do(t, &engine.Job{Module: m.bytes()})
	wantStage(t, res, engine.StageCrash)
	if res.Message == "" {
		t.Error("a crash without a message")
	}
	soon(t, begin, 5*time.Second)
	h.healthy(t)
	k.Kill()
	h.healthy(t)
}

// meter is what engines in processes of their own have.
type meter interface {
	PeakRSS() (bytes uint64, jobs int)
}

const (
	manyModules = 1000
	// maxGrowth bounds what the engine's process may grow by while it runs the last three quarters of the modules.
	maxGrowth = 64 << 20
)

// testManyModules runs many small modules and watches the memory of the worker, and that it is recycled.
func testManyModules(t *testing.T, h *harness) {
	process, _ := h.Engine.(meter)
	var settled, peak uint64
	recycled := false
	last := 0
	begin := time.Now()
	for i := range manyModules {
		m := new(module)
		m.memory("mem", limits(1))
		m.function("f", nil, types{wasm.I32}, i32(int32(i)))
		wantCalls(t, h.run(t, m, engine.Call{Export: "f"}), returned("f", value(wasm.I32, uint64(i))))
		if process == nil {
			continue
		}
		rss, jobs := process.PeakRSS()
		recycled = recycled || jobs < last
		last = jobs
		if peak = max(peak, rss); i < manyModules/4 {
			settled = peak
		}
	}
	t.Logf("%.0f modules a second; worker at most %d MiB resident", manyModules/time.Since(begin).Seconds(), peak>>20)
	if process == nil {
		heapIsStable(t, h)
		return
	}
	if peak > settled+maxGrowth {
		t.Errorf("the worker grew from %d MiB to %d MiB", settled>>20, peak>>20)
	}
	if !recycled {
		t.Errorf("the worker served all of %d modules; it is to be recycled", manyModules)
	}
}

// heapIsStable is for engines in process: what is live after many modules must not be more than after some.
func heapIsStable(t *testing.T, h *harness) {
	live := func() uint64 {
		for range 100 {
			h.healthy(t)
		}
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before := live()
	if after := live(); after > before+maxGrowth/16 {
		t.Errorf("%d KiB live after 100 modules, %d KiB after 200", before>>10, after>>10)
	}
}
