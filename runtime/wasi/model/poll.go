package model

import (
	"encoding/binary"

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
	noEvent  = says("preview 1, eventtype: three; EINVAL, or Wasmtime traps", "there is no event of the type", wasi.EINVAL, wasi.ENOTSUP, trap)
	noPoll   = says("preview 1, poll_oneoff: what cannot be waited for may end the call, as in Wasmtime and wazero", "a subscription may be refused", wasi.EINVAL, wasi.EBADF, wasi.ENOTSUP)
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
	for i := range n {
		switch sub := s.subscription(i); sub.typ {
		case clockEvent:
			id, flags := binary.LittleEndian.Uint32(sub.b[16:]), binary.LittleEndian.Uint16(sub.b[40:])
			s.mayIf(id > monotonic || flags > 1, noPoll)
		case readEvent, writeEvent:
			d := s.m.fd(binary.LittleEndian.Uint32(sub.b[16:]))
			s.mayIf(d == nil || d.typ == directory, noPoll)
			s.mayIf(d != nil && d.sock != nil, pollTime)
		default:
			s.fails(noEvent)
		}
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
	for i := range events {
		b := s.o.After[s.arg32(1)+i*eventSize:][:eventSize]
		userdata, errno, typ := binary.LittleEndian.Uint64(b), wasi.Errno(binary.LittleEndian.Uint16(b[8:])), b[10]
		found := false
		for k := range subs {
			if sub := &subs[k]; !sub.came && sub.userdata == userdata && sub.typ == typ && s.eventAllowed(sub, errno, b) {
				sub.came, found = true, true
				break
			}
		}
		if !found {
			s.breach("an event of no subscription", "userdata %#x, type %d, %v", userdata, typ, errno)
		}
	}
}

// eventAllowed reports whether a subscription can have the event b with an errno.
func (s *step) eventAllowed(sub *subscription, errno wasi.Errno, b []byte) bool {
	if sub.typ == clockEvent {
		id, flags := binary.LittleEndian.Uint32(sub.b[16:]), binary.LittleEndian.Uint16(sub.b[40:])
		bad := id > monotonic || flags > 1
		return errno == wasi.ESUCCESS && (id <= threadTime && flags <= 1) || bad && noPoll.errnos.has(errno)
	}
	d := s.m.fd(binary.LittleEndian.Uint32(sub.b[16:]))
	switch {
	case d == nil:
		return errno == wasi.EBADF || errno == wasi.ENOTSUP
	case errno != wasi.ESUCCESS:
		need := wasi.RightFdRead
		if sub.typ == writeEvent {
			need = wasi.RightFdWrite
		}
		return subErrs.has(errno) && (d.maybe || d.typ == directory || need&^d.rights.must != 0 || d.sock != nil || errno == wasi.ENOTSUP)
	}
	return true
}
