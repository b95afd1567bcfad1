package policy

import (
	"fmt"
	"net/netip"
)

// NetRefusal says what a guest was refused because no network rule allows it. Unlike a [Violation] it is an ordinary event: the guest
// got an errno, or never heard of a peer, and went on.
type NetRefusal struct {
	Rule     string // the rule that would have been violated
	Hostcall string
	Proto    Proto
	Dir      Direction      // 0 if it is about the protocol alone
	Addr     netip.AddrPort // not valid if it is about the protocol or a name
	Name     string         // that was to be resolved
}

// Missing returns the rule that would have allowed it, or false if there is no such rule: a protocol alone does not say what the guest
// would do with it, whom a listener serves is said where it is granted, and a name can be one that rules cannot have.
func (r *NetRefusal) Missing() (NetRule, bool) {
	rule := NetRule{Dir: r.Dir, Proto: r.Proto, Ports: Ports{r.Addr.Port(), r.Addr.Port()}}
	switch {
	case r.Name != "":
		rule.Dir, rule.Proto, rule.Hosts.Name, rule.Ports = Out, TCP, r.Name, AllPorts
	case r.Rule == "net-peer" || !r.Addr.IsValid():
		return rule, false
	default:
		rule.Hosts = Hosts{Prefix: netip.PrefixFrom(r.Addr.Addr(), r.Addr.Addr().BitLen()), bare: true}
	}
	_, err := ParseNetRule(rule.String())
	return rule, err == nil
}

// String returns the call and what was refused.
func (r *NetRefusal) String() string {
	what := r.Proto.String()
	switch {
	case r.Name != "":
		what = fmt.Sprintf("the name %.100q", r.Name)
	case r.Rule == "net-peer":
		what += " from " + r.Addr.String()
	case r.Dir == Out:
		what += " to " + r.Addr.String()
	case r.Dir == In:
		what += " on " + r.Addr.String()
	}
	return fmt.Sprintf("%s: %s was refused: %s", r.Hostcall, what, r.Rule)
}
