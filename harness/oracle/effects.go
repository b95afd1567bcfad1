package oracle

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// effectsTold is how many effects a monitor is told of one policy, and effectsOfCall of one hostcall at most.
const (
	effectsTold   = 40
	effectsOfCall = 8
)

// sameEffects tells two monitors, ours and the naive one, effects of made-up hostcalls, most of which are allowed or break one rule, and asserts
// that both allow the same.
func sameEffects(g *policy.Grants, src []byte) *Failure {
	sum := fnv.New64a()
	sum.Write(src)
	t := newTeller(g, rand.New(rand.NewPCG(sum.Sum64(), 1)))
	var told []string
	for left := 0; len(told) < effectsTold; left-- {
		if left == 0 {
			left = 1 + t.rand.IntN(effectsOfCall)
			declared := ^policy.OpSet(0)
			if t.rand.IntN(4) == 0 {
				declared = policy.OpSet(t.rand.Uint32())
			}
			t.ours.Begin("call", declared, memorySize(t.naive.memory))
			t.naive.begin(declared)
			told = append(told, "hostcall")
		}
		e := t.effect()
		told = append(told, fmt.Sprintf("%.80s host %d rights %#x %#x", e, e.Host, e.Rights, e.Inherit))
		v := t.check(&e)
		if want := t.naive.allows(&e); want != (v == nil) {
			return fail("policy: another decision on an effect", "%.300v\n%s", v, strings.Join(told, "\n"))
		}
	}
	return nil
}

// memorySize is a memory that has nothing but a size.
type memorySize uint64

// Size returns the size.
func (m memorySize) Size() uint64 { return uint64(m) }

// teller makes up effects.
type teller struct {
	rand   *rand.Rand
	ours   *policy.Monitor
	naive  *naiveMonitor
	places []netip.AddrPort // at the edges of the rules
}

func newTeller(g *policy.Grants, rnd *rand.Rand) *teller {
	const maxFDs = 12
	t := &teller{rand: rnd, ours: policy.NewMonitor(maxFDs), naive: &naiveMonitor{maxFDs: maxFDs, quotas: &g.Quotas, rules: g.Net, memory: 4096, fds: map[int32]*naiveFD{}}}
	t.ours.Limit(g.Quotas)
	resolve := func(string) ([]netip.Addr, error) { return pinned, nil }
	if n, err := policy.NewNetwork(g.Net, resolve); err == nil {
		t.ours.GrantNetwork(n)
	} else {
		t.naive.rules = nil
	}
	for range rnd.IntN(3) {
		r := policy.Range{Addr: rnd.Uint64N(4096), Len: rnd.Uint64N(32)}
		t.ours.Protect(r)
		t.naive.protected = append(t.naive.protected, r)
	}
	t.ours.Grant(0, 20, 0xff)
	t.naive.fds[0] = &naiveFD{host: 20, rights: 0xff}
	for i, r := range g.Dirs[:min(len(g.Dirs), 3)] {
		fd, rights, inherit := int32(3+i), rnd.Uint64()|rnd.Uint64(), rnd.Uint64()|rnd.Uint64()
		t.ours.GrantDir(fd, 20+fd, rights, inherit, r.Guest, r.Access)
		t.naive.fds[fd] = &naiveFD{host: 20 + fd, rights: rights, inherit: inherit, beneath: true, access: r.Access, kind: policy.Dir}
	}
	t.listener()
	for i := range g.Net[:min(len(g.Net), 4)] {
		for _, a := range g.Net[i].Boundary() {
			t.places = append(t.places, a, policy.Plain(a))
		}
	}
	t.places = append(t.places, t.naive.fds[8].bound, netip.MustParseAddrPort("127.0.0.1:0"), netip.MustParseAddrPort("[::1]:9"))
	return t
}

// listener grants a listening socket with a rule of its own.
func (t *teller) listener() {
	const fd, inherit = 8, 0xf0f
	bound := netip.MustParseAddrPort("127.0.0.1:80")
	own := []policy.NetRule{{Dir: policy.In, Proto: policy.TCP, Ports: policy.Ports{First: 80, Last: 80}, From: &policy.Hosts{Prefix: netip.MustParsePrefix("127.0.0.0/9")}}}
	n, err := policy.NewNetwork(own, nil)
	if err != nil {
		panic("policy: a rule without names")
	}
	t.ours.GrantListener(fd, 20+fd, 0xff, inherit, bound, n)
	t.naive.fds[fd] = &naiveFD{host: 20 + fd, rights: 0xff, inherit: inherit, sock: policy.TCP, own: own, bound: bound}
}

// check tells ours an effect, first by the way that is for the most frequent ones if there is one: what that does not allow is told again.
func (t *teller) check(e *policy.Effect) *policy.Violation {
	if e.Op == policy.Spend && t.rand.IntN(2) == 0 {
		return t.ours.Spend(e.Resource, e.Num)
	}
	if t.rand.IntN(2) == 0 && t.quick(e) {
		return nil
	}
	return t.ours.Check(e)
}

func (t *teller) quick(e *policy.Effect) bool {
	switch e.Op {
	case policy.ReadMem:
		return t.ours.QuickRead(e.Addr, e.Len)
	case policy.WriteMem:
		return t.ours.QuickWrite(e.Addr, e.Len)
	case policy.Stored:
		return t.ours.QuickStored(e.Addr, e.Len)
	case policy.Moved:
		return t.ours.QuickMoved(e.FD, e.Access, e.Len, e.Where)
	case policy.FdUse:
		return t.ours.QuickUse(e.FD, e.Host, e.Rights, e.Access)
	case policy.Clock, policy.Random, policy.Sleep, policy.Exit:
		return t.ours.QuickPlain(e.Op)
	}
	return false
}

// toldOps are the effects that the naive monitor knows, the frequent ones of hostcalls more than once.
var toldOps = []policy.Op{policy.ReadMem, policy.WriteMem, policy.WriteMem, policy.Stored, policy.FdUse, policy.FdUse, policy.FdOpen, policy.FdOpen,
	policy.FdClose, policy.FdMove, policy.FdLimit, policy.PathAt, policy.PathAt, policy.Target, policy.Moved, policy.Moved, policy.Sought, policy.Sought,
	policy.Clock, policy.Sleep, policy.SockCreate, policy.SockCreate, policy.SockOpen, policy.SockOpen, policy.NetBind, policy.NetBind, policy.NetListen,
	policy.NetConnect, policy.NetConnect, policy.NetPeer, policy.NetSend, policy.NetReceive, policy.Spend, policy.Spend, policy.Refund}

// effect makes up the next effect.
func (t *teller) effect() policy.Effect {
	e := policy.Effect{Op: toldOps[t.rand.IntN(len(toldOps))], FD: int32(t.rand.IntN(14)) - 1, Access: policy.Access(t.rand.UintN(128))}
	fd := t.some(e.Op)
	if t.rand.IntN(8) > 0 {
		e.FD = fd
	}
	d := t.naive.fds[e.FD]
	if d == nil {
		d = &naiveFD{}
	}
	e.Host, e.Rights, e.Inherit = d.host, t.within(d.rights), t.within(d.inherit)
	if t.rand.IntN(16) == 0 {
		e.Host = int32(20 + t.rand.IntN(14))
	}
	if d.beneath && t.rand.IntN(4) > 0 {
		e.Access &= d.access
	}
	e.Where, e.Whence, e.Proto = policy.Where(t.rand.IntN(3)), uint8(t.rand.IntN(3)), policy.TCP+policy.Proto(t.rand.IntN(2))
	if d.sock != 0 && t.rand.IntN(8) > 0 {
		e.Proto = d.sock
	}
	t.memory(&e)
	t.opened(&e)
	t.numbers(&e, d)
	e.Path = []string{"a", "a/b", "", "/a", "a\x00", "\xff", strings.Repeat("a", 4095), strings.Repeat("a", 4096)}[min(t.rand.IntN(16), 7)]
	e.Net = t.places[t.rand.IntN(len(t.places))]
	switch {
	case e.Op == policy.NetListen && d.bound.IsValid() && t.rand.IntN(2) == 0:
		e.Net = netip.AddrPortFrom(d.bound.Addr(), d.bound.Port()+uint16(t.rand.IntN(2)))
	case e.Op == policy.NetPeer && d.waiting.IsValid() && t.rand.IntN(2) == 0:
		e.Net = d.waiting
	case len(d.heard) > 0 && t.rand.IntN(2) == 0:
		e.Net = d.heard[0]
	}
	if e.Op == policy.NetReceive || e.Op == policy.SockOpen {
		e.Net = policy.Plain(e.Net) // package hostos gives no other form
	}
	return e
}

// some returns a descriptor that an effect may be about, if there is one.
func (t *teller) some(op policy.Op) int32 {
	socks := op >= policy.NetBind && op <= policy.NetReceive
	for range 8 {
		fd := int32(t.rand.IntN(12))
		if d := t.naive.fds[fd]; d != nil && (d.sock != 0) == socks && (op != policy.PathAt || d.kind == policy.Dir) && (op != policy.Sought || d.kind == policy.File) {
			return fd
		}
	}
	return int32(t.rand.IntN(12))
}

// within returns some bits of a set, seldom with one more.
func (t *teller) within(set uint64) uint64 {
	set &= t.rand.Uint64()
	if t.rand.IntN(8) == 0 {
		set |= 1 << t.rand.IntN(64)
	}
	return set
}

// memory chooses a range: at an edge of the memory or of a protected range, or in what was told.
func (t *teller) memory(e *policy.Effect) {
	edges := []uint64{0, t.naive.memory, 1<<32 - 1, 1<<64 - 1}
	for _, p := range append(t.naive.protected, t.naive.writes...) {
		edges = append(edges, p.Addr, p.Addr+p.Len, p.Addr, p.Addr+p.Len)
	}
	at := edges[t.rand.IntN(len(edges))]
	e.Addr, e.Len = at+uint64(t.rand.IntN(5))-2, uint64(t.rand.IntN(5))
	if t.rand.IntN(4) == 0 {
		e.Addr, e.Len = t.rand.Uint64N(t.naive.memory), t.rand.Uint64N(64)
	}
}

// opened chooses what a new descriptor is.
func (t *teller) opened(e *policy.Effect) {
	e.Dir, e.Kind = int32(t.rand.IntN(14))-1, policy.FileKind(min(t.rand.IntN(8), 3))
	switch e.Op {
	case policy.FdOpen, policy.SockOpen:
		e.FD, e.Host = int32(t.rand.IntN(13)), int32(20+t.rand.IntN(16))
		if e.Op == policy.FdOpen && t.rand.IntN(8) > 0 {
			e.Dir = t.some(policy.PathAt)
		} else if e.Op == policy.SockOpen && t.rand.IntN(8) > 0 {
			e.Dir = []int32{policy.NoListener, 8}[t.rand.IntN(2)]
		}
		if t.naive.created != 0 && e.Dir == policy.NoListener && t.rand.IntN(4) > 0 {
			e.Proto = t.naive.created
		}
		if through := t.naive.fds[e.Dir]; through != nil {
			e.Rights, e.Inherit = t.within(through.inherit), t.within(through.inherit)
		}
	case policy.Moved:
		e.Access = []policy.Access{policy.Read, policy.Write}[t.rand.IntN(2)]
	}
}

// numbers chooses amounts at the bounds, and offsets that are right or nearly.
func (t *teller) numbers(e *policy.Effect, d *naiveFD) {
	e.Resource = policy.Resource(t.rand.IntN(int(policy.NumResources)))
	most, _ := t.naive.quotas.Max(e.Resource)
	switch e.Op {
	case policy.Spend:
		left := most - t.naive.spent[e.Resource]
		e.Num = []uint64{0, 1, left, left + 1, left / 2, most}[t.rand.IntN(6)] % (1 << 40)
	case policy.Refund:
		e.Num = []uint64{0, 1, t.naive.taken[e.Resource], t.naive.taken[e.Resource] + 1}[t.rand.IntN(4)]
	case policy.Sought:
		e.Num = e.Len
		if e.Whence == policy.SeekCur {
			e.Num += d.offset
		}
		if t.rand.IntN(6) == 0 {
			e.Num++
		}
	}
}
