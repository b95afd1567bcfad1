package oracle

import (
	"bytes"
	"net/netip"
	"slices"
	"unicode/utf8"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// naiveMonitor is a second monitor: the rules of runtime/docs/policy.md, read plainly and without a thought of speed. A rule that the monitor does not
// enforce shows nowhere else as long as the hostcalls themselves are right.
type naiveMonitor struct {
	maxFDs    int
	quotas    *policy.Quotas
	rules     []policy.NetRule
	memory    uint64
	protected []policy.Range
	fds       map[int32]*naiveFD
	spent     [policy.NumResources]uint64

	// Of the hostcall in progress:
	declared      policy.OpSet
	reads, writes []policy.Range
	created       policy.Proto
	taken         [policy.NumResources]uint64
}

// naiveFD is a descriptor of the guest.
type naiveFD struct {
	host            int32
	rights, inherit uint64
	beneath         bool          // a preopened directory
	access          policy.Access // that this grants
	kind            policy.FileKind
	offset          uint64
	known           bool
	sock            policy.Proto // 0 if it is none
	own             []policy.NetRule
	bound, waiting  netip.AddrPort
	heard           []netip.AddrPort
}

// begin is [policy.Monitor.Begin].
func (m *naiveMonitor) begin(declared policy.OpSet) {
	m.declared, m.reads, m.writes, m.created = declared, nil, nil, 0
	m.taken = [policy.NumResources]uint64{}
}

// allows reports whether an effect may happen, and if so, lets it.
func (m *naiveMonitor) allows(e *policy.Effect) bool {
	if !m.declared.Has(e.Op) {
		return false
	}
	d := m.fds[e.FD]
	owned := d != nil && d.host == e.Host
	switch e.Op {
	case policy.ReadMem, policy.WriteMem:
		return m.touches(e)
	case policy.Stored:
		return e.Len == 0 || slices.ContainsFunc(m.writes, func(r policy.Range) bool {
			end := e.Addr + e.Len
			return e.Addr >= r.Addr && end >= e.Addr && end <= r.Addr+r.Len
		})
	case policy.FdUse:
		return owned && subset(e.Rights, d.rights) && d.grants(e.Access)
	case policy.PathAt:
		return owned && subset(e.Rights, d.rights) && subset(e.Inherit, d.inherit) && d.beneath && d.kind == policy.Dir && d.grants(e.Access) && plainPath(e.Path)
	case policy.Target:
		return plainPath(e.Path)
	case policy.FdOpen:
		return m.opens(e)
	case policy.FdClose:
		delete(m.fds, ifOwned(owned, e.FD))
		return owned
	case policy.FdMove:
		return owned && m.moves(e, d)
	case policy.FdLimit:
		if owned = owned && subset(e.Rights, d.rights) && subset(e.Inherit, d.inherit); owned {
			d.rights, d.inherit = e.Rights, e.Inherit
		}
		return owned
	case policy.Moved:
		return d != nil && d.kind != policy.Dir && m.movesBytes(e, d)
	case policy.Sought:
		return d != nil && d.kind != policy.Dir && d.seeks(e)
	case policy.Spend:
		return m.spends(e)
	case policy.Refund:
		if e.Num > m.taken[e.Resource] {
			return false
		}
		m.taken[e.Resource] -= e.Num
		m.spent[e.Resource] -= e.Num
	case policy.SockCreate, policy.SockOpen, policy.NetBind, policy.NetListen, policy.NetConnect, policy.NetPeer, policy.NetSend, policy.NetReceive:
		return m.networks(e, d, owned)
	}
	return true
}

// ifOwned returns fd, or a number that no descriptor has.
func ifOwned(is bool, fd int32) int32 {
	if is {
		return fd
	}
	return -1
}

// subset reports whether each bit of a is one of b.
func subset(a, b uint64) bool {
	for bit := range 64 {
		if a>>bit&1 == 1 && b>>bit&1 == 0 {
			return false
		}
	}
	return true
}

func (d *naiveFD) grants(access policy.Access) bool {
	return !d.beneath || subset(uint64(access), uint64(d.access))
}

// plainPath reports whether a path is what the host may be given.
func plainPath(path string) bool {
	return path != "" && len(path) < 4096 && path[0] != '/' && !bytes.ContainsRune([]byte(path), 0) && utf8.ValidString(path)
}

// touches is about memory: each byte that is protected is looked at.
func (m *naiveMonitor) touches(e *policy.Effect) bool {
	end := e.Addr + e.Len
	if end < e.Addr || end > m.memory {
		return false
	}
	r := policy.Range{Addr: e.Addr, Len: e.Len}
	if e.Op == policy.ReadMem {
		m.reads = append(m.reads, r)
		return true
	}
	for _, p := range m.protected {
		for b := p.Addr; b < p.Addr+p.Len; b++ {
			if b >= e.Addr && b < end {
				return false
			}
		}
	}
	m.writes = append(m.writes, r)
	return true
}

// fresh reports whether a descriptor can be given.
func (m *naiveMonitor) fresh(e *policy.Effect) bool {
	for _, d := range m.fds {
		if d.host == e.Host && e.Host >= 0 {
			return false
		}
	}
	most, bounded := m.quotas.Max(policy.FDs)
	return e.FD >= 0 && int(e.FD) < m.maxFDs && m.fds[e.FD] == nil && !(bounded && uint64(len(m.fds)) >= most)
}

func (m *naiveMonitor) opens(e *policy.Effect) bool {
	dir := m.fds[e.Dir]
	if !m.fresh(e) || dir == nil || !dir.beneath || !subset(e.Rights, dir.inherit) || !subset(e.Inherit, dir.inherit) || e.Kind == policy.Device {
		return false
	}
	m.fds[e.FD] = &naiveFD{host: e.Host, rights: e.Rights, inherit: e.Inherit, beneath: true, access: dir.access, kind: e.Kind, known: e.Kind == policy.File}
	return true
}

func (m *naiveMonitor) moves(e *policy.Effect, d *naiveFD) bool {
	if e.Dir < 0 || int(e.Dir) >= m.maxFDs || m.fds[e.Dir] != nil {
		return false
	}
	delete(m.fds, e.FD)
	m.fds[e.Dir] = d
	return true
}

func (m *naiveMonitor) movesBytes(e *policy.Effect, d *naiveFD) bool {
	told, list := uint64(0), m.reads
	if e.Access == policy.Read {
		list = m.writes
	}
	for _, r := range list {
		told += r.Len
	}
	if e.Len > told {
		return false
	}
	if d.kind == policy.File {
		switch e.Where {
		case policy.AtOffset:
			d.offset += e.Len
		case policy.AtEnd:
			d.known = false
		}
	}
	return true
}

func (d *naiveFD) seeks(e *policy.Effect) bool {
	ok := true
	switch e.Whence {
	case policy.SeekSet:
		ok = e.Num == e.Len
	case policy.SeekCur:
		ok = !d.known || e.Num == d.offset+e.Len
	}
	if ok {
		d.offset, d.known = e.Num, d.kind == policy.File
	}
	return ok
}

func (m *naiveMonitor) spends(e *policy.Effect) bool {
	most, bounded := m.quotas.Max(e.Resource)
	if bounded && (e.Num > most || m.spent[e.Resource] > most-e.Num) && e.Resource != policy.FDs {
		return false
	}
	m.spent[e.Resource] += e.Num
	m.taken[e.Resource] += e.Num
	return true
}

// networks is about sockets.
func (m *naiveMonitor) networks(e *policy.Effect, d *naiveFD, owned bool) bool {
	switch e.Op {
	case policy.SockCreate:
		if !slices.ContainsFunc(m.rules, func(r policy.NetRule) bool { return r.Proto == e.Proto }) {
			return false
		}
		m.created = e.Proto
		return true
	case policy.SockOpen:
		return m.opensSocket(e)
	}
	if !owned || !subset(e.Rights, d.rights) || d.sock == 0 || d.sock != e.Proto {
		return false
	}
	plain := e.Net.IsValid() && !e.Net.Addr().Is4In6() && e.Net.Addr().Zone() == ""
	somewhere := plain && !e.Net.Addr().IsUnspecified() && e.Net.Port() != 0
	out := plain && allows(m.rules, policy.Out, e.Proto, e.Net)
	switch e.Op {
	case policy.NetBind:
		if !plain || !allows(m.rules, policy.In, e.Proto, e.Net) {
			return false
		}
		d.bound = e.Net
	case policy.NetListen:
		return d.bound.IsValid() && d.bound.Addr() == e.Net.Addr() && (d.bound.Port() == 0 || d.bound.Port() == e.Net.Port())
	case policy.NetConnect:
		if !somewhere || !out {
			return false
		}
		d.waiting = e.Net
	case policy.NetPeer:
		return e.Net.IsValid() && d.waiting == e.Net
	case policy.NetSend:
		return somewhere && (out || slices.Contains(d.heard, e.Net))
	case policy.NetReceive:
		if !m.serves(d, e) && !out {
			return false
		}
		d.heard = append(d.heard, e.Net)
	}
	return true
}

// serves reports whether a peer is one that a bound socket may hear.
func (m *naiveMonitor) serves(d *naiveFD, e *policy.Effect) bool {
	rules := m.rules
	if d.own != nil {
		rules = d.own
	}
	return d.bound.IsValid() && serves(rules, e.Proto, d.bound, e.Net)
}

func (m *naiveMonitor) opensSocket(e *policy.Effect) bool {
	if !m.fresh(e) {
		return false
	}
	if e.Dir == policy.NoListener {
		if m.created != e.Proto || e.Proto == 0 {
			return false
		}
	} else if l := m.fds[e.Dir]; l == nil || l.sock != policy.TCP || e.Proto != policy.TCP || !subset(e.Rights, l.inherit) || !subset(e.Inherit, l.inherit) || !m.serves(l, e) {
		return false
	}
	m.created = 0
	m.fds[e.FD] = &naiveFD{host: e.Host, rights: e.Rights, inherit: e.Inherit, sock: e.Proto}
	return true
}
