package policy

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Network is what a guest may do on the network: rules whose names have their addresses. The zero value allows nothing.
type Network struct {
	rules []NetRule
	names map[string][]netip.Addr
}

// NewNetwork resolves the names in rules by lookup, once: what a name is later makes no difference. The error names the rule.
func NewNetwork(rules []NetRule, lookup func(name string) ([]netip.Addr, error)) (*Network, error) {
	n := &Network{rules: slices.Clone(rules), names: map[string][]netip.Addr{}}
	for i := range n.rules {
		r := &n.rules[i]
		if r.Dir != In && r.Dir != Out || r.Proto != TCP && r.Proto != UDP {
			return nil, fmt.Errorf("network rule %q has no direction or protocol", r)
		}
		name := r.Hosts.Name
		if name == "" || n.names[name] != nil {
			continue
		}
		addrs, err := lookup(name)
		if err == nil && len(addrs) == 0 {
			err = fmt.Errorf("%s has no address", name)
		}
		if err != nil {
			return nil, fmt.Errorf("network rule %q: %w", r, err)
		}
		for _, a := range addrs {
			n.names[name] = append(n.names[name], a.Unmap().WithZone(""))
		}
	}
	return n, nil
}

// Lookup returns the addresses of a name that a rule has.
func (n *Network) Lookup(name string) []netip.Addr {
	if n == nil {
		return nil
	}
	return n.names[name]
}

// Uses reports whether any rule is about p.
func (n *Network) Uses(p Proto) bool {
	return n != nil && slices.ContainsFunc(n.rules, func(r NetRule) bool { return r.Proto == p })
}

// Allows returns a rule that allows the address at, in the form that [Plain] gives it: to connect or send to if dir is Out, to bind
// to if it is In. It is nil if none does.
func (n *Network) Allows(dir Direction, p Proto, at netip.AddrPort) *NetRule {
	if n == nil {
		return nil
	}
	for i := range n.rules {
		r := &n.rules[i]
		if r.Dir == dir && r.Proto == p && r.Ports.contains(at.Port()) && n.holds(&r.Hosts, at.Addr()) {
			return r
		}
	}
	return nil
}

// Serves reports whether a peer may be talked to by a socket that is bound to local.
func (n *Network) Serves(p Proto, local, peer netip.AddrPort) bool {
	if n == nil {
		return false
	}
	return slices.ContainsFunc(n.rules, func(r NetRule) bool {
		return r.Dir == In && r.Proto == p && r.Ports.contains(local.Port()) && n.holds(&r.Hosts, local.Addr()) && r.admits(peer.Addr())
	})
}

// admits reports whether an in rule serves a peer.
func (r *NetRule) admits(peer netip.Addr) bool { return r.From == nil || r.From.contains(peer) }

func (n *Network) holds(h *Hosts, addr netip.Addr) bool {
	if h.Name != "" {
		return slices.Contains(n.names[h.Name], addr)
	}
	return h.contains(addr)
}

// Plain returns an address in the one form in which it is matched and given to the host: IPv4 in IPv6 as IPv4, without a zone.
func Plain(a netip.AddrPort) netip.AddrPort {
	if planted.Selected == planted.MappedAddress {
		return netip.AddrPortFrom(a.Addr().WithZone(""), a.Port())
	}
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// IsDestination reports whether something can be sent to a: hosts take the unspecified address for one of their own, so that it
// would slip past rules about those.
func IsDestination(a netip.AddrPort) bool {
	return a.IsValid() && !a.Addr().IsUnspecified() && a.Port() != 0 && a == Plain(a)
}

// MaxReplies bounds the peers that a bound datagram socket remembers, to answer them.
const MaxReplies = 64

// Remember adds a peer to those that were heard last.
func Remember(peers []netip.AddrPort, peer netip.AddrPort) []netip.AddrPort {
	if slices.Contains(peers, peer) {
		return peers
	}
	if len(peers) == MaxReplies {
		peers = slices.Delete(peers, 0, 1)
	}
	return append(peers, peer)
}
