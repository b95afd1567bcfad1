package wasi

import (
	"net/netip"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// TestMonitorCatchesNetwork makes the handlers believe in rules that allow everything, as if they did not check: the monitor, which has
// the real ones, ends the guest each time, and nothing arrives.
func TestMonitorCatchesNetwork(t *testing.T) {
	victim, addr := packetConn(t, "127.0.0.1")
	server := echoServer(t, "127.0.0.1")
	everything, err := policy.NewNetwork(rules(t, "allow out tcp *:*", "allow out udp *:*", "allow in tcp *:*", "allow in udp *:*"), nil)
	if err != nil {
		t.Fatal(err)
	}
	deceived := func(list []string) *world {
		var refused []string
		w := netWorld(t, &refused, list...)
		w.sys.net = everything
		return w
	}
	some := []string{"allow out tcp 127.0.0.1:1", "allow out udp 127.0.0.1:1", "allow in udp 127.0.0.1:0 from 10.0.0.1", "allow in tcp 127.0.0.1:0 from 10.0.0.1"}
	for name, tt := range map[string]struct {
		rule  string
		rules []string
		do    func(w *world) error
	}{
		"open": {"net-protocol", nil, func(w *world) error {
			_, err := w.try("sock_open", familyInet4, typeStream, outAt)
			return err
		}},
		"connect": {"net-destination", some, func(w *world) error {
			_, err := w.try("sock_connect", w.socket(familyInet4, typeStream), w.addr("127.0.0.1", 4), uint64(server.Port))
			return err
		}},
		"send": {"net-destination", some, func(w *world) error {
			fd := w.socket(familyInet4, typeDatagram)
			p, n := w.iovecs(4)
			_, err := w.try("sock_send_to", fd, p, n, w.addr("127.0.0.1", 4), uint64(addr.Port()), 0, outAt)
			return err
		}},
		"bind": {"net-bind", some, func(w *world) error {
			_, err := w.try("sock_bind", w.socket(familyInet4, typeStream), w.addr("0.0.0.0", 4), 0)
			return err
		}},
		"listen without bind": {"net-bind", some, func(w *world) error {
			fd := w.socket(familyInet4, typeStream)
			w.sys.fds.get(int32(fd)).sock.bound = netip.MustParseAddrPort("127.0.0.1:0")
			_, err := w.try("sock_listen", fd, 1)
			return err
		}},
		"accept": {"net-peer", some, func(w *world) error {
			fd := w.socket(familyInet4, typeStream)
			w.want(ESUCCESS, "sock_bind", fd, w.addr("127.0.0.1", 4), 0)
			w.want(ESUCCESS, "sock_listen", fd, 1)
			dial(t, netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(w.port(fd))).String())
			_, err := w.try("sock_accept", fd, 0, outAt)
			return err
		}},
		"receive": {"net-peer", some, func(w *world) error {
			fd := w.socket(familyInet4, typeDatagram)
			w.want(ESUCCESS, "sock_bind", fd, w.addr("127.0.0.1", 4), 0)
			victim.WriteToUDPAddrPort([]byte("poison"), netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(w.port(fd))))
			p, n := w.iovecs(6)
			_, err := w.try("sock_recv", fd, p, n, 0, outAt, outAt+4)
			if string(w.mem(bufAt, 6)) == "poison" {
				t.Error("what was refused is in memory")
			}
			return err
		}},
		"resolve": {"net-name", some, func(w *world) error {
			w.sys.net, _ = policy.NewNetwork(rules(t, "allow out tcp other.test:1"), func(string) ([]netip.Addr, error) { return []netip.Addr{netip.IPv6Loopback()}, nil })
			copy(w.mem(pathAt, 10), "other.test")
			_, err := w.try("sock_getaddrinfo", pathAt, 10, 0, 0, 0, outAt, 1, outAt+4)
			return err
		}},
		"another peer": {"net-connected", []string{"allow out udp 127.0.0.1:*"}, func(w *world) error {
			fd := w.socket(familyInet4, typeDatagram)
			f := w.sys.fds.get(int32(fd))
			w.want(ESUCCESS, "sock_connect", fd, w.addr("127.0.0.1", 4), uint64(addr.Port()))
			f.sock.connecting = true
			if err := hostos.Connect(f.host, netip.MustParseAddrPort("127.0.0.1:1")); err != nil {
				return err
			}
			_, err := w.try("sock_shutdown", fd, sdWrite)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			isViolation(t, tt.do(deceived(tt.rules)), tt.rule)
		})
	}
}
