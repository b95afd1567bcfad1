package oracle

import (
	"context"
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// clock is the clock of a guest, of which is known how long calls sleep.
type clock struct {
	wasi.VirtualClock
	before [2]uint64 // the times of the realtime and the monotonic clock before the call
	slept  uint64    // nanoseconds in the call
	sleeps func()    // is called before the guest sleeps, unless it is nil
}

// begin notes the time before a call.
func (c *clock) begin() {
	c.before = [2]uint64{c.peek(wasi.ClockRealtime), c.peek(wasi.ClockMonotonic)}
	c.slept = 0
}

// peek returns what the next look at a clock shows, and turns the clock back: the guest is to see what it sees when nobody looks.
func (c *clock) peek(id wasi.ClockID) uint64 {
	now := c.Now(id)
	_ = c.VirtualClock.Sleep(context.Background(), -c.Resolution(id)) // no context that ends
	return now
}

// Sleep counts the time and moves the clock on.
func (c *clock) Sleep(ctx context.Context, d uint64) error {
	if c.sleeps != nil {
		c.sleeps()
	}
	c.slept += d
	return c.VirtualClock.Sleep(ctx, d)
}

// shown asserts that clock_time_get stores what its clock shows.
func (c *clock) shown(row *wasi.Hostcall, args []uint64, errno wasi.Errno, memory []byte) *Failure {
	if c == nil || row.Name != "clock_time_get" || errno != wasi.ESUCCESS {
		return nil
	}
	if got, want := binary.LittleEndian.Uint64(memory[uint32(args[2]):]), c.before[args[0]]; got != want {
		return fail("hostcall: a clock shows another time", "clock %d: %d, it is %d", args[0], got, want)
	}
	return nil
}
