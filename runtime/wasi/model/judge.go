package model

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// Outcome is one hostcall and what became of it.
type Outcome struct {
	Row  *wasi.Hostcall
	Args []uint64 // one for each core parameter
	// Before and After are the guest's memory. They must not change while the call is judged.
	Before, After []byte
	// Errno is what the call returned, unless it ended the guest.
	Errno wasi.Errno
	// Exited says that the guest ended with a status, Trapped that it ended otherwise.
	Exited, Trapped bool
	Status          uint32
	// Now are the times of the realtime and the monotonic clock before the call, and Slept is how long it slept, in nanoseconds. Timed says
	// that they are known: the clock is the caller's, and only sleeping takes time.
	Now   [2]uint64
	Slept uint64
	Timed bool
	// Fault says that the host may have failed in this call, as a full disk or a signal would make it.
	Fault bool
}

// result returns the errno, or trap.
func (o *Outcome) result() wasi.Errno {
	if o.Trapped {
		return trap
	}
	return o.Errno
}

// Breach says that something is not allowed.
type Breach struct {
	// Key says what in a few constant words.
	Key string
	// Detail is the hostcall, what it did, and what would have been allowed, with the citations.
	Detail string
}

// Error returns the key and the detail.
func (b *Breach) Error() string { return b.Key + ": " + b.Detail }

// step is the judgement of one outcome.
type step struct {
	m *Model
	o *Outcome
	arguments

	allowed set
	barred  *clause     // why success is not allowed, if it is not
	clauses [24]*clause // that hold
	n       int
	found   *Breach
	made    bool // path_open made a file
}

// Judge returns a breach if the outcome is not one that the call can have in this state, and otherwise makes the state what the call
// leaves. After a breach the model is not to be used any more.
func (m *Model) Judge(o *Outcome) *Breach {
	s := &m.step
	*s = step{m: m, o: o, arguments: arguments{bufs: s.bufs[:0], outs: s.outs[:0]}}
	r := ruleOf(o.Row)
	s.decode(r)
	if o.Row.Support == wasi.Unsupported {
		s.fails(unsupported)
	}
	if r.sparse && !m.cfg.Ours {
		s.may(unsupported)
	}
	if r.spends != nil {
		s.quota(r.spends)
	}
	if r.may != nil && !s.stuck {
		r.may(s)
	}
	s.mayIf(o.Fault, injected)
	switch e := o.result(); {
	case o.Exited:
		return s.exited(r)
	case e != wasi.ESUCCESS && !s.allowed.has(e):
		s.breach("errno not allowed", "%v", e)
	case e != wasi.ESUCCESS:
		if o.Fault {
			s.failedMidway()
		}
	case s.barred != nil:
		s.breach("success not allowed", "it must fail: %s", s.barred.when)
	case r.done != nil:
		r.done(s)
	}
	s.accounts(r)
	return s.found
}

// may notes a condition under which the call may fail.
func (s *step) may(c *clause) {
	s.allowed.join(s.errnos(c))
	if s.n < len(s.clauses) {
		s.clauses[s.n] = c
		s.n++
	}
}

// errnos are those of a clause that the implementation can have.
func (s *step) errnos(c *clause) set {
	if s.m.cfg.Ours && c.narrow {
		return c.own
	}
	return c.errnos
}

// fails notes a condition under which the call must fail.
func (s *step) fails(c *clause) {
	s.may(c)
	if s.barred == nil {
		s.barred = c
	}
}

// settles is fails for what this project's runtime refuses, and may for what others may do.
func (s *step) settles(c *clause) {
	if s.m.cfg.Ours {
		s.fails(c)
	} else {
		s.may(c)
	}
}

// failsIf is fails or nothing.
func (s *step) failsIf(cond bool, c *clause) {
	if cond {
		s.fails(c)
	}
}

// mayIf is may or nothing.
func (s *step) mayIf(cond bool, c *clause) {
	if cond {
		s.may(c)
	}
}

// breach notes what is not allowed; the first one counts.
func (s *step) breach(key, format string, args ...any) {
	if s.found != nil {
		return
	}
	var b strings.Builder
	b.WriteString(s.o.Row.ID() + ": ") // what the breach is about stands in the first line
	fmt.Fprintf(&b, format, args...)
	fmt.Fprintf(&b, "\n  call     %s%#x = %v", s.o.Row.ID(), s.o.Args, s.o.Errno)
	if s.o.Trapped {
		b.WriteString(", trapped")
	}
	for _, t := range s.texts[:s.ntexts] {
		fmt.Fprintf(&b, " %q", cut(t))
	}
	if s.barred == nil {
		b.WriteString("\n  allowed  ESUCCESS, with the results that the state gives")
	}
	for _, c := range s.clauses[:s.n] {
		fmt.Fprintf(&b, "\n  allowed  %s because %s (%s)", s.errnos(c), c.when, c.cite)
	}
	s.found = &Breach{Key: key, Detail: b.String()}
}

// cut shortens what is shown.
func cut(b []byte) []byte { return b[:min(len(b), 80)] }

var (
	unsupported = says("preview 1, errno: nosys, notsup; the engine's list of what it has", "the implementation need not have the call", wasi.ENOSYS, wasi.ENOTSUP)
	injected    = &clause{when: "the host may have failed", cite: "POSIX, 2.3 Error Numbers: an implementation may have other errors than those of a function's page",
		errnos: anyErrno}
	exits = says("preview 1, proc_exit: it does not return", "the call ends the guest")
)

// usedUpOf are the clauses for quotas that are used up.
var usedUpOf = func() (of [policy.NumResources]*clause) {
	errnos := [policy.NumResources]wasi.Errno{policy.Written: wasi.EDQUOT, policy.Files: wasi.EDQUOT, policy.FDs: wasi.EMFILE, policy.Stdout: wasi.ENOSPC,
		policy.Stderr: wasi.ENOSPC, policy.Sockets: wasi.EMFILE, policy.SleepTime: wasi.EDQUOT}
	for r, errno := range errnos {
		of[r] = says("runtime/docs/policy.md: quotas. POSIX: EDQUOT, ENOSPC, EMFILE", "a quota may be used up", wasi.EDQUOT, wasi.ENOSPC, wasi.EMFILE).ours(errno)
	}
	return of
}()

// quota allows that one of the resources is used up, if it is bounded.
func (s *step) quota(list []policy.Resource) {
	for _, r := range list {
		if _, bounded := s.m.cfg.Quotas.Max(r); bounded && s.outputs(r) {
			s.may(usedUpOf[r])
		}
	}
}

// exited judges that the guest ended.
func (s *step) exited(r *rule) *Breach {
	switch want, ends := uint32(0), false; {
	case r.exit == nil:
		s.breach("ends the guest", "the guest ended with the status %d", s.o.Status)
	default:
		if want, ends = r.exit(s); !ends {
			s.breach("ends the guest", "the guest ended with the status %d", s.o.Status)
		} else if want != s.o.Status {
			s.breach("other exit status", "%d instead of %d", s.o.Status, want)
		}
	}
	return s.found
}

// failedMidway makes unsure what a call may have changed before it failed because of the host.
func (s *step) failedMidway() {
	for _, d := range s.fd[:s.nfds] {
		if d == nil {
			continue
		}
		d.maybe = d.maybe || s.o.Row.Ops().Has(policy.FdClose)
		d.lost = true
		d.listing.reset()
		if d.node != nil && d.node.typ == regular {
			d.node.doubt()
		}
		if d.sock != nil {
			d.sock.unsure, d.sock.seen = true, nil
		}
	}
	for i := range s.places[:s.nplaces] {
		switch p := &s.places[i]; {
		case p.unknown:
			s.m.Forget()
		case p.parent != nil:
			p.parent.doubt()
			if p.node != nil && p.node.typ == regular {
				p.node.doubt()
			}
		}
	}
}
