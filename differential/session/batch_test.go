package session_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// batcher is a fake that takes several jobs at once, and breaks for good after a number of them.
type batcher struct {
	fake
	largest, left int
}

func (b *batcher) RunBatch(ctx context.Context, jobs []*engine.Job, done func(int, *engine.Result)) error {
	b.largest = max(b.largest, len(jobs))
	for i, job := range jobs {
		if b.left == 0 {
			return errors.New("broken")
		}
		b.left--
		time.Sleep(time.Millisecond) // so that more wait behind it
		res, err := b.run(ctx, job)
		if err != nil {
			return err
		}
		done(i, res)
	}
	return nil
}

func TestBatches(t *testing.T) {
	b := &batcher{fake: fake{name: "b", run: echo}, left: 1000}
	stats, err := session.Run(context.Background(), []engine.Engine{&fake{name: "a", run: echo}, b}, modules(200), session.Config{})
	if err != nil || stats.Compared != 200 || stats.Findings() != 0 {
		t.Errorf("got %+v, error %v", stats, err)
	}
	if b.largest < 2 || b.largest > 16 {
		t.Errorf("up to %d modules went at once", b.largest)
	}
}

// TestBrokenBatch: an engine that breaks in the middle of a batch loses what it did not answer and nothing else.
func TestBrokenBatch(t *testing.T) {
	b := &batcher{fake: fake{name: "b", run: echo}, left: 37}
	stats, err := session.Run(context.Background(), []engine.Engine{&fake{name: "a", run: echo}, b}, modules(100), session.Config{})
	if err == nil || stats.Modules != 100 || stats.Engines[1].Agreed < 37 || stats.Engines[1].Agreed+stats.Engines[1].Skipped["engine lost"] != 100 {
		t.Errorf("got %+v, error %v", stats, err)
	}
}
