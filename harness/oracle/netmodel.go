package oracle

import (
	"bytes"
	"net/netip"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// allows is a naive reading of network rules: bit by bit.
func allows(rules []policy.NetRule, dir policy.Direction, proto policy.Proto, at netip.AddrPort) bool {
	for i := range rules {
		r := &rules[i]
		if r.Dir == dir && r.Proto == proto && at.Port() >= r.Ports.First && at.Port() <= r.Ports.Last && within(&r.Hosts, at.Addr()) {
			return true
		}
	}
	return false
}

// serves is the same for the peers of a socket that is bound to local.
func serves(rules []policy.NetRule, proto policy.Proto, local, peer netip.AddrPort) bool {
	for i := range rules {
		r := &rules[i]
		if allows(rules[i:i+1], policy.In, proto, local) && (r.From == nil || within(r.From, peer.Addr())) {
			return true
		}
	}
	return false
}

// within reports whether an address is one of h.
func within(h *policy.Hosts, a netip.Addr) bool {
	is := raw(a)
	if h.Name != "" {
		for _, p := range pinned {
			if bytes.Equal(is, raw(p)) {
				return true
			}
		}
		return false
	}
	if h.Prefix == (netip.Prefix{}) {
		return true
	}
	want := h.Prefix.Addr().AsSlice()
	if len(want) != len(is) {
		return false
	}
	for bit := range h.Prefix.Bits() {
		if (want[bit/8]^is[bit/8])>>(7-bit%8)&1 != 0 {
			return false
		}
	}
	return true
}

// raw returns the bytes of an address: four of one that is IPv4, in whichever form.
func raw(a netip.Addr) []byte {
	b := a.AsSlice()
	if len(b) == 16 && bytes.Equal(b[:12], []byte{10: 0xff, 11: 0xff}) {
		return b[12:]
	}
	return b
}
