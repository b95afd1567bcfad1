package workload

import (
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// hostcalls are loops that make one call of preview 1 each turn. Reads and writes go through a file from its beginning, which is
// opened anew for each call of the loop and never grows.
func hostcalls() Suite {
	s := Suite{Name: "hostcalls", Doc: "calls of WASI, beside the system calls that they stand for: time of a turn", Baseline: "raw"}
	for i := range hostcallLoops {
		h := &hostcallLoops[i]
		turns := uint32(timing.FileSize / timing.FileBlock) // reads the file to its end
		if h.name == "poll_oneoff" {
			turns = 256 // not all return at once: wasmer sleeps
		}
		s.Workloads = append(s.Workloads, Workload{
			Name: h.name, Doc: h.doc, Raw: h.name, PerTurn: true, Module: h.module, Arg: turns, Small: 10,
			Reference: func(n uint32) uint32 { return n * h.result },
		})
	}
	return s
}

// Places in the memory of the modules.
const (
	pathAt   = 16
	deepAt   = 32
	iovecAt  = 64
	subAt    = 96 // a subscription to a clock, all zero: the time is now
	outAt    = 160
	fdAt     = 256 // of what is opened
	bufferAt = 1024
)

// hostcallLoop is a loop with one hostcall.
type hostcallLoop struct {
	name, doc string
	// turn pushes what is added to the sum; the locals hold the descriptors of the directory and of the file.
	turn   func(a *hostcallBody)
	result uint32 // what a turn that succeeds adds
}

const rightsReadWrite = 1<<1 | 1<<2 | 1<<6 | 1<<21 // fd_read, fd_seek, fd_write, fd_filestat_get

// regularFile is the number of the type.
const regularFile = 4

var hostcallLoops = []hostcallLoop{
	{"loop", "the loop with nothing in it: what of the other rows is the guest's own", func(a *hostcallBody) { a.I32(1) }, 1},
	{"fd_read", "64 bytes from a file to one buffer", func(a *hostcallBody) {
		a.Get(file).I32(iovecAt).I32(1).I32(outAt)
		a.call("fd_read", "iiii:i", outAt, 0)
	}, timing.FileBlock},
	{"fd_write", "64 bytes over those in a file from one buffer", func(a *hostcallBody) {
		a.Get(file).I32(iovecAt).I32(1).I32(outAt)
		a.call("fd_write", "iiii:i", outAt, 0)
	}, timing.FileBlock},
	{"fd_filestat_get", "the metadata of an open file", func(a *hostcallBody) {
		a.Get(file).I32(outAt)
		a.call("fd_filestat_get", "ii:i", outAt, 32)
	}, timing.FileSize},
	{"path_filestat_get", "the metadata of a file in the preopened directory", statTurn(pathAt, timing.File), timing.FileSize},
	{"path_filestat_get_deep", "the metadata of a file three directories below", statTurn(deepAt, timing.DeepFile), timing.FileSize},
	{"path_open", "a file in the preopened directory is opened and closed", openTurn(pathAt, timing.File), 1},
	{"path_open_deep", "a file three directories below is opened and closed", openTurn(deepAt, timing.DeepFile), 1},
	{"fd_fdstat_get", "the type, flags and rights of a descriptor", func(a *hostcallBody) {
		a.Get(file).I32(outAt)
		a.call("fd_fdstat_get", "ii:i", outAt, 0)
		a.I32(0xff).Op(wasm.OpI32And).I32(regularFile).Op(wasm.OpI32Eq)
	}, 1},
	{"sched_yield", "nothing but the call", func(a *hostcallBody) {
		a.call("sched_yield", ":i", 0, 0)
		a.Op(wasm.OpI32Eqz)
	}, 1},
	{"clock_time_get", "the monotonic clock", func(a *hostcallBody) {
		a.I32(1).I64(1).I32(outAt)
		a.call("clock_time_get", "iIi:i", 0, 0)
		a.Op(wasm.OpI32Eqz)
	}, 1},
	{"random_get", "16 random bytes", func(a *hostcallBody) {
		a.I32(bufferAt).I32(timing.RandomBlock)
		a.call("random_get", "ii:i", 0, 0)
		a.Op(wasm.OpI32Eqz)
	}, 1},
	{"poll_oneoff", "a wait for a clock that is over at once", func(a *hostcallBody) {
		a.I32(subAt).I32(bufferAt).I32(1).I32(outAt)
		a.call("poll_oneoff", "iiii:i", outAt, 0)
	}, 1},
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
func (a *hostcallBody) open(path int32, name string, rights int64) {
	a.Get(dir).I32(0).I32(path).I32(int32(len(name))).I32(0).I64(rights).I64(0).I32(0).I32(fdAt)
	a.call("path_open", "iiiiiIIii:i", 0, 0)
}

func (h *hostcallLoop) module() []byte {
	m := new(module).pages(1)
	m.data(pathAt, []byte(timing.File)).data(deepAt, []byte(timing.DeepFile))
	iovec := binary.LittleEndian.AppendUint32(nil, bufferAt)
	m.data(iovecAt, binary.LittleEndian.AppendUint32(iovec, timing.FileBlock))
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
	a.countdown(turns, func() {
		a.Get(sum)
		h.turn(a)
		a.Op(wasm.OpI32Add).Set(sum)
	})
	a.Get(file)
	a.call("fd_close", "i:i", 0, 0)
	a.Get(sum).Op(wasm.OpI32Add)
	m.Func(Export, "i:i", "iii", &a.Body)
	return m.Encode()
}
