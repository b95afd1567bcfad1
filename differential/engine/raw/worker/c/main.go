//go:build cgo

// Command c makes system calls from C, to be timed beside engines that make them for guests.
package main

/*
#cgo CFLAGS: -O2
#include <stdlib.h>
#include "turns.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/differential/engine/raw"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

func main() {
	worker.Serve(&worker.Program{
		Name:       raw.C,
		Version:    "libc",
		Accepts:    func([]byte) bool { return false },
		NewSubject: func() (timing.Subject, error) { return subject{}, nil },
	})
}

// subject has no state: there is no engine.
type subject struct{}

func (subject) Close() {}

func (subject) Compile(k *timing.Kernel) (timing.Module, error) {
	return timing.Uncompiled(func() (timing.Instance, error) { return load(k) }), nil
}

func load(k *timing.Kernel) (timing.Instance, error) {
	name := C.CString(k.Raw)
	defer C.free(unsafe.Pointer(name))
	in := &instance{turn: C.find_turn(name)}
	if in.turn < 0 {
		return nil, fmt.Errorf("no system calls are known for %q", k.Raw)
	}
	dir, err := unix.Open(k.Dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", k.Dir, err)
	}
	peer, err := raw.Listen(k)
	if err != nil {
		unix.Close(dir)
		return nil, err
	}
	in.peer = peer
	// C keeps pointers in the world, so that it must be C's.
	in.world = (*C.struct_world)(C.malloc(C.sizeof_struct_world))
	*in.world = C.struct_world{dir: C.int(dir), path: C.CString(timing.File), deep: C.CString(timing.DeepFile), fresh: C.CString(timing.NewFile),
		port: C.uint16_t(k.Peer.Port())}
	return in, nil
}

// instance is a loop in a directory. The whole loop is one call of C.
type instance struct {
	turn  C.int
	peer  *raw.Peer // nil if the loop has none
	world *C.struct_world
}

func (in *instance) Call(n uint32) (uint32, error) {
	conn, err := in.peer.Accept(n)
	if err != nil {
		return 0, err
	}
	in.world.conn = C.int(conn)
	var sum C.uint32_t
	if errno := C.run_turns(in.world, in.turn, C.uint32_t(n), &sum); errno != 0 {
		err = unix.Errno(errno)
	}
	answer, err2 := in.peer.Finish(conn)
	return uint32(sum) + answer, errors.Join(err, err2)
}

func (in *instance) Close() {
	in.peer.Close()
	unix.Close(int(in.world.dir))
	C.free(unsafe.Pointer(in.world.path))
	C.free(unsafe.Pointer(in.world.deep))
	C.free(unsafe.Pointer(in.world.fresh))
	C.free(unsafe.Pointer(in.world))
}
