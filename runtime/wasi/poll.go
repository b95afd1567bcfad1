package wasi

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// The types of events.
const (
	eventClock = iota
	eventFdRead
	eventFdWrite
)

// clockAbstime says that the time of a subscription is a moment, not a duration.
const clockAbstime = 1

// hangup says that the other end of a pipe is closed.
const hangup = 1

// fewSubs is how many things a program may wait for without memory being allocated for them.
const fewSubs = 16

// subscription is one thing that poll_oneoff waits for.
type subscription struct {
	userdata uint64
	typ      uint8
	errno    Errno // of a subscription that can never come: the event says so
	file     *file
	clock    ClockID
	wait     uint64 // nanoseconds from the beginning of the call
	ready    bool
	flags    uint16
	bytes    uint64
}

// pollOneoff waits until at least one subscription comes. Subscriptions that are wrong in themselves (a bad descriptor,
// an unknown clock) come at once, with an errno of their own.
func pollOneoff(c *Call) Errno {
	n := c.u32(2)
	if n == 0 {
		return EINVAL
	}
	subs, errno := c.subscriptions(n)
	if errno != ESUCCESS {
		return errno
	}
	if errno := c.await(subs); errno != ESUCCESS {
		return errno
	}
	out := c.at(1, uint64(n)*sizeOfEvent)
	events := uint32(0)
	for i := range subs {
		if subs[i].ready && (planted.Selected != planted.PollOne || events == 0) {
			subs[i].put(out)
			out = out[sizeOfEvent:]
			events++
		}
	}
	if planted.Selected == planted.PollCount {
		events = n
	}
	c.put32(3, events)
	return ESUCCESS
}

// subscriptions takes n subscriptions out of the memory; n is at most MaxSubscriptions.
func (c *Call) subscriptions(n uint32) ([]subscription, Errno) {
	subs := c.subs[:0]
	if n > uint32(len(c.subs)) {
		subs = make([]subscription, 0, n)
	}
	subs = subs[:n]
	clear(subs)
	mask := uint64(math.MaxUint64)
	if planted.Selected == planted.PollUserdata && n > 4 {
		mask = math.MaxUint32
	}
	in := c.from(0, uint64(n)*sizeOfSubscription)
	before := new(subscription)
	for i := range subs {
		if errno := c.subscription(&subs[i], before, in[i*sizeOfSubscription:]); errno != ESUCCESS {
			return nil, errno
		}
		before = &subs[i]
		subs[i].userdata &= mask
	}
	return subs, ESUCCESS
}

// subscription decodes one subscription, given the one before it. An unknown type ends the call: its event could not be told.
func (c *Call) subscription(s, before *subscription, b []byte) Errno {
	s.userdata = binary.LittleEndian.Uint64(b)
	s.typ = b[8]
	s.wait = math.MaxUint64
	switch s.typ {
	case eventClock:
		return c.clockSubscription(s, b[16:])
	case eventFdRead, eventFdWrite:
		s.file = c.sys.fds.get(int32(binary.LittleEndian.Uint32(b[16:])))
		need := RightFdRead
		if s.typ == eventFdWrite {
			need = RightFdWrite
		} else if s.file != nil && s.file.sock != nil && s.file.sock.listening {
			need = RightSockAccept
		}
		switch {
		case s.file != nil && s.file == before.file && s.typ == before.typ: // programs wait for many things of one
			s.errno, s.ready = before.errno, before.ready
		case s.file == nil:
			if s.fail(EBADF); planted.Selected == planted.PollBad {
				s.fail(EINVAL)
			}
		case s.file.rights&need == 0 && s.file.typ != hostos.Dir && planted.Selected != planted.PollRights:
			s.fail(s.file.refuse(need))
		case s.file.typ != hostos.Dir && !c.use(s.file, need, 0):
			return EPERM
		}
		return ESUCCESS
	}
	return EINVAL
}

// clockSubscription decodes what is particular to clocks.
func (c *Call) clockSubscription(s *subscription, b []byte) Errno {
	id := binary.LittleEndian.Uint32(b)
	timeout := binary.LittleEndian.Uint64(b[8:])
	flags := binary.LittleEndian.Uint16(b[24:])
	if flags&^clockAbstime != 0 || id >= uint32(len(clockNames)) {
		s.fail(EINVAL)
		return ESUCCESS
	}
	if s.clock = ClockID(id); s.clock > ClockMonotonic {
		if s.fail(EINVAL); planted.Selected == planted.PollUnknown {
			s.fail(ENOTSUP)
		}
		return ESUCCESS
	}
	if flags&clockAbstime == 0 || planted.Selected == planted.PollAbsolute {
		s.wait = timeout
		return ESUCCESS
	}
	if !c.allowPlain(policy.Clock, uint64(id)) {
		return EPERM
	}
	now := c.sys.clock.Now(s.clock)
	if planted.Selected == planted.PollClock {
		now = c.sys.clock.Now(ClockMonotonic)
	}
	s.wait = timeout - min(now, timeout)
	return ESUCCESS
}

// fail makes the subscription come at once with an errno.
func (s *subscription) fail(errno Errno) { s.errno, s.ready = errno, true }

// put stores the event of s.
func (s *subscription) put(b []byte) {
	clear(b[:sizeOfEvent])
	binary.LittleEndian.PutUint64(b, s.userdata)
	binary.LittleEndian.PutUint16(b[8:], uint16(s.errno))
	b[10] = s.typ
	if planted.Selected == planted.PollType {
		b[10] = min(s.typ, eventFdRead)
	}
	binary.LittleEndian.PutUint64(b[16:], s.bytes)
	binary.LittleEndian.PutUint16(b[24:], s.flags)
}

// await waits for the first of the subscriptions and marks those that came.
func (c *Call) await(subs []subscription) Errno {
	timeout := uint64(math.MaxUint64)
	var events []hostos.Event
	var waits []*subscription
	for i := range subs {
		s := &subs[i]
		switch {
		case s.typ == eventClock && !s.ready:
			timeout = min(timeout, s.wait)
		case s.ready:
			timeout = 0
		case s.file.host == hostos.NoFD || s.file.typ == hostos.Regular || s.file.typ == hostos.Dir:
			s.ready = true // as poll(2) says: never blocks
			timeout = 0
		default:
			events = append(events, hostos.Event{FD: s.file.host, Read: s.typ == eventFdRead, Write: s.typ == eventFdWrite})
			waits = append(waits, s)
		}
	}
	if timeout > 0 && !c.allowPlain(policy.Sleep, timeout) {
		return EPERM
	}
	if planted.Selected == planted.PollForever && timeout == 0 && len(events) > 0 {
		timeout = math.MaxInt64
	}
	limit := timeout
	if slices.ContainsFunc(waits, func(s *subscription) bool { return s.file.sock != nil }) {
		limit = min(timeout, wholeMillis(c.sys.netTimeout))
	}
	if errno := c.nap(events, limit); errno != ESUCCESS {
		return errno
	}
	came := timeout == 0
	for i, e := range events {
		if !e.Ready {
			continue
		}
		came = true
		waits[i].ready = true
		if e.Hangup {
			waits[i].flags = hangup
		}
		if e.Bad && waits[i].file.sock == nil { // what is wrong with a socket, the next call on it tells
			waits[i].errno = EIO
		}
	}
	if !came && limit < timeout {
		return ETIMEDOUT
	}
	return c.settle(subs, timeout, came)
}

// pause waits for the events, but no longer than timeout.
func (c *Call) pause(events []hostos.Event, timeout uint64) Errno {
	var err error
	switch {
	case len(events) > 0:
		_, err = hostos.Poll(c.ctx, events, timeout)
	case timeout > 0:
		err = c.sys.clock.Sleep(c.ctx, timeout)
	}
	switch {
	case err == nil:
		return ESUCCESS
	case c.ctx.Err() != nil:
		return c.interrupted()
	}
	return errnoOf(err)
}

// settle marks the clocks that have run out, and asks ready files how much they hold. The shortest clock has run out
// if nothing else came.
func (c *Call) settle(subs []subscription, timeout uint64, came bool) Errno {
	var asked *file // the file that the host was asked about last: programs wait for many things of one
	var left uint64
	for i := range subs {
		s := &subs[i]
		switch {
		case s.typ == eventClock && !s.ready:
			s.ready = s.wait == 0 || !came && s.wait <= timeout
		case s.ready && s.errno == ESUCCESS && s.typ == eventFdRead && s.file.typ == hostos.Regular:
			if s.file != asked {
				asked, left = s.file, s.file.remaining()
			}
			s.bytes = left
		case s.ready && s.errno == ESUCCESS && s.typ != eventClock:
			s.bytes = 1 // at least; what a pipe holds changes while it is asked
		}
	}
	return ESUCCESS
}

// remaining returns the bytes between the offset and the end of a regular file.
func (f *file) remaining() uint64 {
	size, off, err := hostos.SizeAndOffset(f.host)
	if err != nil || off > size {
		return 0
	}
	if planted.Selected == planted.PollBytes {
		return size
	}
	return size - off
}
