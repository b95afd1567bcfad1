package session

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/differential/tree"
)

// task is one module under way. Each engine fills in its own index of the slices.
type task struct {
	case_   *source.Case
	module  []byte        // what is run; not always the case's own bytes
	calls   []engine.Call // nil: those that follow from the exports
	world   *World        // nil unless the module is a WASI program
	temp    string
	timeout time.Duration
	whole   bool // the bytes of memories are kept

	wg      sync.WaitGroup
	sides   []compare.Side
	skipped []compare.Reason
	errs    []error
}

// begin hands a module to all engines. t.wg is done when all of them are.
func (s *session) begin(c *source.Case, module []byte) *task { return s.start(c, module, false) }

// start is begin, and the bytes of memories are kept if that is asked for.
func (s *session) start(c *source.Case, module []byte, whole bool) *task {
	n := len(s.slots)
	t := &task{case_: c, module: module, temp: s.temp, timeout: s.timeout(), whole: whole,
		sides: make([]compare.Side, n), skipped: make([]compare.Reason, n), errs: make([]error, n)}
	if c.Err != nil {
		return t
	}
	if c.Program {
		t.world = &s.cfg.World
	}
	t.wg.Add(n)
	for i, slot := range s.slots {
		slot.tasks <- work{t, i}
	}
	return t
}

type work struct {
	task *task
	side int
}

// slot is one engine with the goroutine that it belongs to.
type slot struct {
	engine engine.Engine
	tasks  chan work
	done   chan struct{}
	busy   time.Duration // valid when done is closed, as is lost
	lost   error
}

// maxBatch bounds how many modules an engine gets at once.
const maxBatch = 16

func startSlot(ctx context.Context, e engine.Engine) *slot {
	s := &slot{engine: e, tasks: make(chan work, ahead), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		for w := range s.tasks {
			s.runAll(ctx, s.waiting(w))
		}
	}()
	return s
}

// waiting returns the first task with those that wait behind it, if the engine takes several at once.
func (s *slot) waiting(first work) []work {
	batch := []work{first}
	if _, ok := s.engine.(engine.Batcher); !ok {
		return batch
	}
	for len(batch) < maxBatch {
		select {
		case w, ok := <-s.tasks:
			if !ok {
				return batch
			}
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// runAll does tasks, and marks each as done as soon as it is. Programs, which have a world of their own, go one by one.
func (s *slot) runAll(ctx context.Context, batch []work) {
	for len(batch) > 0 {
		n := slices.IndexFunc(batch, func(w work) bool { return w.task.world != nil })
		if n < 0 {
			n = len(batch)
		}
		if n < 2 {
			s.run(ctx, batch[0].task, batch[0].side)
			batch[0].task.wg.Done()
			batch = batch[1:]
			continue
		}
		s.runBatch(ctx, batch[:n])
		batch = batch[n:]
	}
}

// runBatch does tasks without a world at once.
func (s *slot) runBatch(ctx context.Context, batch []work) {
	jobs := make([]*engine.Job, len(batch))
	for i, w := range batch {
		jobs[i] = &engine.Job{Module: w.task.module, Timeout: w.task.timeout, Memories: w.task.whole}
		s.begin(w.task, w.side)
	}
	finished := 0
	var err error
	if s.lost == nil && ctx.Err() == nil {
		begun := time.Now()
		err = s.engine.(engine.Batcher).RunBatch(ctx, jobs, func(i int, r *engine.Result) {
			batch[i].task.sides[batch[i].side].Result = r
			batch[i].task.wg.Done()
			finished++
		})
		s.busy += time.Since(begun)
	}
	if err != nil && ctx.Err() == nil {
		s.lose(err)
	}
	for _, w := range batch[finished:] {
		w.task.skipped[w.side] = reasonLost
		w.task.wg.Done()
	}
}

// begin writes a side's account as it is before there is a result.
func (s *slot) begin(t *task, i int) {
	t.sides[i] = compare.Side{Engine: s.engine.Name(), Features: s.engine.Features(), NoState: t.case_.HostState,
		Result: &engine.Result{Stage: engine.StageUnsupported}}
}

func (s *slot) lose(err error) {
	s.lost = fmt.Errorf("%s cannot be used any more: %w", s.engine.Name(), err)
}

// run does one task and writes the side's account; there is one afterwards in every case.
func (s *slot) run(ctx context.Context, t *task, i int) {
	s.begin(t, i)
	side := &t.sides[i]
	if s.lost != nil || ctx.Err() != nil {
		t.skipped[i] = reasonLost
		return
	}
	job := &engine.Job{Module: t.module, Calls: t.calls, Timeout: t.timeout, Memories: t.whole}
	var at *place
	if t.world != nil {
		if reason := t.world.beyond(side.Features); reason != "" {
			side.Result.Message = reason
			return
		}
		var err error
		if at, err = t.world.settle(t.temp, programName(t.case_)); err != nil {
			s.fail(t, i, err)
			return
		}
		job.WASI = at.wasi
	}
	begun := time.Now()
	result, err := s.engine.Run(ctx, job)
	s.busy += time.Since(begun)
	if at != nil {
		snap, e := at.leave()
		if e != nil {
			s.fail(t, i, e)
			result = side.Result // says nothing: the files of this run are not known
		}
		side.Tree = snap
	}
	if err == nil {
		side.Result = result
		return
	}
	t.skipped[i] = reasonLost
	if ctx.Err() == nil {
		s.lose(err)
	}
}

// fail notes a failure of ours, or that a guest left more files than can be compared.
func (s *slot) fail(t *task, i int, err error) {
	var large *tree.TooLargeError
	if errors.As(err, &large) {
		t.skipped[i] = reasonTree
		return
	}
	t.errs[i] = fmt.Errorf("%s on %s: %w", t.case_.Name, s.engine.Name(), err)
}

// programName is the name under which a WASI program finds itself in its arguments.
func programName(c *source.Case) string {
	if c.Path == "" {
		return c.ID() + ".wasm"
	}
	return filepath.Base(c.Path)
}

// beyond says what of the world an engine cannot give, or is empty.
func (w *World) beyond(f engine.Features) string {
	if !f.WASI {
		return "no WASI"
	}
	for _, m := range w.Dirs {
		if m.ReadOnly && !f.ReadOnlyDirs {
			return "no read-only folders"
		}
	}
	return ""
}
