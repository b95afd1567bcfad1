package oracle

import (
	"errors"
	"math/big"
	"net/netip"
	"reflect"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// maxRules bounds the rules of a policy that decisions are compared for, because each is compared with all.
const maxRules = 40

// Policy asserts of any bytes as a policy file: what is refused is refused with a place inside the file; what is accepted prints as
// a file with the same rules; and the monitor decides at the edges of every rule as a naive reading of the rules does. It returns
// whether src is a policy.
func Policy(src []byte) (bool, *Failure) {
	var p policy.Policy
	if err := p.Parse("policy", src); err != nil {
		return false, misplaced(src, err)
	}
	if f := roundTrip(&p); f != nil {
		return true, f
	}
	modules := map[string]bool{}
	for _, l := range p.Lines() {
		if f := sameAmounts(l.Grant); f != nil {
			return true, f
		}
		modules[l.Module] = true
	}
	for module := range modules {
		g := p.Grants(module)
		if len(g.Net)+len(g.Dirs) > maxRules {
			continue
		}
		if f := sameDecisions(g); f != nil {
			return true, f
		}
		if f := sameEffects(g, src); f != nil {
			return true, f
		}
	}
	return true, nil
}

// misplaced asserts that an error of parsing says where.
func misplaced(src []byte, err error) *Failure {
	var syntax *policy.SyntaxError
	if !errors.As(err, &syntax) {
		return fail("policy: untyped error", "%T: %v", err, err)
	}
	lines := splitLines(src)
	if syntax.Line < 1 || syntax.Line > len(lines) || syntax.Column < 1 || syntax.Column > len(lines[syntax.Line-1])+1 {
		return fail("policy: error outside the file", "%v", err)
	}
	return nil
}

func splitLines(src []byte) (lines []string) {
	start := 0
	for i, b := range src {
		if b == '\n' {
			lines, start = append(lines, string(src[start:i])), i+1
		}
	}
	return append(lines, string(src[start:]))
}

// roundTrip asserts that a policy prints as one with the same rules.
func roundTrip(p *policy.Policy) *Failure {
	text := p.String()
	var again policy.Policy
	if err := again.Parse("again", []byte(text)); err != nil {
		return fail("policy: what is printed is refused", "%q: %v", text, err)
	}
	if again.String() != text {
		return fail("policy: printing is not stable", "%q\n%q", text, again.String())
	}
	a, b := p.Lines(), again.Lines()
	if len(a) != len(b) {
		return fail("policy: other rules when printed", "%d and %d lines of %q", len(a), len(b), text)
	}
	for i := range a {
		if a[i].Kind != b[i].Kind || a[i].Module != b[i].Module || !reflect.DeepEqual(a[i].Grant, b[i].Grant) {
			return fail("policy: other rules when printed", "%+v\n%+v", a[i], b[i])
		}
	}
	return nil
}

// sameAmounts reads the numbers of bytes and things that a quota bounds once more.
func sameAmounts(g policy.Grant) *Failure {
	q, ok := g.(policy.QuotaRule)
	if !ok {
		return nil
	}
	for _, part := range strings.Split(q.String(), ",") {
		name, value, _ := strings.Cut(part, "=")
		for r := range policy.NumResources {
			max, bounded := q.Max(r)
			if r.String() != name || r == policy.SleepTime {
				continue
			}
			if want := amount(value); !bounded || want.Cmp(new(big.Int).SetUint64(max)) != 0 {
				return fail("policy: another amount", "%s: %d, %v", part, max, bounded)
			}
		}
	}
	return nil
}

// amount reads a number of bytes in a unit of powers of 1024.
func amount(value string) *big.Int {
	n := new(big.Int)
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		if digits, ok := strings.CutSuffix(value, unit); ok {
			n.SetString(digits, 10)
			return n.Lsh(n, uint(10*(i+1)))
		}
	}
	n.SetString(value, 10)
	return n
}

// sameDecisions compares the monitor with a naive reading of the rules of one module.
func sameDecisions(g *policy.Grants) *Failure {
	for _, r := range g.Dirs {
		for _, e := range r.Boundary() {
			m := monitorOf(g)
			m.GrantDir(3, 13, 0, 0, r.Guest, r.Access)
			e.FD, e.Host = 3, 13
			if v := m.Check(&e); (v == nil) != (e.Access|r.Access == r.Access) {
				return fail("policy: another decision on a directory", "%s: %v gives %v", r, e, v)
			}
		}
	}
	for r := range policy.NumResources {
		max, bounded := g.Quotas.Max(r)
		if r == policy.FDs || !bounded {
			continue // descriptors are counted as they are opened
		}
		for _, first := range []uint64{0, 1, max / 2, max} {
			m := monitorOf(g)
			if first > max {
				continue
			}
			ok := m.Spend(r, first) == nil && m.Spend(r, max-first) == nil && m.Spend(r, 0) == nil && m.Spend(r, 1) != nil
			if !ok {
				return fail("policy: another decision on a quota", "%s: %d, then the rest of %d", r, first, max)
			}
		}
	}
	return sameNetwork(g.Net)
}

// monitorOf returns a monitor with the quotas of a module, in a hostcall that declares all effects.
func monitorOf(g *policy.Grants) *policy.Monitor {
	m := policy.NewMonitor(10)
	m.Limit(g.Quotas)
	m.Begin("call", ^policy.OpSet(0), nil)
	return m
}

// pinned are the addresses of every name.
var pinned = []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, 7}), netip.MustParseAddr("::ffff:198.51.100.9"), netip.MustParseAddr("2001:db8::7")}

// sameNetwork compares what network rules allow at their edges.
func sameNetwork(rules []policy.NetRule) *Failure {
	n, err := policy.NewNetwork(rules, func(string) ([]netip.Addr, error) { return pinned, nil })
	if err != nil {
		return fail("policy: rules are refused later", "%v", err)
	}
	for i := range rules {
		at := rules[i].Boundary()
		for _, a := range pinned {
			at = append(at, netip.AddrPortFrom(a, rules[i].Ports.First))
		}
		for _, a := range at {
			for _, dir := range []policy.Direction{policy.Out, policy.In} {
				for _, proto := range []policy.Proto{policy.TCP, policy.UDP} {
					got := n.Allows(dir, proto, policy.Plain(a)) != nil
					if want := allows(rules, dir, proto, a); got != want {
						return fail("policy: another decision on the network", "%s %s %s: %v by %v", dir, proto, a, got, rules)
					}
				}
			}
			if f := sameService(n, rules, &rules[i], a); f != nil {
				return f
			}
		}
	}
	return nil
}

// sameService compares whom a socket bound to the address a serves.
func sameService(n *policy.Network, rules []policy.NetRule, r *policy.NetRule, a netip.AddrPort) *Failure {
	peers := []netip.AddrPort{netip.AddrPortFrom(pinned[0], 1)}
	if r.From != nil {
		peers = append(peers, policy.NetRule{Hosts: *r.From}.Boundary()...)
	}
	for _, peer := range peers {
		got := n.Serves(r.Proto, policy.Plain(a), policy.Plain(peer))
		if want := serves(rules, r.Proto, a, peer); got != want {
			return fail("policy: another decision on a peer", "%s %s from %s: %v by %v", r.Proto, a, peer, got, rules)
		}
	}
	return nil
}
