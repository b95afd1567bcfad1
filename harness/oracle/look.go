package oracle

import (
	"context"
	"encoding/binary"
	"math"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// fdstat tells what a descriptor is.
var fdstat = hostcall.Find("fd_fdstat_get")

// The calls by which something shows in the end.
var (
	getsockopt = hostcall.Find("sock_getsockopt.wasmedge")
	pathOpen   = hostcall.Find("path_open")
	fdWrite    = hostcall.Find("fd_write")
	pollOneoff = hostcall.Find("poll_oneoff")
	sockAccept = hostcall.Find("sock_accept")
)

// lookedAt is how many descriptors are looked at in the end.
const lookedAt = 2

// look asks in the end what the last descriptors are that the guest opened or moved, and has the answers judged: what calls have done to a
// descriptor, or to the options of a socket, shows, if no call of the sequence did that. The memory is then what it was.
func (g *guest) look(ctx context.Context, calls []hostcall.Call) *Failure {
	const at, size, room = 64, 24, 128
	held := [room]byte(g.memory[at:])
	defer func() { g.shadow.put(at, held[:]) }()
	for _, fd := range g.fds[max(g.standard, len(g.fds)-lookedAt):] {
		c := hostcall.Call{Row: fdstat, Args: []hostcall.Arg{{Value: fd}, {Value: at}}, Out: []hostcall.Region{{Addr: at, Len: size}}}
		if f := g.lastly(ctx, &c); f != nil {
			return f
		}
	}
	for _, fd := range g.sockets {
		for _, name := range g.model.Options(uint32(fd)) {
			c := hostcall.Call{Row: getsockopt, Args: numbers(fd, 0, name, at, at+16),
				Writes: []hostcall.Write{{Addr: at + 16, Data: []byte{16, 0, 0, 0}}}, Out: []hostcall.Region{{Addr: at, Len: 16}, {Addr: at + 16, Len: 4}}}
			if f := g.lastly(ctx, &c); f != nil {
				return f
			}
		}
	}
	return g.useUp(ctx, calls)
}

// useUp asks in the end for more than what is left of what calls have freed or used: a descriptor, if one was closed, bytes to a stream that was
// moved, and time to sleep, if some was slept. A listener that has given up what it hands on accepts a connection. What was counted wrongly before shows then.
func (g *guest) useUp(ctx context.Context, calls []hostcall.Call) *Failure {
	const at = 64
	if slices.ContainsFunc(calls, func(c hostcall.Call) bool { return c.Row.Ops().Has(policy.FdClose) }) {
		const file = "file"
		c := hostcall.Call{Row: pathOpen, Args: numbers(guestFD, 0, at, uint64(len(file)), 0, uint64(wasi.RightFdRead), 0, 0, at+8),
			Writes: []hostcall.Write{{Addr: at, Data: []byte(file)}}, Out: []hostcall.Region{{Addr: at + 8, Len: 4}}}
		if f := g.lastly(ctx, &c); f != nil {
			return f
		}
	}
	for _, fd := range g.model.MovedStreams() {
		c := hostcall.Call{Row: fdWrite, Args: numbers(uint64(fd), at, 1, at+8), Writes: []hostcall.Write{{Addr: at, Data: []byte{at + 16, 0, 0, 0, 64, 0, 0, 0}}},
			Out: []hostcall.Region{{Addr: at + 8, Len: 4}}, Capacity: 64}
		if f := g.lastly(ctx, &c); f != nil {
			return f
		}
	}
	if g.net != nil && g.model.HandsOnLess(listenerFD) {
		g.net.dial()
		c := hostcall.Call{Row: sockAccept, Args: numbers(listenerFD, 0, at), Out: []hostcall.Region{{Addr: at, Len: 4}}}
		if f := g.lastly(ctx, &c); f != nil {
			return f
		}
	}
	if g.clock == nil || g.sleep == g.mostSleep || g.mostSleep == math.MaxUint64 {
		return nil
	}
	const events, number = at + 48, at + 80
	sub := binary.LittleEndian.AppendUint64(make([]byte, 24, 48), g.mostSleep) // of the realtime clock
	c := hostcall.Call{Row: pollOneoff, Args: numbers(at, events, 1, number), Writes: []hostcall.Write{{Addr: at, Data: sub[:48]}},
		Out: []hostcall.Region{{Addr: events, Len: 32}, {Addr: number, Len: 4}}}
	return g.lastly(ctx, &c)
}

// numbers are arguments that are what they say.
func numbers(values ...uint64) (args []hostcall.Arg) {
	for _, v := range values {
		args = append(args, hostcall.Arg{Value: v})
	}
	return args
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
