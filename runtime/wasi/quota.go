package wasi

import (
	"encoding/binary"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// usedUp are the errnos for quotas that do not suffice.
var usedUp = [policy.NumResources]Errno{
	policy.Written:   EDQUOT,
	policy.Files:     EDQUOT,
	policy.FDs:       EMFILE,
	policy.Stdout:    ENOSPC,
	policy.Stderr:    ENOSPC,
	policy.Sockets:   EMFILE,
	policy.SleepTime: EDQUOT,
}

// budget is what is left of a guest's quotas. The monitor keeps an account of its own.
type budget struct {
	quotas  policy.Quotas
	metered bool // there are quotas
	left    [policy.NumResources]uint64
}

func newBudget(q policy.Quotas) budget {
	b := budget{quotas: q, metered: q.Any()}
	for r := range policy.NumResources {
		b.left[r], _ = q.Max(r)
	}
	return b
}

// bounds reports whether r has a quota.
func (b *budget) bounds(r policy.Resource) bool {
	if !b.metered {
		return false
	}
	_, bounded := b.quotas.Max(r)
	return bounded
}

// spend takes n of a quota, or returns the errno that says that there is not so much left.
func (c *Call) spend(r policy.Resource, n uint64) Errno {
	b := &c.sys.budget
	if !b.bounds(r) {
		return ESUCCESS
	}
	if n > b.left[r] && !(planted.Selected == planted.QuotaEdge && n == b.left[r]+1) {
		return c.refuseSpending(r)
	}
	b.left[r] -= n
	if v := c.sys.monitor.Spend(r, n); v != nil {
		c.fail = v
		return usedUp[r]
	}
	return ESUCCESS
}

// refund gives back n of what the call took.
func (c *Call) refund(r policy.Resource, n uint64) {
	if b := &c.sys.budget; planted.Selected != planted.RefundLost && n > 0 && c.fail == nil && b.bounds(r) && c.allow(&policy.Effect{Op: policy.Refund, Resource: r, Num: n}) {
		b.left[r] += n
	}
}

// refuseSpending reports that the quota of r does not suffice and returns the errno.
func (c *Call) refuseSpending(r policy.Resource) Errno {
	if c.sys.refused != nil {
		max, _ := c.sys.budget.quotas.Max(r)
		c.sys.refused(&policy.Refusal{Rule: r.Rule(), Hostcall: c.row.Name, Resource: r, Max: max})
	}
	return usedUp[r]
}

// created ends a call that took one of the quota of files: what failed is given back.
func (c *Call) created(errno Errno) Errno {
	if errno != ESUCCESS {
		c.refund(policy.Files, 1)
	}
	return errno
}

// payCreate takes one of the quota of files if opening path would create it. That it exists by the time of the call, or does not any
// more, makes the count wrong by one and nothing else.
func (c *Call) payCreate(dir *file, path string, follow bool) (paid bool, errno Errno) {
	if !c.sys.budget.bounds(policy.Files) {
		return false, ESUCCESS
	}
	if !c.usePath(dir, path, 0, policy.Stat, follow) {
		return false, EPERM
	}
	if err := c.sys.fs.Stat(dir.host, path, dir.looks(follow), new(hostos.Stat)); err == nil {
		return false, ESUCCESS
	}
	errno = c.spend(policy.Files, 1)
	return errno == ESUCCESS, errno
}

// meter makes a write to f within the quotas: it cuts the buffers to what they allow, but no datagram, which is sent whole or not at all, and
// gives back what was not written. slot is that of the number of bytes written.
func (c *Call) meter(f *file, slot int, write func(*Call) Errno) Errno {
	if !c.sys.budget.metered {
		return write(c)
	}
	quotas := [...]policy.Resource{policy.Written, f.output}
	pay := quotas[:]
	if f.output == policy.Written {
		pay = quotas[:1]
	}
	fits := c.total
	for _, r := range pay {
		if b := &c.sys.budget; b.bounds(r) && b.left[r] < fits {
			fits = b.left[r]
			if errno := c.refuseSpending(r); fits == 0 || f.sock != nil && f.sock.proto == policy.UDP && planted.Selected != planted.DatagramCut {
				return errno
			}
		}
	}
	for _, r := range pay {
		if errno := c.spend(r, fits); errno != ESUCCESS {
			return errno
		}
	}
	c.cut(fits)
	errno := write(c)
	written := uint64(0)
	if errno == ESUCCESS && c.fail == nil {
		written = uint64(binary.LittleEndian.Uint32(c.from(slot, 4)))
	}
	for _, r := range pay {
		c.refund(r, fits-min(written, fits))
	}
	return errno
}

// cut shortens the buffers to n bytes in all.
func (c *Call) cut(n uint64) {
	c.total = min(c.total, n)
	for i, b := range c.bufs {
		if uint64(len(b)) >= n {
			c.bufs[i] = b[:n:n]
			c.bufs = c.bufs[:i+1]
			return
		}
		n -= uint64(len(b))
	}
}

// nap is pause within the quota of sleep. A guest that has none left still learns what is ready.
func (c *Call) nap(events []hostos.Event, timeout uint64) Errno {
	b := &c.sys.budget
	if timeout == 0 || !b.bounds(policy.SleepTime) {
		return c.pause(events, timeout)
	}
	limit := min(timeout, b.left[policy.SleepTime])
	if errno := c.spend(policy.SleepTime, limit); errno != ESUCCESS {
		return errno
	}
	if !c.allowPlain(policy.Clock, uint64(ClockMonotonic)) {
		return EPERM
	}
	start := c.sys.clock.Now(ClockMonotonic)
	errno := c.pause(events, limit)
	slept := min(c.sys.clock.Now(ClockMonotonic)-start, limit)
	ready := slices.ContainsFunc(events, func(e hostos.Event) bool { return e.Ready })
	if limit < timeout && !ready && errno == ESUCCESS {
		return c.refuseSpending(policy.SleepTime)
	}
	if planted.Selected == planted.SleepFree {
		slept = 0
	}
	c.refund(policy.SleepTime, limit-slept)
	return errno
}
