package workload

import (
	"cmp"
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// hostcalls are loops that make one call of preview 1 each turn. Reads and writes go through a file from its beginning, which is
// opened anew for each call of the loop and never grows.
func hostcalls() Suite {
	s := Suite{Name: "hostcalls", Doc: "calls of WASI, beside the system calls that they stand for: time of a turn, without the loop itself", Baseline: "raw", Overhead: "loop", Apart: true}
	for i := range hostcallLoops {
		s.Workloads = append(s.Workloads, hostcallLoops[i].workload())
		if l := &hostcallLoops[i]; !l.unselected {
			s.Selected = append(s.Selected, l.name)
		}
	}
	return s
}

// Places in the memory of the modules.
const (
	pathAt     = 16
	deepAt     = 32
	newAt      = 48
	peerFileAt = 56
	iovecAt    = 64
	subAt      = 96 // a subscription to a clock, all zero: the time is now
	outAt      = 160
	fdAt       = 256 // of what is opened
	pollAt     = 512 // subscriptions to the file
	bufferAt   = 1024

	memoryPages = 2 // a block of 64 KiB fits behind bufferAt
)

// hostcallLoop is a loop with hostcalls.
type hostcallLoop struct {
	name, doc string
	// turn pushes what is added to the sum; the locals hold the descriptors of the directory and of the file.
	turn   func(a *hostcallBody)
	result uint32 // what a turn that succeeds adds

	// unselected leaves the loop out unless the suite is asked for: lmbench has one like it, or it takes long.
	unselected bool
	raw        string                // the system calls that stand for the turn; empty is the name
	turns      uint32                // of one call of the loop; 0 are as many as read the file to its end
	block      uint32                // bytes of the buffer; 0 is timing.FileBlock
	prepare    func(a *hostcallBody) // what is to be done once the file is open; nil is nothing
	finish     func(a *hostcallBody) // what is to be done after the turns; pushes what is added to the sum; nil is nothing
	peer       bool                  // there is one
	accepts    bool                  // its connections
}

// workload returns the loop as a workload.
func (h *hostcallLoop) workload() Workload {
	turns := h.turns
	if turns == 0 {
		turns = timing.FileSize / timing.FileBlock
	}
	return Workload{
		Name: h.name, Doc: h.doc, Raw: cmp.Or(h.raw, h.name), Peer: h.peer, Accepts: h.accepts, PerTurn: true, Module: h.module, Arg: turns, Small: min(10, turns),
		Reference: func(n uint32) uint32 { return n * h.result },
	}
}

const rightsReadWrite = 1<<1 | 1<<2 | 1<<6 | 1<<21 // fd_read, fd_seek, fd_write, fd_filestat_get

// regularFile is the number of the type.
const regularFile = 4

var hostcallLoops = []hostcallLoop{
	{name: "loop", doc: "the loop with nothing in it, which is subtracted from the other rows", turn: noTurn, result: 1},
	{name: "fd_read", doc: "64 bytes from a file to one buffer", turn: readTurn, result: timing.FileBlock, unselected: true},
	{name: "fd_write", doc: "64 bytes over those in a file from one buffer", turn: writeTurn, result: timing.FileBlock, unselected: true},
	{name: "fd_filestat_get", doc: "the metadata of an open file", turn: fstatTurn, result: timing.FileSize, unselected: true},
	{name: "path_filestat_get", doc: "the metadata of a file in the preopened directory", turn: statTurn(pathAt, timing.File), result: timing.FileSize, unselected: true},
	{name: "path_filestat_get_deep", doc: "the metadata of a file three directories below", turn: statTurn(deepAt, timing.DeepFile), result: timing.FileSize, unselected: true},
	{name: "path_open", doc: "a file in the preopened directory is opened and closed", turn: openTurn(pathAt, timing.File), result: 1, unselected: true},
	{name: "path_open_deep", doc: "a file three directories below is opened and closed", turn: openTurn(deepAt, timing.DeepFile), result: 1, unselected: true},
	{name: "fd_fdstat_get", doc: "the type, flags and rights of a descriptor", turn: func(a *hostcallBody) {
		a.Get(file).I32(outAt)
		a.call("fd_fdstat_get", "ii:i", outAt, 0)
		a.I32(0xff).Op(wasm.OpI32And).I32(regularFile).Op(wasm.OpI32Eq)
	}, result: 1},
	{name: "sched_yield", doc: "nothing but the call", turn: yieldTurn, result: 1, unselected: true},
	{name: "clock_time_get", doc: "the monotonic clock", turn: func(a *hostcallBody) {
		a.I32(1).I64(1).I32(outAt)
		a.call("clock_time_get", "iIi:i", 0, 0)
		a.Op(wasm.OpI32Eqz)
	}, result: 1},
	{name: "random_get", doc: "16 random bytes", turn: func(a *hostcallBody) {
		a.I32(bufferAt).I32(timing.RandomBlock)
		a.call("random_get", "ii:i", 0, 0)
		a.Op(wasm.OpI32Eqz)
	}, result: 1},
	{name: "poll_oneoff", doc: "a wait for a clock that is over at once", turn: func(a *hostcallBody) {
		a.I32(subAt).I32(bufferAt).I32(1).I32(outAt)
		a.call("poll_oneoff", "iiii:i", outAt, 0)
	}, result: 1, turns: 256}, // not all return at once: wasmer sleeps
}

func noTurn(a *hostcallBody) { a.I32(1) }

func readTurn(a *hostcallBody) {
	a.Get(file).I32(iovecAt).I32(1).I32(outAt)
	a.call("fd_read", "iiii:i", outAt, 0)
}

func writeTurn(a *hostcallBody) {
	a.Get(file).I32(iovecAt).I32(1).I32(outAt)
	a.call("fd_write", "iiii:i", outAt, 0)
}

func fstatTurn(a *hostcallBody) {
	a.Get(file).I32(outAt)
	a.call("fd_filestat_get", "ii:i", outAt, 32)
}

func yieldTurn(a *hostcallBody) {
	a.call("sched_yield", ":i", 0, 0)
	a.Op(wasm.OpI32Eqz)
}

func statTurn(path int32, name string) func(*hostcallBody) {
	return func(a *hostcallBody) {
		a.Get(dir).I32(0).I32(path).I32(int32(len(name))).I32(outAt)
		a.call("path_filestat_get", "iiiii:i", outAt, 32)
	}
}

func openTurn(path int32, name string) func(*hostcallBody) {
	return func(a *hostcallBody) {
		a.open(path, name, 1<<1)
		a.I32(fdAt).Op(wasm.OpI32Load, 2, 0)
		a.call("fd_close", "i:i", 0, 0)
		a.Ops(wasm.OpI32Or, wasm.OpI32Eqz)
	}
}

// The locals of the loops.
const (
	turns = iota
	sum
	dir
	file
	conn // of the loops with a peer
	left // bytes of a block
)

// hostcallBody is a body with the module in which it imports hostcalls.
type hostcallBody struct {
	body
	module *module
	calls  map[string]uint64
}

// call calls a hostcall. If result is not 0, it adds to the errno, which is 0 if all is well, the number that the call stored
// at that distance from result: a call that fails spoils the sum.
func (a *hostcallBody) call(name, sig string, result int32, offset uint64) {
	f, ok := a.calls[name]
	if !ok {
		f = uint64(a.module.Import("wasi_snapshot_preview1", name, sig))
		a.calls[name] = f
	}
	a.Op(wasm.OpCall, f)
	if result != 0 {
		a.I32(result).Op(wasm.OpI32Load, 2, offset).Op(wasm.OpI32Add)
	}
}

// open opens a file and leaves the errno; the descriptor is stored at fdAt.
func (a *hostcallBody) open(path int32, name string, rights int64) { a.openAs(path, name, 0, rights) }

// openAs is open with flags, such as those to create the file.
func (a *hostcallBody) openAs(path int32, name string, oflags int32, rights int64) {
	a.Get(dir).I32(0).I32(path).I32(int32(len(name))).I32(oflags).I64(rights).I64(0).I32(0).I32(fdAt)
	a.call("path_open", "iiiiiIIii:i", 0, 0)
}

func (h *hostcallLoop) module() []byte {
	m := new(module).pages(memoryPages)
	m.data(pathAt, []byte(timing.File)).data(deepAt, []byte(timing.DeepFile)).data(newAt, []byte(timing.NewFile)).data(peerFileAt, []byte(timing.PeerFile))
	iovec := binary.LittleEndian.AppendUint32(nil, bufferAt)
	m.data(iovecAt, binary.LittleEndian.AppendUint32(iovec, cmp.Or(h.block, timing.FileBlock)))
	a := &hostcallBody{module: m, calls: map[string]uint64{}}
	// The directory is the first descriptor through which the file can be opened: engines differ in their numbers.
	a.I32(2).Set(dir)
	a.loop(func() {
		a.addTo(dir, 1)
		a.Get(dir).I32(16).Ops(wasm.OpI32GtU)
		a.Block(wasm.OpIf).Op(wasm.OpUnreachable).End()
		a.open(pathAt, timing.File, rightsReadWrite)
	})
	a.I32(fdAt).Op(wasm.OpI32Load, 2, 0).Set(file)
	if h.prepare != nil {
		h.prepare(a)
	}
	a.countdown(turns, func() {
		a.Get(sum)
		h.turn(a)
		a.Op(wasm.OpI32Add).Set(sum)
	})
	if h.finish != nil {
		h.finish(a)
		a.Get(sum).Op(wasm.OpI32Add).Set(sum)
	}
	a.Get(file)
	a.call("fd_close", "i:i", 0, 0)
	a.Get(sum).Op(wasm.OpI32Add)
	m.Func(Export, "i:i", "iiiii", &a.Body)
	return m.Encode()
}
