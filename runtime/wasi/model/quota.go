package model

import (
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// account is what a guest has used up of a resource: what it has for certain, and what it may have.
type account struct{ certain, possible uint64 }

// counted are the resources whose use follows from what calls do, with the errno that says that there is no more (runtime/docs/policy.md,
// quotas).
var counted = [...]struct {
	resource policy.Resource
	errno    wasi.Errno
}{{policy.Written, wasi.EDQUOT}, {policy.Files, wasi.EDQUOT}, {policy.Sockets, wasi.EMFILE}, {policy.Stdout, wasi.ENOSPC},
	{policy.Stderr, wasi.ENOSPC}}

// accounts books what a call that returned has used up, and compares it with the quotas. A call that fails uses nothing up, and one of which
// a part fits does that part, so that none is refused as long as there is anything left.
func (s *step) accounts(r *rule) {
	for _, c := range counted {
		max, bounded := s.m.cfg.Quotas.Max(c.resource)
		if !bounded || !r.spend(c.resource) || !s.outputs(c.resource) {
			continue
		}
		a := &s.m.accounts[c.resource]
		switch e := s.o.result(); {
		case s.o.Fault:
			a.possible = max // what was given back is not known
		case e == c.errno && a.possible+s.least() <= max && !s.fullFDs():
			s.breach("refused within the quota", "%v: %d of %d are used up", c.resource, a.possible, max)
		case e == wasi.ESUCCESS:
			certain, possible := s.spent(c.resource)
			a.certain, a.possible = a.certain+certain, a.possible+possible
			if a.certain > max {
				s.breach("more than the quota", "%v: %d of %d are used up", c.resource, a.certain, max)
			}
		}
	}
}

// least is what must be left for a call to have any success: one, or all of a datagram.
func (s *step) least() uint64 {
	if d := s.fd[0]; d != nil && d.sock != nil && !d.sock.stream {
		return max(s.total, 1)
	}
	return 1
}

// outputs reports whether the call's descriptor is one that uses up a quota of a stream, of others whether they are no such quota.
func (s *step) outputs(r policy.Resource) bool {
	return r != policy.Stdout && r != policy.Stderr || s.fd[0] != nil && s.fd[0].output == r
}

// numberOf are the descriptors that the streams with quotas have at the beginning.
var numberOf = [policy.NumResources]int{policy.Stdout: 1, policy.Stderr: 2}

// MovedStreams returns the descriptors of standard streams with a quota of their own that have another number than at the beginning.
func (m *Model) MovedStreams() (fds []uint32) {
	for fd, d := range m.fds {
		if d == nil || d.maybe || d.output == policy.Written {
			continue
		}
		if _, bounded := m.cfg.Quotas.Max(d.output); bounded && fd != numberOf[d.output] {
			fds = append(fds, uint32(fd))
		}
	}
	return fds
}

// spend reports whether calls use r up.
func (r *rule) spend(resource policy.Resource) bool {
	for _, is := range r.spends {
		if is == resource {
			return true
		}
	}
	return false
}

// fullFDs reports whether the errno may mean that there are no more descriptors.
func (s *step) fullFDs() bool {
	_, possible := s.m.count()
	return s.m.cfg.MaxFDs == 0 || possible >= s.m.cfg.MaxFDs
}

// written reports whether r counts bytes that are written.
func written(r policy.Resource) bool {
	return r == policy.Written || r == policy.Stdout || r == policy.Stderr
}

// spent returns how much of a resource a call that succeeded has used up, for certain and possibly.
func (s *step) spent(r policy.Resource) (certain, possible uint64) {
	switch slot := s.slotOf(wasi.SizeOut); {
	case written(r) && (slot < 0 || s.overlaps()):
		return 0, s.total
	case written(r):
		n := min(s.result32(slot), s.total)
		return n, n
	case r != policy.Files || s.slotOf(wasi.Oflags) < 0:
		return 1, 1
	case s.made:
		return 1, 1
	case s.opening().oflags&wasi.OCreat != 0: // perhaps it was there
		return 0, 1
	}
	return 0, 0
}
