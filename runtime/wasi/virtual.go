package wasi

import (
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync/atomic"
)

// VirtualClock is a [Clock] that shows every run of a guest the same times, and that nobody waits for: each look at it takes a
// microsecond, and sleeping moves it on. It begins at 0, which is 2000-01-01T00:00:00Z on the realtime clock.
type VirtualClock struct{ now atomic.Uint64 }

// virtualEpoch is the beginning of the realtime clock in nanoseconds since 1970, and virtualStep what one look takes.
const (
	virtualEpoch = 946_684_800_000_000_000
	virtualStep  = 1000
)

// Now returns the time of a clock in nanoseconds.
func (c *VirtualClock) Now(id ClockID) uint64 {
	now := c.now.Add(virtualStep)
	if id == ClockRealtime {
		return virtualEpoch + now
	}
	return now
}

// Resolution returns what one look takes.
func (c *VirtualClock) Resolution(ClockID) uint64 { return virtualStep }

// Sleep moves the clock on and returns at once.
func (c *VirtualClock) Sleep(ctx context.Context, d uint64) error {
	c.now.Add(d)
	return ctx.Err()
}

// SeededRandom returns an endless source of bytes that depends on nothing but the seed. It is not for secrets.
func SeededRandom(seed uint64) io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return rand.NewChaCha8(key)
}
