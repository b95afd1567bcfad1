package oracle

import (
	"context"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

// fdstat tells what a descriptor is.
var fdstat = hostcall.Find("fd_fdstat_get")

// getsockopt tells what an option of a socket is.
var getsockopt = hostcall.Find("sock_getsockopt.wasmedge")

// lookedAt is how many descriptors are looked at in the end.
const lookedAt = 2

// look asks in the end what the last descriptors are that the guest opened or moved, and has the answers judged: what calls have done to a
// descriptor, or to the options of a socket, shows, if no call of the sequence did that. The memory is then what it was.
func (g *guest) look(ctx context.Context) *Failure {
	const at, size = 64, 24
	held := [size]byte(g.memory[at:])
	defer func() { g.shadow.put(at, held[:]) }()
	for _, fd := range g.fds[max(g.standard, len(g.fds)-lookedAt):] {
		c := hostcall.Call{Row: fdstat, Args: []hostcall.Arg{{Value: fd}, {Value: at}}, Out: []hostcall.Region{{Addr: at, Len: size}}}
		if f := g.lastly(ctx, &c); f != nil {
			return f
		}
	}
	for _, fd := range g.sockets {
		for _, name := range g.model.Options(uint32(fd)) {
			c := hostcall.Call{Row: getsockopt, Args: []hostcall.Arg{{Value: fd}, {}, {Value: name}, {Value: at}, {Value: at + 16}},
				Writes: []hostcall.Write{{Addr: at + 16, Data: []byte{16, 0, 0, 0}}}, Out: []hostcall.Region{{Addr: at, Len: 16}, {Addr: at + 16, Len: 4}}}
			if f := g.lastly(ctx, &c); f != nil {
				return f
			}
		}
	}
	return nil
}

// lastly makes a call that is not of the sequence.
func (g *guest) lastly(ctx context.Context, c *hostcall.Call) *Failure {
	if g.ended {
		return nil
	}
	_, f := g.make(ctx, c)
	if f != nil {
		f.Detail += "\n# in the end: " + c.String()
	}
	return f
}
