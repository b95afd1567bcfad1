package workload

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// lmbench measures what LMbench's programs lat_syscall, lat_select, lat_fs, bw_file_rd, bw_mem and lat_mem_rd do, in their method: an
// interval that is long enough, eleven repetitions, the median, less the loop's own time. The loops are our own, with no libc between
// guest and hostcall: what they show are not results of LMbench, whose licence forbids publishing those of a modified one.
func lmbench(from Sources) Suite {
	s := Suite{Name: "lmbench", Doc: "in LMbench's method and form, by our own loops: time as the guest sees it, of a turn", Baseline: "raw",
		Rounds: 11, Wall: true, Overhead: "loop", Apart: true}
	if from.LMbench != "" {
		var err error
		if s.Workloads, err = lmbenchTree(from.LMbench); err != nil {
			s.Workloads = []Workload{skippedRow("user", err)}
		}
		return s
	}
	add := func(title string, bytes int, w Workload) {
		w.Title, w.Bytes = title, bytes
		s.Workloads = append(s.Workloads, w)
	}
	for _, l := range slices.Concat(lmbenchLoops, tcpLoops) {
		add(l.title, l.bytes, l.workload())
		if !l.unselected {
			s.Selected = append(s.Selected, l.name)
		}
	}
	for _, m := range memoryLoops {
		add(m.title, m.bytes, m.workload())
	}
	for _, size := range []int{4 << 10, 64 << 10, 1 << 20, 8 << 20} {
		name := fmt.Sprintf("%dk", size>>10)
		add("Memory load latency "+name, 0, chase("lat_mem_"+name, size))
	}
	return s
}

// lmbenchLoop is a loop with its name in LMbench's form.
type lmbenchLoop struct {
	title string
	bytes int // of a turn, if it is bandwidth that counts
	hostcallLoop
}

var lmbenchLoops = []lmbenchLoop{
	{"", 0, hostcallLoop{name: "loop", doc: "the loop with nothing in it, which is subtracted from those of hostcalls", turn: noTurn, result: 1}},
	{"Simple syscall", 0, hostcallLoop{name: "syscall", doc: "sched_yield, the cheapest hostcall", raw: "sched_yield", turn: yieldTurn, result: 1}},
	{"Simple read", 0, hostcallLoop{name: "read", doc: "one byte from a file", raw: "read_1", turn: readTurn, block: 1, result: 1}},
	{"Simple write", 0, hostcallLoop{name: "write", doc: "one byte to a file", raw: "write_1", turn: writeTurn, block: 1, result: 1}},
	{"Simple stat", 0, hostcallLoop{name: "stat", doc: "the metadata of a file by its name", raw: "path_filestat_get",
		turn: statTurn(pathAt, timing.File), result: timing.FileSize}},
	{"Simple fstat", 0, hostcallLoop{name: "fstat", doc: "the metadata of an open file", raw: "fd_filestat_get", turn: fstatTurn, result: timing.FileSize}},
	{"Simple open/close", 0, hostcallLoop{name: "open_close", doc: "a file is opened and closed", raw: "path_open",
		turn: openTurn(pathAt, timing.File), result: 1}},
	{"Select on 10 fd's", 0, hostcallLoop{name: "select_10", doc: "poll_oneoff for ten reads of a file, all of which are ready", raw: "poll_10",
		prepare: subscribe, turn: pollTurn, result: 1, turns: 256}},
	createLoop("0k", 0, false), createLoop("1k", 1<<10, true), createLoop("4k", 4<<10, true), createLoop("10k", 10<<10, false),
	{"File read bandwidth", timing.BigBlock, hostcallLoop{name: "bw_file_rd", doc: "64 KiB from a file that lies in memory, from its beginning to its end",
		raw: "read_64k", turn: readTurn, block: timing.BigBlock, result: timing.BigBlock, turns: timing.FileSize / timing.BigBlock}},
}

// The flags of path_open, of preview 1.
const (
	creat = 1
	excl  = 4
)

// createLoop makes a file of some size and removes it.
func createLoop(name string, size uint32, unselected bool) lmbenchLoop {
	return lmbenchLoop{"File create/delete " + name, 0, hostcallLoop{
		name: "fs_" + name, doc: "a file of " + name + " is created, written and deleted", raw: "create_" + name, block: size, result: 1, turns: 256, unselected: unselected,
		turn: func(a *hostcallBody) {
			a.openAs(newAt, timing.NewFile, creat|excl, rightsReadWrite)
			if size > 0 {
				a.I32(fdAt).Op(wasm.OpI32Load, 2, 0).I32(iovecAt).I32(1).I32(outAt)
				a.call("fd_write", "iiii:i", outAt, 0)
				a.I32(int32(size)).Ops(wasm.OpI32Ne, wasm.OpI32Or)
			}
			a.I32(fdAt).Op(wasm.OpI32Load, 2, 0)
			a.call("fd_close", "i:i", 0, 0)
			a.Op(wasm.OpI32Or)
			a.Get(dir).I32(newAt).I32(int32(len(timing.NewFile)))
			a.call("path_unlink_file", "iii:i", 0, 0)
			a.Ops(wasm.OpI32Or, wasm.OpI32Eqz)
		},
	}}
}

// subscription is the size in bytes of a subscription of poll_oneoff, and readTag and readFD are where it says that it is for a read and
// of which descriptor. Its number of the user's stands first.
const (
	subscription = 48
	tagAt        = 8
	readTag      = 1
	readFD       = 16
)

// subscribe lays out the subscriptions to reads of the file.
func subscribe(a *hostcallBody) {
	for i := range int32(timing.PollFiles) {
		sub := pollAt + i*subscription
		a.I32(sub+tagAt).I32(readTag).Op(wasm.OpI32Store8, 0, 0)
		a.I32(sub+readFD).Get(file).Op(wasm.OpI32Store, 2, 0)
	}
}

// pollTurn counts calls that find something ready: how much of it a call reports is the engine's affair.
func pollTurn(a *hostcallBody) {
	a.I32(pollAt).I32(bufferAt).I32(timing.PollFiles).I32(outAt)
	a.call("poll_oneoff", "iiii:i", 0, 0)
	a.Op(wasm.OpI32Eqz)
	a.I32(0).I32(outAt).Op(wasm.OpI32Load, 2, 0).Ops(wasm.OpI32LtU, wasm.OpI32And)
}

// memoryLoop moves bytes in the guest's memory.
type memoryLoop struct {
	title, name, doc string
	bytes            int // of a turn
	// step works on 64 bytes at the address in the local at, and may add to the local total.
	step func(a *body, at, total uint64)
	// whole replaces the loop over steps, if it is not nil.
	whole func(a *body)
}

// The memory that is worked on: what is read or written is below half of it, what is copied goes to the other half.
const (
	region     = 1 << 20
	halfRegion = region / 2
)

var memoryLoops = []memoryLoop{
	{"Memory read bandwidth", "bw_mem_rd", "512 KiB are read in words of 64 bits", halfRegion, func(a *body, at, total uint64) {
		a.Get(total)
		for i := range uint64(8) {
			a.Get(at).Op(wasm.OpI64Load, 3, 8*i).Op(wasm.OpI64Add)
		}
		a.Set(total)
	}, nil},
	{"Memory write bandwidth", "bw_mem_wr", "512 KiB are written in words of 64 bits", halfRegion, func(a *body, at, _ uint64) {
		for i := range uint64(8) {
			a.Get(at).I64(0).Op(wasm.OpI64Store, 3, 8*i)
		}
	}, nil},
	{"Memory copy bandwidth", "bw_mem_cp", "512 KiB are copied in words of 64 bits", halfRegion, func(a *body, at, _ uint64) {
		for i := range uint64(8) {
			a.Get(at).Get(at).Op(wasm.OpI64Load, 3, 8*i).Op(wasm.OpI64Store, 3, halfRegion+8*i)
		}
	}, nil},
	{"Memory bcopy bandwidth", "bw_mem_bcopy", "512 KiB are copied by memory.copy", halfRegion, nil, func(a *body) {
		a.I32(halfRegion).I32(0).I32(halfRegion).Op(wasm.OpMemoryCopy, 0, 0)
	}},
}

// workload returns the loop as a workload. Each turn adds one to the result, and what was read, which is zero.
func (l *memoryLoop) workload() Workload {
	const turns, sum, at, limit, total = 0, 1, 2, 3, 4
	build := func() []byte {
		m := new(module).pages(region / wasm.PageSize)
		m.run("iiiI", func(a *body) {
			a.I32(halfRegion).Set(limit)
			a.countdown(turns, func() {
				if l.whole != nil {
					l.whole(a)
				} else {
					a.I32(0).Set(at)
					a.count(at, limit, func() { a.I32(64) }, func() { l.step(a, at, total) })
				}
				a.addTo(sum, 1)
			})
			a.Get(sum).Get(total).Ops(wasm.OpI32WrapI64, wasm.OpI32Add)
		})
		return m.Encode()
	}
	return Workload{Name: l.name, Doc: l.doc, Module: build, Arg: 16, Small: 1, PerTurn: true, Reference: func(n uint32) uint32 { return n }}
}

// chase follows a chain of addresses, each a cache line behind the one before, through size bytes.
func chase(name string, size int) Workload {
	const line, loads = 64, 8 // of a turn of the guest's loop; its argument is a number of loads
	const turns, at = 0, 1
	build := func() []byte {
		m := new(module).pages(uint64(max(size, wasm.PageSize)) / wasm.PageSize)
		m.start(func(a *body) { // lays out the chain, which would be megabytes of the module
			const at, limit = 0, 1
			a.I32(int32(size)).Set(limit)
			a.count(at, limit, func() { a.I32(line) }, func() {
				a.Get(at).Get(at).I32(line).Op(wasm.OpI32Add).I32(int32(size-1)).Op(wasm.OpI32And).Op(wasm.OpI32Store, 2, 0)
			})
		})
		m.run("i", func(a *body) {
			a.Get(turns).I32(loads).Op(wasm.OpI32DivU).Set(turns)
			a.countdown(turns, func() {
				a.Get(at)
				for range loads {
					a.Op(wasm.OpI32Load, 2, 0)
				}
				a.Set(at)
			})
			a.Get(at)
		})
		return m.Encode()
	}
	return Workload{Name: name, Doc: fmt.Sprintf("loads that depend on each other, 64 bytes apart, through %d KiB", size>>10), Module: build,
		Arg: 200_000, Small: 100, PerTurn: true,
		Reference: func(n uint32) uint32 { return uint32(uint64(n/loads*loads) * line % uint64(size)) }}
}
