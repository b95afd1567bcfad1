package hostos

import (
	"context"
	"time"
)

// start is when the process began, as far as monotonic time is concerned. The offset keeps the first reading above 0.
var start = time.Now().Add(-time.Millisecond)

// Realtime returns the nanoseconds since 1970.
func Realtime() uint64 { return uint64(max(time.Now().UnixNano(), 0)) }

// Monotonic returns nanoseconds since about the start of the process; it never goes back.
func Monotonic() uint64 { return uint64(time.Since(start)) }

// Resolution is the resolution of both clocks in nanoseconds. That of the systems in question is 1 ns by their own account
// (clock_getres); macOS ticks in steps of up to 1 µs, which callers do not rely on.
const Resolution = 1

// Sleep returns after d nanoseconds, or earlier with ctx's error.
func Sleep(ctx context.Context, d uint64) error {
	if d == 0 {
		return ctx.Err()
	}
	// A Duration ends after 292 years; nobody waits for the rest.
	timer := time.NewTimer(time.Duration(min(d, 1<<63-1)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
