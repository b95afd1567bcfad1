package model

import (
	"encoding/binary"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// The types of events.
const (
	clockEvent = iota
	readEvent
	writeEvent
	endOfEvents
)

var (
	nothing  = says("preview 1, poll_oneoff: EINVAL without subscriptions; wazero, Wasmtime", "there are no subscriptions", wasi.EINVAL)
	noEvent  = says("preview 1, eventtype: three; EINVAL, or Wasmtime traps", "there is no event of the type", wasi.EINVAL, wasi.ENOTSUP, trap).ours(wasi.EINVAL)
	noPoll   = says("preview 1, poll_oneoff: what cannot be waited for may end the call, as in Wasmtime and wazero", "a subscription may be refused", wasi.EINVAL, wasi.EBADF, wasi.ENOTSUP).ours(wasi.EINVAL)
	pollTime = says("Config.NetTimeout; runtime/docs/policy.md: quota of sleep", "the wait may be bounded", wasi.ETIMEDOUT, wasi.EDQUOT)
	subErrs  = setOf(wasi.ESUCCESS, wasi.EBADF, wasi.ENOTCAPABLE, wasi.EISDIR, wasi.ESPIPE, wasi.ENOTSUP, wasi.EPERM, wasi.EIO, wasi.EPIPE, wasi.ENOTSOCK)
)

// subscription is one of those that a call of poll_oneoff passes.
type subscription struct {
	userdata uint64
	typ      byte
	b        []byte
	came     bool
}

func (s *step) subscription(i uint64) subscription {
	b := s.o.Before[s.arg32(0)+i*subSize:][:subSize]
	return subscription{userdata: binary.LittleEndian.Uint64(b), typ: b[8], b: b}
}

func mayPoll(s *step) {
	n := s.arg32(2)
	s.failsIf(n == 0, nothing)
	shortest := s.shortest()
	for i := range n {
		switch sub := s.subscription(i); sub.typ {
		case clockEvent:
			id, flags := binary.LittleEndian.Uint32(sub.b[16:]), binary.LittleEndian.Uint16(sub.b[40:])
			s.mayIf(id > monotonic || flags > 1, noPoll)
		case readEvent, writeEvent:
			d := s.m.fd(binary.LittleEndian.Uint32(sub.b[16:]))
			s.mayIf(d == nil || d.typ == directory, noPoll)
			s.mayIf(d != nil && d.sock != nil && shortest > 0, pollTime)
		default:
			s.fails(noEvent)
		}
	}
}

// never is longer than any wait.
const never = math.MaxUint64

// wait returns the longest that a call may wait because of a subscription, in nanoseconds.
func (s *step) wait(sub *subscription) uint64 {
	if sub.typ != clockEvent {
		d := s.m.fd(binary.LittleEndian.Uint32(sub.b[16:]))
		if d != nil && !d.maybe && d.typ == regular {
			return 0 // POSIX, poll(): regular files are always ready
		}
		return never
	}
	id, flags, timeout := binary.LittleEndian.Uint32(sub.b[16:]), binary.LittleEndian.Uint16(sub.b[40:]), binary.LittleEndian.Uint64(sub.b[24:])
	switch {
	case id > monotonic || flags > absolute:
		return never
	case flags == 0:
		return timeout
	case s.o.Timed:
		return timeout - min(timeout, s.o.Now[id])
	case id == monotonic:
		return timeout - min(timeout, s.m.clock[id]) // the least that it is now
	}
	return never
}

// absolute is the bit of subclockflags in preview 1 by which a timeout is a moment.
const absolute = 1

// shortest returns the longest that the call may wait: for the first of its subscriptions.
func (s *step) shortest() uint64 {
	least := uint64(never)
	for i := range s.arg32(2) {
		sub := s.subscription(i)
		least = min(least, s.wait(&sub))
	}
	return least
}

// early is how much earlier than it should an event may come: clocks have a resolution.
const early = 1_000_000

// slept compares how long the call slept with its clocks: no longer than the shortest says, and as long as that if a clock came.
func (s *step) slept(clock bool) {
	if !s.o.Timed {
		return
	}
	switch wait := s.shortest(); {
	case s.o.Slept > wait:
		s.breach("sleeps too long", "%d ns, where the first event comes after %d", s.o.Slept, wait)
	case clock && s.o.Slept == 0 && wait > early && wait != never:
		s.breach("wakes too early", "after %d ns, where the first event comes after %d", s.o.Slept, wait)
	}
}

// poll checks that each event is one of a subscription, that none comes twice, and that there is one.
func poll(s *step) {
	if s.overlaps() {
		return
	}
	n, events := s.arg32(2), s.result32(3)
	if events == 0 || events > n {
		s.breach("other number of events", "%d of %d subscriptions", events, n)
		return
	}
	subs := make([]subscription, n)
	for i := range subs {
		subs[i] = s.subscription(uint64(i))
	}
	clock, clocks := false, true
	for i := range subs {
		clocks = clocks && subs[i].typ == clockEvent
	}
	for i := range events {
		s.padded(s.arg32(1)+i*eventSize, eventGaps)
		b := s.o.After[s.arg32(1)+i*eventSize:][:eventSize]
		userdata, errno, typ := binary.LittleEndian.Uint64(b), wasi.Errno(binary.LittleEndian.Uint16(b[8:])), b[10]
		var sub *subscription // of those that it can be of, the one that comes first
		for k := range subs {
			one := &subs[k]
			if !one.came && one.userdata == userdata && one.typ == typ && s.eventAllowed(one, errno, b) && (sub == nil || s.wait(one) < s.wait(sub)) {
				sub = one
			}
		}
		if sub == nil {
			s.breach("an event of no subscription", "userdata %#x, type %d, %v", userdata, typ, errno)
			return
		}
		sub.came = true
		clock = clock || typ == clockEvent && errno == wasi.ESUCCESS && s.wait(sub) > 0
	}
	s.slept(clock && clocks) // with others, time may pass on the host
	for i := range subs {
		if sub := &subs[i]; s.o.Timed && !sub.came && s.wait(sub) == 0 {
			s.breach("an event is missing", "of subscription %d, which need not be waited for", i)
		}
	}
}

// refusedEvents are the errnos of events of subscriptions that cannot be.
func (s *step) refusedEvents() *set {
	refused := s.errnos(noPoll)
	return &refused
}

// eventAllowed reports whether a subscription can have the event b with an errno.
func (s *step) eventAllowed(sub *subscription, errno wasi.Errno, b []byte) bool {
	if sub.typ == clockEvent {
		id, flags := binary.LittleEndian.Uint32(sub.b[16:]), binary.LittleEndian.Uint16(sub.b[40:])
		bad := id > monotonic || flags > 1
		return errno == wasi.ESUCCESS && (id <= threadTime && flags <= 1 && !(bad && s.m.cfg.Ours)) || bad && s.refusedEvents().has(errno)
	}
	d := s.m.fd(binary.LittleEndian.Uint32(sub.b[16:]))
	switch {
	case d == nil:
		return errno == wasi.EBADF || errno == wasi.ENOTSUP && !s.m.cfg.Ours
	case errno != wasi.ESUCCESS:
		need := wasi.RightFdRead
		if sub.typ == writeEvent {
			need = wasi.RightFdWrite
		}
		return subErrs.has(errno) && (d.maybe || d.typ == directory || need&^d.rights.must != 0 || d.sock != nil || errno == wasi.ENOTSUP)
	case sub.typ == readEvent && d.typ == regular && !d.lost && s.m.sure(d.node):
		// Preview 1, event_fd_readwrite: nbytes is the number of bytes available; implementations that do not look say 0 or 1.
		n := binary.LittleEndian.Uint64(b[16:])
		return n <= 1 || n == d.node.left(d.offset)
	}
	return true
}
