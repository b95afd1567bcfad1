package policy

import (
	"net/netip"
	"strings"
)

// ListenRule is a socket of the host that accepts connections for a guest.
type ListenRule struct {
	Addr netip.AddrPort // port 0: the host chooses one
	From []netip.Prefix // whom it serves; empty for everyone
	text string         // as it was written
}

// String returns the rule as it was written.
func (l ListenRule) String() string { return l.text }

func (l ListenRule) add(g *Grants) error {
	g.Listeners = append(g.Listeners, l)
	return nil
}

// ParseListen parses ADDRESS:PORT, and behind " from " prefixes with commas. Errors are *SyntaxError.
func ParseListen(text string) (ListenRule, error) {
	const form = "write ADDRESS:PORT, as 127.0.0.1:8080 or [::1]:0, and perhaps 'from PREFIX,…'"
	addr, from, served := strings.Cut(text, " from ")
	at, err := netip.ParseAddrPort(addr)
	if err != nil || at != Plain(at) {
		return ListenRule{}, wrong(0, "%s", form)
	}
	l := ListenRule{Addr: at, text: text}
	offset := len(addr) + len(" from ")
	for p := range strings.SplitSeq(from, ",") {
		if !served {
			break
		}
		prefix, err := netip.ParsePrefix(p)
		if addr, addrErr := netip.ParseAddr(p); addrErr == nil && addr.Zone() == "" && !addr.Is4In6() {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil || prefix != prefix.Masked() {
			return ListenRule{}, wrong(offset, "%q is no address or prefix; %s", p, form)
		}
		l.From = append(l.From, prefix)
		offset += len(p) + 1
	}
	return l, nil
}
