package policy

import (
	"net/netip"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Memory is the guest's memory, as far as the monitor reads it itself.
type Memory interface {
	// Size returns the size in bytes.
	Size() uint64
}

// Range is a part of a guest's memory: Len bytes at Addr.
type Range struct {
	Addr, Len uint64
}

// Monitor checks the effects of one guest's hostcalls against the rules and its own model of the guest. It is for one
// goroutine at a time.
type Monitor struct {
	maxFDs    int
	net       *Network      // nil allows nothing
	fds       []*descriptor // nil for a number that the guest does not have
	spare     *descriptor   // of a number that was closed: the memory for the next; or nil
	hosts     hostSet       // host descriptors in use
	open      uint64        // descriptors of the guest
	protected []Range       // of the guest's memory, that no hostcall writes
	quick     OpSet         // effects that need not go through Check: none if there is a log

	quotas   Quotas
	spent    [NumResources]uint64
	accounts [NumResources]account
	calls    uint64 // hostcalls so far

	// Of the hostcall in progress:
	hostcall string
	declared OpSet
	fast     OpSet // of quick, what is declared
	memory   uint64
	read     uint64       // bytes of ReadMem effects
	written  uint64       // bytes of WriteMem effects
	writes   []Range      // of WriteMem effects
	paths    []pathEffect // of PathAt effects
	created  Proto        // of a socket that has no descriptor yet
	log      *[]Effect
	current  Effect
}

// descriptor is what the monitor knows of one descriptor of the guest.
type descriptor struct {
	known   bool // offset is what the host has
	kind    FileKind
	host    int32
	rights  uint64
	inherit uint64
	root    *root   // nil for streams and sockets
	sock    *socket // nil for what is no socket
	offset  uint64  // of a file
}

// pathEffect is what is remembered of a PathAt effect.
type pathEffect struct {
	host int32
	path string
}

// root is a directory that was granted to the guest.
type root struct {
	name   string
	access Access
}

// fewWrites is for how many ranges of memory, to be written by one call, there is room from the beginning.
const fewWrites = 8

// NewMonitor returns a Monitor for a guest that may have maxFDs descriptors.
func NewMonitor(maxFDs int) *Monitor {
	return &Monitor{maxFDs: maxFDs, quick: allInline, writes: make([]Range, 0, fewWrites)}
}

// Grant gives the guest a stream, before it runs: the descriptor fd, which stands for host.
func (m *Monitor) Grant(fd, host int32, rights uint64) {
	m.set(fd, descriptor{host: host, rights: rights})
}

// GrantDir gives the guest a directory, before it runs. Everything that is opened through it is bound by access.
func (m *Monitor) GrantDir(fd, host int32, rights, inherit uint64, name string, access Access) {
	m.set(fd, descriptor{host: host, rights: rights, inherit: inherit, root: &root{name, access}, kind: Dir})
}

// GrantNetwork says what the guest may do on the network, before it runs; otherwise that is nothing.
func (m *Monitor) GrantNetwork(n *Network) { m.net = n }

// GrantListener gives the guest a listening socket, before it runs: the descriptor fd, which stands for host and is bound to
// local. It serves the peers that own allows, and connections have rights in inherit.
func (m *Monitor) GrantListener(fd, host int32, rights, inherit uint64, local netip.AddrPort, own *Network) {
	m.set(fd, descriptor{host: host, rights: rights, inherit: inherit, sock: &socket{proto: TCP, own: own, bound: local}})
}

// Protect forbids every write of a hostcall into a range of the guest's memory.
func (m *Monitor) Protect(r Range) { m.protected = append(m.protected, r) }

// unlogged are the effects that repeat what others told.
const unlogged = OpSet(1<<Stored | 1<<Resolved)

// Log makes the monitor append every effect to *log, but for Stored and Resolved ones, which repeat what others told; nil ends
// that.
func (m *Monitor) Log(log *[]Effect) {
	if m.log, m.quick = log, 0; log == nil {
		m.quick = allInline
	}
}

// Begin says which hostcall follows, what effects its row declares and what the guest's memory is; nil is none. The monitor asks
// the memory itself for its size, and is not told.
func (m *Monitor) Begin(hostcall string, declared OpSet, memory Memory) {
	if !Monitored {
		return
	}
	m.hostcall, m.declared, m.fast, m.memory = hostcall, declared, declared&m.quick, 0
	m.created = 0
	m.calls++
	if memory != nil {
		m.memory = memory.Size()
	}
	m.read, m.written, m.writes, m.paths = 0, 0, m.writes[:0], m.paths[:0]
}

// QuickRead reports whether a ReadMem effect is allowed, if that takes no more than a look. It and its siblings are Check for the
// frequent cases of the most frequent effects: what they say no to is for Check to allow, or to say what is wrong with. They make
// no call, and most become part of their callers.
func (m *Monitor) QuickRead(addr, n uint64) bool {
	if !Monitored {
		return true
	}
	if m.fast&(1<<ReadMem) == 0 || !inMemory(m.memory, addr, n) {
		return false
	}
	m.read += n
	return true
}

// QuickWrite is QuickRead for a WriteMem effect. It does not make room for more ranges: callers stay free of calls.
func (m *Monitor) QuickWrite(addr, n uint64) bool {
	if !Monitored {
		return true
	}
	at := len(m.writes)
	if m.fast&(1<<WriteMem) == 0 || !inMemory(m.memory, addr, n) || len(m.protected) > 0 || at == cap(m.writes) {
		return false
	}
	m.writes = m.writes[:at+1]
	m.writes[at] = Range{addr, n}
	m.written += n
	return true
}

// QuickStored is QuickRead for a Stored effect, in the range that was told to be written last.
func (m *Monitor) QuickStored(addr, n uint64) bool {
	if !Monitored {
		return true
	}
	last := len(m.writes) - 1
	return m.fast&(1<<Stored) != 0 && last >= 0 && m.writes[last].holds(addr, n)
}

// QuickMoved is QuickRead for a Moved effect.
func (m *Monitor) QuickMoved(fd int32, access Access, n uint64, where Where) bool {
	if !Monitored {
		return true
	}
	d := m.fd(fd)
	if m.fast&(1<<Moved) == 0 || d == nil || d.kind == Dir || n > m.limit(access) {
		return false
	}
	d.moved(n, where)
	return true
}

// QuickUse is QuickRead for an FdUse effect.
func (m *Monitor) QuickUse(fd, host int32, rights uint64, access Access) bool {
	if !Monitored {
		return true
	}
	d := m.fd(fd)
	return m.fast&(1<<FdUse) != 0 && d.standsFor(host) && d.allows(rights) && d.grants(access)
}

// QuickPath is QuickRead for a PathAt effect.
func (m *Monitor) QuickPath(fd, host int32, rights, inherit uint64, access Access, path string) bool {
	if !Monitored {
		return true
	}
	d := m.fd(fd)
	if m.fast&(1<<PathAt) == 0 || !d.standsFor(host) || !d.allows(rights) || !d.handsOn(inherit) || d.root == nil ||
		!d.grants(access) || d.kind != Dir || !isPlain(path) {
		return false
	}
	m.paths = append(m.paths, pathEffect{host, path})
	return true
}

// QuickOpen is QuickRead for an FdOpen effect.
func (m *Monitor) QuickOpen(fd, dir, host int32, kind FileKind, rights, inherit uint64) bool {
	if !Monitored {
		return true
	}
	d := m.fd(dir)
	if m.fast&(1<<FdOpen) == 0 || !m.hasNumber(fd) || m.fd(fd) != nil || m.hosts.has(host) || d == nil || d.root == nil ||
		!d.handsOn(rights|inherit) || kind == Device || !m.mayOpen() {
		return false
	}
	m.opened(fd, host, kind, rights, inherit, d.root)
	return true
}

// QuickClose is QuickRead for an FdClose effect.
func (m *Monitor) QuickClose(fd, host int32) bool {
	if !Monitored {
		return true
	}
	if m.fast&(1<<FdClose) == 0 || !m.fd(fd).standsFor(host) {
		return false
	}
	m.close(fd, host)
	return true
}

// QuickPlain is QuickRead for an effect that is only a number: Clock, Random, Sleep, Exit.
func (m *Monitor) QuickPlain(op Op) bool {
	if !Monitored {
		return true
	}
	return m.fast&plain>>op&1 != 0
}

// Check checks an effect and, if the rules allow it, brings the model up to date with it.
func (m *Monitor) Check(e *Effect) *Violation {
	if !Monitored {
		return nil
	}
	if e.Op >= numOps {
		return &Violation{Rule: "declared-effect", Hostcall: m.hostcall, Effect: *e, Detail: "no such effect"}
	}
	m.current = *e // a pointer to this one, not to e, goes to the rules: e stays on its stack
	if m.log != nil && !unlogged.Has(e.Op) {
		*m.log = append(*m.log, *e)
	}
	for _, r := range rulesOf[e.Op] {
		if detail := r.check(m, &m.current); detail != "" {
			return &Violation{Rule: r.Name, Hostcall: m.hostcall, Effect: *e, Detail: detail}
		}
	}
	m.update(&m.current)
	return nil
}

// update brings the model up to date with an effect that the rules allow.
func (m *Monitor) update(e *Effect) {
	switch e.Op {
	case ReadMem:
		m.read += e.Len
	case WriteMem:
		m.writes = append(m.writes, Range{e.Addr, e.Len})
		m.written += e.Len
	case FdOpen:
		m.opened(e.FD, e.Host, e.Kind, e.Rights, e.Inherit, m.fd(e.Dir).root)
	case FdClose:
		m.close(e.FD, e.Host)
	case FdMove:
		d := m.fds[e.FD]
		if planted.Selected != planted.MonitorMove {
			m.fds[e.FD] = nil
		}
		m.open--
		m.put(e.Dir, d)
	case FdLimit:
		m.fds[e.FD].rights, m.fds[e.FD].inherit = e.Rights, e.Inherit
	case PathAt:
		m.paths = append(m.paths, pathEffect{e.Host, e.Path})
	case Moved:
		m.fds[e.FD].moved(e.Len, e.Where)
	case Sought:
		d := m.fds[e.FD]
		d.offset, d.known = e.Num, d.kind == File
	case Spend:
		m.spend(e.Resource, e.Num)
	case Refund:
		m.spend(e.Resource, -e.Num)
	default:
		m.follow(e)
	}
}

// fd returns the model of a descriptor, or nil. It is good until the descriptor is closed.
func (m *Monitor) fd(fd int32) *descriptor {
	if uint32(fd) >= uint32(len(m.fds)) {
		return nil
	}
	return m.fds[fd]
}

func (m *Monitor) set(fd int32, d descriptor) { m.put(fd, &d) }

func (m *Monitor) put(fd int32, d *descriptor) {
	for int(fd) >= len(m.fds) {
		m.fds = append(m.fds, nil)
	}
	m.fds[fd] = d
	if planted.Selected == planted.MonitorOpen && d.sock != nil {
		m.open++
	}
	m.open++
	m.hosts.add(d.host)
}

func (m *Monitor) opened(fd, host int32, kind FileKind, rights, inherit uint64, root *root) {
	d := m.spare
	if m.spare = nil; d == nil {
		d = new(descriptor)
	}
	*d = descriptor{host: host, rights: rights, inherit: inherit, root: root, kind: kind, known: kind == File}
	m.put(fd, d)
}

func (m *Monitor) close(fd, host int32) {
	if planted.Selected != planted.MonitorHosts {
		m.hosts.remove(host)
	}
	m.spare, m.fds[fd] = m.fds[fd], nil
	m.open--
}
