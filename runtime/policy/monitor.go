package policy

import "net/netip"

// Monitor checks the effects of one guest's hostcalls against the rules and its own model of the guest. It is for one
// goroutine at a time.
type Monitor struct {
	maxFDs int
	net    *Network // nil allows nothing
	fds    []*descriptor
	hosts  map[int32]bool // host descriptors in use
	open   uint64         // descriptors of the guest

	quotas   Quotas
	spent    [NumResources]uint64
	accounts [NumResources]account
	calls    uint64 // hostcalls so far

	// Of the hostcall in progress:
	hostcall string
	declared OpSet
	memory   uint64
	created  Proto // of a socket that has no descriptor yet
	log      *[]Effect
	current  Effect
}

// descriptor is what the monitor knows of one descriptor of the guest.
type descriptor struct {
	host    int32
	rights  uint64
	inherit uint64
	root    *root   // nil for streams and sockets
	sock    *socket // nil for what is no socket
}

// root is a directory that was granted to the guest.
type root struct {
	name   string
	access Access
}

// NewMonitor returns a Monitor for a guest that may have maxFDs descriptors.
func NewMonitor(maxFDs int) *Monitor {
	return &Monitor{maxFDs: maxFDs, hosts: make(map[int32]bool)}
}

// Grant gives the guest a stream, before it runs: the descriptor fd, which stands for host.
func (m *Monitor) Grant(fd, host int32, rights uint64) {
	m.set(fd, &descriptor{host: host, rights: rights})
}

// GrantDir gives the guest a directory, before it runs. Everything that is opened through it is bound by access.
func (m *Monitor) GrantDir(fd, host int32, rights, inherit uint64, name string, access Access) {
	m.set(fd, &descriptor{host: host, rights: rights, inherit: inherit, root: &root{name, access}})
}

// GrantNetwork says what the guest may do on the network, before it runs; otherwise that is nothing.
func (m *Monitor) GrantNetwork(n *Network) { m.net = n }

// GrantListener gives the guest a listening socket, before it runs: the descriptor fd, which stands for host and is bound to
// local. It serves the peers that own allows, and connections have rights in inherit.
func (m *Monitor) GrantListener(fd, host int32, rights, inherit uint64, local netip.AddrPort, own *Network) {
	m.set(fd, &descriptor{host: host, rights: rights, inherit: inherit, sock: &socket{proto: TCP, own: own, bound: local}})
}

// Log makes the monitor append every effect to *log; nil ends that.
func (m *Monitor) Log(log *[]Effect) { m.log = log }

// Begin says which hostcall follows, what effects its row declares and how large the guest's memory is.
func (m *Monitor) Begin(hostcall string, declared OpSet, memory uint64) {
	m.hostcall, m.declared, m.memory, m.created = hostcall, declared, memory, 0
	m.calls++
}

// Memory checks a ReadMem or WriteMem effect. It is Check for the most frequent effects, and leaves it to Check to say what
// is wrong with one.
func (m *Monitor) Memory(op Op, addr, n uint64) *Violation {
	if allInline[op] && m.log == nil && m.declared.Has(op) && inMemory(m.memory, addr, n) {
		return nil
	}
	return m.Check(&Effect{Op: op, Addr: addr, Len: n})
}

// Use checks an FdUse effect, as Memory does its own.
func (m *Monitor) Use(fd, host int32, rights uint64, access Access) *Violation {
	d := m.fd(fd)
	if allInline[FdUse] && m.log == nil && m.declared.Has(FdUse) && d.standsFor(host) && d.allows(rights) && d.grants(access) {
		return nil
	}
	return m.Check(&Effect{Op: FdUse, FD: fd, Host: host, Rights: rights, Access: access})
}

// Plain checks an effect that has no more to it than its number: Clock, Random, Sleep, Exit. It is Check for the calls that
// are so cheap that the check counts.
func (m *Monitor) Plain(op Op, num uint64) *Violation {
	if m.log == nil && m.declared.Has(op) && len(rulesOf[op]) == 1 {
		return nil
	}
	return m.Check(&Effect{Op: op, Num: num})
}

// Check checks an effect and, if the rules allow it, brings the model up to date with it.
func (m *Monitor) Check(e *Effect) *Violation {
	if e.Op >= numOps {
		return &Violation{Rule: "declared-effect", Hostcall: m.hostcall, Effect: *e, Detail: "no such effect"}
	}
	m.current = *e // a pointer to this one, not to e, goes to the rules: e stays on its stack
	if m.log != nil {
		*m.log = append(*m.log, *e)
	}
	for _, r := range rulesOf[e.Op] {
		if detail := r.check(m, &m.current); detail != "" {
			return &Violation{Rule: r.Name, Hostcall: m.hostcall, Effect: *e, Detail: detail}
		}
	}
	switch e.Op {
	case FdOpen:
		m.set(e.FD, &descriptor{host: e.Host, rights: e.Rights, inherit: e.Inherit, root: m.fd(e.Dir).root})
	case FdClose:
		delete(m.hosts, e.Host)
		m.fds[e.FD] = nil
		m.open--
	case FdMove:
		d := m.fds[e.FD]
		m.fds[e.FD] = nil
		m.open--
		m.set(e.Dir, d)
	case FdLimit:
		m.fds[e.FD].rights, m.fds[e.FD].inherit = e.Rights, e.Inherit
	case Spend:
		m.spend(e.Resource, e.Num)
	case Refund:
		m.spend(e.Resource, -e.Num)
	default:
		m.follow(e)
	}
	return nil
}

// fd returns the model of a descriptor, or nil.
func (m *Monitor) fd(fd int32) *descriptor {
	if uint32(fd) >= uint32(len(m.fds)) {
		return nil
	}
	return m.fds[fd]
}

func (m *Monitor) set(fd int32, d *descriptor) {
	for int(fd) >= len(m.fds) {
		m.fds = append(m.fds, nil)
	}
	m.fds[fd] = d
	m.open++
	if d.host != NoHost {
		m.hosts[d.host] = true
	}
}
