package wasi

import (
	"context"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// hostClock is the Clock of the host.
type hostClock struct{}

func (*hostClock) Now(id ClockID) uint64 {
	if id == ClockRealtime {
		return hostos.Realtime()
	}
	return hostos.Monotonic()
}

func (*hostClock) Resolution(ClockID) uint64 { return hostos.Resolution }

func (*hostClock) Sleep(ctx context.Context, d uint64) error { return hostos.Sleep(ctx, d) }

// clockID returns the clock in slot 0. Guests get the realtime and the monotonic one.
func (c *Call) clockID() ClockID {
	id := ClockID(c.u32(0))
	if planted.Selected == planted.ClockProcess && id == ClockProcessCPUTime {
		id = ClockMonotonic
	}
	return id
}

func clockResGet(c *Call) Errno {
	id := c.clockID()
	if id > ClockMonotonic {
		return EINVAL
	}
	if !c.allowPlain(policy.Clock, uint64(id)) {
		return EPERM
	}
	r := c.sys.clock.Resolution(id)
	if planted.Selected == planted.ClockResolution && id == ClockMonotonic {
		r = 0
	}
	c.put64(1, r)
	return ESUCCESS
}

func clockTimeGet(c *Call) Errno {
	id := c.clockID()
	if id > ClockMonotonic {
		return EINVAL
	}
	if !c.allowPlain(policy.Clock, uint64(id)) {
		return EPERM
	}
	if planted.Selected == planted.ClockSwapped {
		id = ClockMonotonic
	}
	c.put64(2, c.sys.clock.Now(id))
	return ESUCCESS
}
