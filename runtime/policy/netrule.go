package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Proto is a transport protocol over IP.
type Proto uint8

// The protocols that guests can be allowed.
const (
	TCP Proto = 1 + iota
	UDP
)

var protoNames = [...]string{TCP: "tcp", UDP: "udp"}

// String returns the name as rules have it.
func (p Proto) String() string {
	if p >= TCP && int(p) < len(protoNames) {
		return protoNames[p]
	}
	return "proto(" + strconv.Itoa(int(p)) + ")"
}

// Direction says who begins.
type Direction uint8

// The directions.
const (
	Out Direction = 1 + iota // the guest connects or sends to an address
	In                       // the guest binds to an address of the host, and others connect or send to it
)

var directionNames = [...]string{Out: "out", In: "in"}

// String returns the name as rules have it.
func (d Direction) String() string {
	if d >= Out && int(d) < len(directionNames) {
		return directionNames[d]
	}
	return "direction(" + strconv.Itoa(int(d)) + ")"
}

// Hosts is a set of addresses: all of them if it is the zero value, those of a prefix, or those of a name.
type Hosts struct {
	Prefix netip.Prefix
	Name   string // resolved once, before the guest runs; see [NewNetwork]
	bare   bool   // the prefix was written as an address
}

// Ports is a range of ports, both ends included.
type Ports struct{ First, Last uint16 }

// AllPorts is every port, and 0, by which a guest asks the host to choose one.
var AllPorts = Ports{0, 1<<16 - 1}

// NetRule allows a guest a part of the network. Its notation is
//
//	allow out tcp 127.0.0.0/8:8000-8999
//	allow out udp [2001:db8::/32]:53
//	allow out tcp example.org:443
//	allow in tcp *:8080 from 10.0.0.0/8
//
// An out rule names the addresses and ports that the guest may connect or send to. An in rule names those of the host that
// it may bind to, and after "from" whom it serves: everybody, if that is missing. What no rule allows is refused.
type NetRule struct {
	Dir   Direction
	Proto Proto
	Hosts Hosts
	Ports Ports
	From  *Hosts // In only
}

// netRuleForm is the end of messages about rules.
const netRuleForm = "write 'allow out|in tcp|udp HOST:PORTS', HOST an address, a prefix, a name or *, PORTS a port, a range or *; 'from HOST' may follow an in rule"

// ParseNetRule parses the notation of [NetRule]. [NetRule.String] gives back what was parsed, with single spaces.
func ParseNetRule(s string) (NetRule, error) {
	r, err := parseNetRule(strings.Fields(s))
	if err != nil {
		return NetRule{}, fmt.Errorf("network rule %q: %w; %s", s, err, netRuleForm)
	}
	return r, nil
}

func parseNetRule(words []string) (r NetRule, err error) {
	switch {
	case len(words) != 4 && len(words) != 6:
		return r, errors.New("it has not four or six words")
	case words[0] != "allow":
		return r, fmt.Errorf("it begins with %q; rules only allow", words[0])
	}
	if r.Dir = Direction(indexOf(directionNames[:], words[1])); r.Dir == 0 {
		return r, fmt.Errorf("%q is no direction", words[1])
	}
	if r.Proto = Proto(indexOf(protoNames[:], words[2])); r.Proto == 0 {
		return r, fmt.Errorf("%q is no protocol", words[2])
	}
	colon := strings.LastIndexByte(words[3], ':')
	if colon < 0 || strings.HasSuffix(words[3], "]") {
		return r, errors.New("the ports are missing")
	}
	if r.Hosts, err = parseHosts(words[3][:colon]); err != nil {
		return r, err
	}
	if r.Ports, err = parsePorts(words[3][colon+1:]); err != nil {
		return r, err
	}
	if len(words) == 4 {
		return r, nil
	}
	if words[4] != "from" || r.Dir != In {
		return r, fmt.Errorf("%q follows the ports", words[4])
	}
	from, err := parseHosts(words[5])
	if err == nil && from.Name != "" {
		err = errors.New("the peers of an in rule are addresses, not names")
	}
	r.From = &from
	return r, err
}

// indexOf returns the index of s, or 0, which no name has.
func indexOf(names []string, s string) int {
	for i, name := range names {
		if i > 0 && name == s {
			return i
		}
	}
	return 0
}

func parseHosts(s string) (Hosts, error) {
	if s == "*" {
		return Hosts{}, nil
	}
	inner, bracketed := strings.CutPrefix(s, "[")
	if bracketed {
		var closed bool
		if inner, closed = strings.CutSuffix(inner, "]"); !closed {
			return Hosts{}, fmt.Errorf("%q has no closing bracket", s)
		}
	}
	h := Hosts{}
	if addr, err := netip.ParseAddr(inner); err == nil {
		h.Prefix, h.bare = netip.PrefixFrom(addr.WithZone(""), addr.BitLen()), true
		if addr.Zone() != "" {
			return Hosts{}, fmt.Errorf("%q has a zone", inner)
		}
	} else if prefix, err := netip.ParsePrefix(inner); err == nil {
		h.Prefix = prefix
		if prefix != prefix.Masked() {
			return Hosts{}, fmt.Errorf("%s has bits beyond its prefix; write %s", inner, prefix.Masked())
		}
	} else if bracketed || !isName(inner) {
		return Hosts{}, fmt.Errorf("%q is no address, prefix, name or *", s)
	} else {
		return Hosts{Name: inner}, nil
	}
	switch addr := h.Prefix.Addr(); {
	case addr.Is4In6():
		return Hosts{}, fmt.Errorf("%s is an IPv4 address in IPv6; write it as IPv4", inner)
	case addr.Is6() != bracketed:
		return Hosts{}, fmt.Errorf("IPv6 stands in brackets and nothing else does: %q", s)
	case h.text() != s:
		return Hosts{}, fmt.Errorf("write %s as %s", s, h.text())
	}
	return h, nil
}

// isName reports whether s can be the name of a host (RFC 1123 section 2.1).
func isName(s string) bool {
	if len(s) > 253 || s != strings.ToLower(s) {
		return false
	}
	letters := false
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			letter := c >= 'a' && c <= 'z'
			letters = letters || letter
			if !letter && c != '-' && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return letters
}

func parsePorts(s string) (Ports, error) {
	if s == "*" {
		return AllPorts, nil
	}
	first, last, isRange := strings.Cut(s, "-")
	if !isRange {
		last = first
	}
	a, err := strconv.ParseUint(first, 10, 16)
	b, err2 := strconv.ParseUint(last, 10, 16)
	p := Ports{uint16(a), uint16(b)}
	switch {
	case err != nil || err2 != nil || p.First > p.Last:
		return p, fmt.Errorf("%q is no port or range of ports", s)
	case p.text() != s:
		return p, fmt.Errorf("write the ports %s as %s", s, p.text())
	}
	return p, nil
}

// String returns the rule in its notation.
func (r NetRule) String() string {
	s := "allow " + r.Dir.String() + " " + r.Proto.String() + " " + r.Hosts.text() + ":" + r.Ports.text()
	if r.From != nil {
		s += " from " + r.From.text()
	}
	return s
}

func (h *Hosts) text() string {
	s := h.Name
	switch {
	case s != "":
		return s
	case !h.Prefix.IsValid():
		return "*"
	case h.bare:
		s = h.Prefix.Addr().String()
	default:
		s = h.Prefix.String()
	}
	if h.Prefix.Addr().Is6() {
		return "[" + s + "]"
	}
	return s
}

func (p Ports) text() string {
	switch {
	case p == AllPorts:
		return "*"
	case p.First == p.Last:
		return strconv.Itoa(int(p.First))
	}
	return fmt.Sprintf("%d-%d", p.First, p.Last)
}

// contains reports whether addr, which is not an IPv4 address in IPv6, is in h. A name has no addresses here.
func (h *Hosts) contains(addr netip.Addr) bool {
	if planted.Selected == planted.PrefixBytes && h.Prefix.Bits() > 8 {
		return h.Name == "" && netip.PrefixFrom(h.Prefix.Addr(), h.Prefix.Bits()&^7).Contains(addr)
	}
	return h.Name == "" && (!h.Prefix.IsValid() || h.Prefix.Contains(addr))
}

func (p Ports) contains(port uint16) bool {
	return p.First <= port && (port <= p.Last || planted.Selected == planted.PortRange && port == p.Last+1)
}

// Boundary returns addresses on both sides of the rule's edges: the first and last that it names, those next to them outside, and
// IPv4 in the form of IPv6, each with the ports at and next to the ends of the range.
func (r NetRule) Boundary() []netip.AddrPort {
	var addrs []netip.Addr
	if p := r.Hosts.Prefix; p.IsValid() {
		first, last := p.Addr(), lastOf(p)
		for _, a := range []netip.Addr{first, last, first.Prev(), last.Next()} {
			if a.IsValid() {
				addrs = append(addrs, a)
			}
			if a.Is4() {
				addrs = append(addrs, netip.AddrFrom16(a.As16()))
			}
		}
	} else {
		addrs = []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified(), netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	}
	var ports []uint16
	for _, p := range []int{int(r.Ports.First), int(r.Ports.Last), int(r.Ports.First) - 1, int(r.Ports.Last) + 1} {
		if p >= 0 && p < 1<<16 {
			ports = append(ports, uint16(p))
		}
	}
	var list []netip.AddrPort
	for _, a := range addrs {
		for _, p := range ports {
			list = append(list, netip.AddrPortFrom(a, p))
		}
	}
	return list
}

// lastOf returns the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func (r NetRule) add(g *Grants) error {
	g.Net = append(g.Net, r)
	return nil
}
