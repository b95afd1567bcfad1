//go:build !cgo

package hostos

import (
	"context"
	"net"
	"net/netip"
)

// LookupName returns the addresses of a name, for the embedder of a guest. It asks the host's resolver, which uses the network.
func LookupName(ctx context.Context, name string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}
