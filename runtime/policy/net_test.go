package policy

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func parse(list ...string) (rules []NetRule) {
	for _, s := range list {
		r, err := ParseNetRule(s)
		if err != nil {
			panic(err)
		}
		rules = append(rules, r)
	}
	return rules
}

// network returns rules whose one name has one address.
func network(list ...string) *Network {
	n, err := NewNetwork(parse(list...), func(name string) ([]netip.Addr, error) {
		if name == "pinned.test" {
			return []netip.Addr{netip.MustParseAddr("::ffff:10.9.9.9")}, nil
		}
		return nil, errors.New("unknown")
	})
	if err != nil {
		panic(err)
	}
	return n
}

// sockets gives a guest a listener 7 (host 17) on 127.0.0.1:80 for the peers 127.0.0.0/8, a socket for datagrams 8 (host 18) that is
// bound to 127.0.0.1:53, and a stream 6 (host 16), with rules.
func sockets(m *Monitor) {
	m.GrantNetwork(network("allow out tcp 127.0.0.0/8:8000-8999", "allow out udp 10.0.0.1:53", "allow in tcp 127.0.0.1:90-91",
		"allow in udp 127.0.0.1:53 from 127.0.0.0/16", "allow out tcp pinned.test:443"))
	m.GrantListener(7, 17, 1, 3, netip.MustParseAddrPort("127.0.0.1:80"), network("allow in tcp *:80 from 127.0.0.0/8"))
	m.Begin("call", 1<<numOps-1, size(100))
	for _, e := range []Effect{{Op: SockCreate, Proto: UDP}, {Op: SockOpen, FD: 8, Host: 18, Dir: NoListener, Proto: UDP, Rights: 3},
		{Op: NetBind, FD: 8, Host: 18, Proto: UDP, Net: at("127.0.0.1:53")},
		{Op: NetReceive, FD: 8, Host: 18, Proto: UDP, Net: at("127.0.3.4:1000")},
		{Op: SockCreate, Proto: TCP}, {Op: SockOpen, FD: 6, Host: 16, Dir: NoListener, Proto: TCP, Rights: 3},
		{Op: NetConnect, FD: 6, Host: 16, Proto: TCP, Net: at("127.0.0.1:8000")}} {
		if v := m.Check(&e); v != nil {
			panic(v)
		}
	}
}

func at(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// onTCP and onUDP are effects on the guest's sockets.
func onTCP(op Op, a string) Effect { return onSocket(op, TCP, 6, 16, a) }
func onUDP(op Op, a string) Effect { return onSocket(op, UDP, 8, 18, a) }

func onSocket(op Op, p Proto, fd, host int32, a string) Effect {
	e := Effect{Op: op, FD: fd, Host: host, Proto: p}
	if a != "" {
		e.Net = at(a)
	}
	return e
}

// peerOf is a connection of the listener.
func peerOf(a string) Effect {
	return Effect{Op: SockOpen, FD: 5, Host: 15, Dir: 7, Proto: TCP, Net: at(a), Rights: 3}
}

var netExamples = map[string]example{
	"net-protocol": {
		pass:   []Effect{{Op: SockCreate, Proto: TCP}, {Op: SockCreate, Proto: UDP}, onTCP(NetConnect, "127.1.2.3:8999")},
		refuse: []Effect{{Op: SockCreate}, {Op: SockCreate, Proto: 3}, onSocket(NetConnect, UDP, 6, 16, "127.0.0.1:8000"), onSocket(NetConnect, TCP, 1, 11, "127.0.0.1:8000"), onSocket(NetSend, TCP, 8, 18, "127.0.0.1:8000")},
	},
	"net-created": {
		pass:   []Effect{peerOf("127.0.0.1:5")},
		refuse: []Effect{{Op: SockOpen, FD: 5, Host: 15, Dir: NoListener, Proto: TCP}, {Op: SockOpen, FD: 5, Host: 15, Dir: 8, Proto: TCP}, {Op: SockOpen, FD: 5, Host: 15, Dir: 3, Proto: TCP}},
	},
	"net-address": {
		pass:   []Effect{onTCP(NetConnect, "127.0.0.1:8000"), onTCP(NetBind, "127.0.0.1:90")},
		refuse: []Effect{onTCP(NetConnect, "0.0.0.0:8000"), onTCP(NetConnect, "[::]:8000"), onTCP(NetConnect, "[::ffff:127.0.0.1]:8000"), onTCP(NetConnect, "127.0.0.1:0"), onTCP(NetConnect, ""), onUDP(NetSend, "0.0.0.0:53"), onTCP(NetBind, "[::ffff:127.0.0.1]:90"), onTCP(NetBind, "[fe80::1%eth0]:90"), onTCP(NetBind, "")},
	},
	"net-destination": {
		pass:   []Effect{onTCP(NetConnect, "127.255.255.255:8999"), onTCP(NetConnect, "10.9.9.9:443"), onUDP(NetSend, "10.0.0.1:53"), onUDP(NetSend, "127.0.3.4:1000")},
		refuse: []Effect{onTCP(NetConnect, "128.0.0.0:8000"), onTCP(NetConnect, "126.255.255.255:8000"), onTCP(NetConnect, "127.0.0.1:7999"), onTCP(NetConnect, "127.0.0.1:9000"), onTCP(NetConnect, "10.0.0.1:53"), onTCP(NetConnect, "10.9.9.9:444"), onTCP(NetConnect, "[::1]:8000"), onUDP(NetSend, "127.0.0.1:8000"), onUDP(NetSend, "127.0.3.4:1001"), onUDP(NetConnect, "127.0.3.4:1000")},
	},
	"net-bind": {
		pass:   []Effect{onTCP(NetBind, "127.0.0.1:91")},
		refuse: []Effect{onTCP(NetBind, "127.0.0.1:92"), onTCP(NetBind, "127.0.0.1:0"), onTCP(NetBind, "0.0.0.0:90"), onTCP(NetBind, "127.0.0.2:90"), onUDP(NetBind, "127.0.0.1:90"), onTCP(NetListen, "0.0.0.0:0"), onUDP(NetListen, "127.0.0.1:54"), onUDP(NetListen, "127.0.0.2:53"), onUDP(NetListen, "")},
	},
	"net-peer": {
		pass:   []Effect{peerOf("127.255.0.1:1"), onUDP(NetReceive, "127.0.255.255:9"), onUDP(NetReceive, "10.0.0.1:53")},
		refuse: []Effect{peerOf("128.0.0.1:1"), peerOf("[::1]:1"), onUDP(NetReceive, "127.1.0.0:9"), onUDP(NetReceive, "10.0.0.1:54"), onTCP(NetReceive, "127.0.0.1:9")},
	},
	"net-connected": {
		pass:   []Effect{onTCP(NetPeer, "127.0.0.1:8000")},
		refuse: []Effect{onTCP(NetPeer, "127.0.0.1:8001"), onTCP(NetPeer, "127.0.0.2:8000"), onTCP(NetPeer, ""), onUDP(NetPeer, "127.0.0.1:53")},
	},
	"net-name": {
		pass:   []Effect{{Op: NetResolve, Path: "pinned.test"}},
		refuse: []Effect{{Op: NetResolve, Path: "pinned.test."}, {Op: NetResolve, Path: "test"}, {Op: NetResolve}},
	},
}

// TestListenFollowsBind: a socket listens where it was bound, and serves whom the rule serves.
func TestListenFollowsBind(t *testing.T) {
	m := guest()
	for i, step := range []struct {
		e    Effect
		rule string
	}{
		{onTCP(NetListen, "127.0.0.1:90"), "net-bind"},
		{onTCP(NetBind, "127.0.0.1:90"), ""},
		{onTCP(NetListen, "127.0.0.1:91"), "net-bind"},
		{onTCP(NetListen, "127.0.0.1:90"), ""},
		{Effect{Op: FdMove, FD: 6, Host: 16, Dir: 9}, ""},
		{Effect{Op: SockOpen, FD: 5, Host: 15, Dir: 9, Proto: TCP, Net: at("10.0.0.1:5")}, ""},
		{Effect{Op: FdClose, FD: 9, Host: 16}, ""},
		{onSocket(NetConnect, TCP, 9, 16, "127.0.0.1:8000"), "fd-owned"},
	} {
		v := m.Check(&step.e)
		if v == nil && step.rule != "" || v != nil && v.Rule != step.rule {
			t.Fatalf("step %d: %v gives %v, want %q", i, step.e, v, step.rule)
		}
	}
}

func TestRulesPrintAsWritten(t *testing.T) {
	for _, s := range []string{
		"allow out tcp 127.0.0.0/8:8000-8999", "allow out udp [2001:db8::/32]:53", "allow in tcp *:8080 from 10.0.0.0/8", "allow out tcp example.org:443",
		"allow in udp 127.0.0.1:0", "allow out tcp 10.0.0.1/32:*", "allow out tcp *:*", "allow in tcp [::1]:80 from [fc00::/7]", "allow in tcp 0.0.0.0:80 from *",
		"allow out udp 0.0.0.0/0:1-65535", "allow out tcp a-1.b:1",
	} {
		r, err := ParseNetRule(s)
		if err != nil || r.String() != s {
			t.Errorf("%q is printed as %q, %v", s, r, err)
		}
	}
	for _, s := range []string{
		"", "allow", "deny out tcp *:1", "allow up tcp *:1", "allow out icmp *:1", "allow out tcp *", "allow out tcp 127.0.0.1", "allow out tcp [::1]",
		"allow out tcp ::1:80", "allow out tcp [127.0.0.1]:80", "allow out tcp 127.0.0.1/8:80", "allow out tcp [::ffff:127.0.0.1]:80", "allow out tcp [fe80::1%e]:80",
		"allow out tcp [::ffff:0:0/96]:80", "allow out tcp *:", "allow out tcp *:65536", "allow out tcp *:-1", "allow out tcp *:9-8", "allow out tcp *:80-80", "allow out tcp *:080",
		"allow out tcp *:0-65535", "allow out tcp UPPER.org:1", "allow out tcp -a.org:1", "allow out tcp 1.2.3:1", "allow out tcp 256.0.0.1:1", "allow out tcp a..b:1",
		"allow out tcp [0:0::1]:80", "allow out tcp *:1 from *", "allow in tcp *:1 to *", "allow in tcp *:1 from example.org", "allow in tcp *:1 from", "allow out tcp a b:1", "allow out tcp 127.0.0.1/33:1",
	} {
		if r, err := ParseNetRule(s); err == nil {
			t.Errorf("%q is read as %q", s, r)
		} else if !strings.Contains(err.Error(), "write") {
			t.Errorf("%q: the message does not help: %v", s, err)
		}
	}
}

// TestBoundary: of the boundary values of a rule, those that it names are allowed and those outside are not, by the arithmetic of this
// test.
func TestBoundary(t *testing.T) {
	for _, tt := range []struct {
		rule            string
		inside, outside []string
	}{
		{"allow out tcp 10.0.0.0/8:80-81", []string{"10.0.0.0:80", "10.255.255.255:81", "[::ffff:10.0.0.0]:80"}, []string{"9.255.255.255:80", "11.0.0.0:81", "10.0.0.0:79", "10.255.255.255:82"}},
		{"allow out tcp [fc00::/7]:443", []string{"[fc00::]:443", "[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:443"}, []string{"[fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:443", "[fe00::]:443", "[fc00::]:442"}},
		{"allow out tcp 0.0.0.0/0:1-65535", []string{"0.0.0.0:1", "255.255.255.255:65535"}, []string{"0.0.0.0:0"}},
		{"allow out tcp *:7", []string{"127.0.0.1:7", "[::1]:7"}, []string{"127.0.0.1:6", "[::1]:8"}},
	} {
		n, values := network(tt.rule), parse(tt.rule)[0].Boundary()
		for _, s := range append(slices.Clone(tt.inside), tt.outside...) {
			if !slices.Contains(values, at(s)) {
				t.Errorf("%s: %s is no boundary value", tt.rule, s)
			}
			if got, want := n.Allows(Out, TCP, Plain(at(s))) != nil, slices.Contains(tt.inside, s); got != want {
				t.Errorf("%s allows %s: %v", tt.rule, s, got)
			}
		}
		if n.Allows(In, TCP, at(tt.inside[0])) != nil || n.Allows(Out, UDP, at(tt.inside[0])) != nil {
			t.Errorf("%s allows another direction or protocol", tt.rule)
		}
	}
}

// TestPinned: a name is asked for once, and unknown ones are an error that names the rule.
func TestPinned(t *testing.T) {
	asked := 0
	n, err := NewNetwork(parse("allow out tcp a.test:1", "allow out udp a.test:2"), func(string) ([]netip.Addr, error) {
		asked++
		return []netip.Addr{netip.MustParseAddr("fe80::1%lo"), netip.AddrFrom4([4]byte{10, 0, 0, byte(asked)})}, nil
	})
	if err != nil || asked != 1 || n.Allows(Out, UDP, at("10.0.0.1:2")) == nil || n.Allows(Out, TCP, at("10.0.0.2:1")) != nil || len(n.Lookup("a.test")) != 2 {
		t.Errorf("asked %d times: %v, %v", asked, n.Lookup("a.test"), err)
	}
	for _, addrs := range [][]netip.Addr{nil, {}} {
		_, err := NewNetwork(parse("allow out tcp b.test:1"), func(string) ([]netip.Addr, error) { return addrs, nil })
		if err == nil || !strings.Contains(err.Error(), "allow out tcp b.test:1") {
			t.Errorf("a name without addresses: %v", err)
		}
	}
	if _, err := NewNetwork([]NetRule{{}}, nil); err == nil {
		t.Error("an empty rule is one")
	}
	if (*Network)(nil).Allows(Out, TCP, at("127.0.0.1:1")) != nil || (*Network)(nil).Uses(TCP) {
		t.Error("no network allows something")
	}
}

// TestMissing: what a refusal tells people to allow is a rule that allows it, whatever the guest put into it.
func TestMissing(t *testing.T) {
	for _, tt := range []struct {
		r             NetRefusal
		text, missing string
	}{
		{NetRefusal{Rule: "net-destination", Hostcall: "sock_connect", Proto: TCP, Dir: Out, Addr: at("10.0.0.1:80")},
			"sock_connect: tcp to 10.0.0.1:80 was refused: net-destination", "allow out tcp 10.0.0.1:80"},
		{NetRefusal{Rule: "net-bind", Hostcall: "sock_bind", Proto: UDP, Dir: In, Addr: at("[::1]:0")},
			"sock_bind: udp on [::1]:0 was refused: net-bind", "allow in udp [::1]:0"},
		{NetRefusal{Rule: "net-protocol", Hostcall: "sock_open", Proto: UDP}, "sock_open: udp was refused: net-protocol", ""},
		{NetRefusal{Rule: "net-peer", Hostcall: "sock_accept", Proto: TCP, Dir: In, Addr: at("10.0.0.1:8")},
			"sock_accept: tcp from 10.0.0.1:8 was refused: net-peer", ""},
		{NetRefusal{Rule: "net-name", Hostcall: "sock_getaddrinfo", Name: "a.test"}, `sock_getaddrinfo: the name "a.test" was refused: net-name`, "allow out tcp a.test:*"},
		{NetRefusal{Rule: "net-name", Hostcall: "sock_getaddrinfo", Name: "a'; rm -rf ~; '"}, `sock_getaddrinfo: the name "a'; rm -rf ~; '" was refused: net-name`, ""},
	} {
		rule, ok := tt.r.Missing()
		if tt.r.String() != tt.text || ok != (tt.missing != "") || ok && rule.String() != tt.missing {
			t.Errorf("%s; %s, %v", &tt.r, rule, ok)
		}
		if ok && tt.r.Addr.IsValid() && network(rule.String()).Allows(tt.r.Dir, tt.r.Proto, tt.r.Addr) == nil {
			t.Errorf("%s does not allow it", rule)
		}
	}
}

func TestRemember(t *testing.T) {
	var peers []netip.AddrPort
	for i := range MaxReplies + 1 {
		peers = Remember(Remember(peers, netip.AddrPortFrom(netip.IPv6Loopback(), uint16(i))), netip.AddrPortFrom(netip.IPv6Loopback(), uint16(i)))
	}
	if len(peers) != MaxReplies || peers[0].Port() != 1 {
		t.Errorf("%d peers from port %d on", len(peers), peers[0].Port())
	}
}

// TestEveryRulePrintsAsWritten puts rules together from pieces, good and bad: what is a rule prints as it was written but for spaces.
func TestEveryRulePrintsAsWritten(t *testing.T) {
	hosts := []string{"*", "10.0.0.1", "10.0.0.0/8", "10.0.0.1/8", "[::1]", "::1", "[fc00::/7]", "a.test", "[a.test]", "", "[::ffff:1.2.3.4]", "1.2.3.4/32", "[::1/128]", "[1::0]"}
	ports := []string{"*", "0", "1-2", "2-1", "65535", "65536", "00", "", "0-65535", "1-1"}
	good := 0
	for _, head := range []string{"allow  in tcp ", "allow out udp ", "allow in udp"} {
		for _, host := range hosts {
			for _, port := range ports {
				for _, from := range append([]string{""}, hosts...) {
					s := head + host + ":" + port
					if from != "" {
						s += " from  " + from
					}
					r, err := ParseNetRule(s)
					if err != nil {
						continue
					}
					good++
					if r.String() != strings.Join(strings.Fields(s), " ") {
						t.Errorf("%q is printed as %q", s, r)
					}
				}
			}
		}
	}
	if good < 100 {
		t.Errorf("only %d are rules", good)
	}
}
