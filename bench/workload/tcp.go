package workload

import (
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// tcpLoops are what LMbench's lat_tcp, bw_tcp and lat_connect do: the guest at one end of connections on loopback, and a peer on the host at
// the other, the same for all engines. Preview 1 lets guests accept connections at a listener that they are given. Making them takes calls
// of WasmEdge's.
var tcpLoops = []lmbenchLoop{
	{"TCP latency using localhost", 0, hostcallLoop{name: "lat_tcp", doc: "one byte to a peer and back, over a connection that the guest accepted",
		peer: true, accepts: true, prepare: accept(timing.Echo), turn: pingTurn, finish: hangUp, result: 2, turns: 1024}},
	{"Socket bandwidth using localhost, receiving", timing.BigBlock, hostcallLoop{name: "bw_tcp_rd", doc: "64 KiB from a peer, over a connection that the guest accepted",
		peer: true, accepts: true, prepare: accept(timing.Source), turn: transferTurn(receive), finish: hangUp, result: timing.BigBlock, turns: 512}},
	{"Socket bandwidth using localhost, sending", timing.BigBlock, hostcallLoop{name: "bw_tcp_wr", doc: "64 KiB to a peer, which says in the end what it got",
		peer: true, accepts: true, prepare: accept(timing.Sink), turn: transferTurn(send), finish: settle, result: 2 * timing.BigBlock, turns: 512}},
	{"TCP/IP connection cost to localhost", 0, hostcallLoop{name: "lat_connect", doc: "a connection to a peer is made, by WasmEdge's calls, carries a byte there and back, and is closed",
		peer: true, prepare: lookUp, turn: connectTurn, result: headerSize + 2, turns: 256}},
}

// Places in the memory of these modules.
const (
	sendAt    = 72  // an iovec
	receiveAt = 80  // an iovec
	flagsAt   = 168 // of what was received
	addressAt = 176 // WasmEdge's address: where the bytes are, and how many
	peerAt    = 184 // those bytes
	portAt    = 192

	receivedAt = bufferAt + 16 // behind what is sent
)

// transfer calls sock_send or sock_recv on the connection, with a buffer of the size that size pushes. The errno is left, and the number of
// bytes is at outAt.
type transfer func(a *hostcallBody, size func())

func send(a *hostcallBody, size func()) {
	a.iovec(sendAt, bufferAt, size)
	a.Get(conn).I32(sendAt).I32(1).I32(0).I32(outAt)
	a.call("sock_send", "iiiii:i", 0, 0)
}

func receive(a *hostcallBody, size func()) {
	a.iovec(receiveAt, receivedAt, size)
	a.Get(conn).I32(receiveAt).I32(1).I32(0).I32(outAt).I32(flagsAt)
	a.call("sock_recv", "iiiiii:i", 0, 0)
}

// iovec stores where a buffer is and what size it has.
func (a *hostcallBody) iovec(at, buffer int32, size func()) {
	a.I32(at).I32(buffer).Op(wasm.OpI32Store, 2, 0)
	a.I32(at)
	size()
	a.Op(wasm.OpI32Store, 2, 4)
}

// moved adds to the errno what the transfer moved.
func (a *hostcallBody) moved() { a.I32(outAt).Op(wasm.OpI32Load, 2, 0).Op(wasm.OpI32Add) }

// header lays out what the peer is asked for.
func (a *hostcallBody) header(kind timing.Traffic) {
	a.I32(bufferAt).I32(int32(kind)).Op(wasm.OpI32Store, 2, 0)
	a.I32(bufferAt).Get(turns).Op(wasm.OpI32Store, 2, 4)
}

// accept takes a connection at the first descriptor that is a listener and tells the peer what to do.
func accept(kind timing.Traffic) func(*hostcallBody) {
	return func(a *hostcallBody) {
		a.Get(dir).Set(conn)
		a.loop(func() {
			a.addTo(conn, 1)
			a.Get(conn).I32(16).Op(wasm.OpI32GtU)
			a.Block(wasm.OpIf).Op(wasm.OpUnreachable).End()
			a.Get(conn).I32(0).I32(fdAt)
			a.call("sock_accept", "iii:i", 0, 0)
		})
		a.I32(fdAt).Op(wasm.OpI32Load, 2, 0).Set(conn)
		a.header(kind)
		send(a, func() { a.I32(headerSize) })
		a.Set(sum) // an errno spoils it
	}
}

const headerSize = 8

func pingTurn(a *hostcallBody) {
	send(a, a.one)
	a.moved()
	receive(a, a.one)
	a.Op(wasm.OpI32Add)
	a.moved()
}

// transferTurn moves a block, in as many calls as the engine needs for it.
func transferTurn(move transfer) func(*hostcallBody) {
	return func(a *hostcallBody) {
		a.I32(timing.BigBlock).Set(left)
		a.loop(func() {
			move(a, func() { a.Get(left) })
			a.Block(wasm.OpIf).I32(outAt).I32(0).Op(wasm.OpI32Store, 2, 0).End() // a call that failed moved nothing
			a.Get(left).I32(outAt).Op(wasm.OpI32Load, 2, 0).Op(wasm.OpI32Sub).Set(left)
			a.I32(outAt).Op(wasm.OpI32Load, 2, 0).I32(0).Op(wasm.OpI32Ne)
			a.Get(left).I32(0).Ops(wasm.OpI32Ne, wasm.OpI32And)
		})
		a.I32(timing.BigBlock).Get(left).Op(wasm.OpI32Sub)
	}
}

// hangUp closes the connection.
func hangUp(a *hostcallBody) {
	a.Get(conn)
	a.call("fd_close", "i:i", 0, 0)
}

// settle says that all was sent, adds how much of it arrived, and closes the connection.
func settle(a *hostcallBody) {
	const sending = 2
	a.Get(conn).I32(sending)
	a.call("sock_shutdown", "ii:i", 0, 0)
	receive(a, func() { a.I32(4) })
	a.Op(wasm.OpI32Add)
	a.I32(receivedAt).Op(wasm.OpI32Load, 2, 0).Op(wasm.OpI32Add)
	hangUp(a)
	a.Op(wasm.OpI32Add)
}

// lookUp reads the port of the peer and lays out its address.
func lookUp(a *hostcallBody) {
	a.open(peerFileAt, timing.PeerFile, 1<<1)
	a.Set(sum)
	a.I32(fdAt).Op(wasm.OpI32Load, 2, 0).Set(conn)
	a.iovec(receiveAt, receivedAt, func() { a.I32(4) })
	a.Get(conn).I32(receiveAt).I32(1).I32(outAt)
	a.call("fd_read", "iiii:i", 0, 0)
	hangUp(a)
	a.Ops(wasm.OpI32Add).Get(sum).Op(wasm.OpI32Add).Set(sum)
	a.I32(portAt).I32(receivedAt).Op(wasm.OpI32Load, 2, 0).Op(wasm.OpI32Store, 2, 0)
	a.I32(peerAt).I32(1<<24|127).Op(wasm.OpI32Store, 2, 0)
	a.I32(addressAt).I32(peerAt).Op(wasm.OpI32Store, 2, 0)
	a.I32(addressAt).I32(4).Op(wasm.OpI32Store, 2, 4)
	a.header(timing.Echo)
}

// connectTurn asks for an echo in the same breath as it sends the byte.
func connectTurn(a *hostcallBody) {
	const inet4, stream = 1, 2
	a.I32(inet4).I32(stream).I32(fdAt)
	a.call("sock_open", "iii:i", 0, 0)
	a.I32(fdAt).Op(wasm.OpI32Load, 2, 0).Set(conn)
	a.Get(conn).I32(addressAt).I32(portAt).Op(wasm.OpI32Load, 2, 0)
	a.call("sock_connect", "iii:i", 0, 0)
	a.Op(wasm.OpI32Add)
	send(a, func() { a.I32(headerSize + 1) })
	a.Op(wasm.OpI32Add)
	a.moved()
	receive(a, a.one)
	a.Op(wasm.OpI32Add)
	a.moved()
	hangUp(a)
	a.Op(wasm.OpI32Add)
}
