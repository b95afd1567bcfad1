package oracle

import (
	"context"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// fakeClock is a clock that a sequence cannot wait for: sleeping moves it on.
type fakeClock struct{ now uint64 }

func (c *fakeClock) Now(wasi.ClockID) uint64 {
	c.now += 1000
	return c.now
}

func (c *fakeClock) Resolution(wasi.ClockID) uint64 { return 1 }

func (c *fakeClock) Sleep(ctx context.Context, d uint64) error {
	c.now += d
	return ctx.Err()
}

// counting is a source of random bytes that is not random.
type counting struct{ next byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = c.next
		c.next++
	}
	return len(p), nil
}
