package wasi

import (
	"errors"
	"fmt"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"net/netip"
	"os"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// Listener is a socket that accepts connections and that a guest finds open, after the preopened directories in the order of
// [Config].
type Listener struct {
	// Addr is the address that is listened on; port 0 lets the host choose, see [System.ListenerAddrs].
	Addr netip.AddrPort
	// File is a listening TCP socket of the embedder's, instead of Addr. It is duplicated, and made non-blocking.
	File *os.File
	// From are the peers that are served; none means all.
	From []netip.Prefix
}

// lookupTimeout bounds the resolution of one name in the rules.
const lookupTimeout = 10 * time.Second

// listen makes the next descriptor a listener.
func (s *System) listen(l Listener) (err error) {
	var host hostos.FD
	switch {
	case l.File == nil && !l.Addr.IsValid():
		return errors.New("it has no address")
	case l.File == nil:
		host, err = hostos.ListenTCP(l.Addr)
	default:
		host, err = hostos.Dup(l.File)
	}
	if err != nil {
		return err
	}
	local, err := hostos.LocalAddr(host)
	if err == nil && (!local.IsValid() || !hostos.IsListener(host)) {
		err = errors.New("it is no TCP socket that listens")
	}
	if err == nil {
		err = hostos.SetNonblock(host)
	}
	var own *policy.Network
	if err == nil {
		own, err = l.network(local)
	}
	if err != nil {
		hostos.Close(host)
		return err
	}
	f := &file{fd: s.fds.next(), host: host, typ: hostos.SocketStream, rights: listenerRights, inherit: connectionRights, shared: l.File != nil,
		access: ^policy.Access(0), sock: &socket{proto: policy.TCP, v6: local.Addr().Is6(), own: own, bound: local, listening: true}}
	s.fds.put(f)
	s.monitor.GrantListener(f.fd, int32(host), uint64(f.rights), uint64(f.inherit), local, own)
	s.listeners = append(s.listeners, local)
	return nil
}

// network returns the rules that l stands for: whom it serves.
func (l *Listener) network(local netip.AddrPort) (*policy.Network, error) {
	rule := policy.NetRule{Dir: policy.In, Proto: policy.TCP, Ports: policy.Ports{First: local.Port(), Last: local.Port()}}
	var rules []policy.NetRule
	for _, from := range l.From {
		if rule.From = (&policy.Hosts{Prefix: from.Masked()}); planted.Selected == planted.ListenerFrom {
			rule.From = nil
		}
		rules = append(rules, rule)
	}
	if rules == nil {
		rules = append(rules, rule)
	}
	n, err := policy.NewNetwork(rules, nil) // without names
	if err != nil {
		return nil, fmt.Errorf("its peers: %w", err)
	}
	return n, nil
}

// ListenerAddrs returns the addresses of the listeners in [Config], with the ports that they have.
func (s *System) ListenerAddrs() []netip.AddrPort { return s.listeners }
