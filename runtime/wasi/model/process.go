package model

import (
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

func argsGet(s *step)         { s.strings(s.m.args) }
func argsSizesGet(s *step)    { s.sizes(s.m.args) }
func environGet(s *step)      { s.strings(s.m.env) }
func environSizesGet(s *step) { s.sizes(s.m.env) }

// strings compares a list of addresses and what they lead to with the strings that should be there.
func (s *step) strings(list []string) {
	if s.overlaps() {
		return
	}
	at, buf := s.arg32(0), s.arg32(1)
	for i, want := range list {
		p := uint64(binary.LittleEndian.Uint32(s.o.After[at+4*uint64(i):]))
		if !s.inside(p, uint64(len(want))+1) || p < buf || string(s.o.After[p:][:len(want)+1]) != want+"\x00" {
			s.breach("other string", "number %d is not %q", i, want)
		}
	}
}

func (s *step) sizes(list []string) {
	if s.overlaps() {
		return
	}
	if n, b := s.result32(0), s.result32(1); n != uint64(len(list)) || b != bytesOf(list) {
		s.breach("other sizes", "%d strings, %d bytes instead of %d, %d", n, b, len(list), bytesOf(list))
	}
}

// The clocks of preview 1.
const (
	realtime = iota
	monotonic
	processTime
	threadTime
)

var noClock = says("preview 1, clock_res_get: EINVAL for an unsupported clock; runtime/docs/hostcalls.md: the CPU-time clocks", "the clock may be unsupported", wasi.EINVAL,
	wasi.ENOTSUP, wasi.ENOSYS, wasi.EBADF).ours(wasi.EINVAL)

func mayClock(s *step) {
	if s.o.Args[0] == processTime || s.o.Args[0] == threadTime {
		s.settles(noClock)
	}
}

func clockResGet(s *step) {
	if s.result64(1) == 0 {
		s.breach("no resolution", "of clock %d", s.o.Args[0])
	}
}

// clockTimeGet checks that clocks do not go back: preview 1 promises it of all but the realtime clock, "cannot have negative clock jumps".
func clockTimeGet(s *step) {
	id := s.o.Args[0]
	now := s.result64(2)
	if id != realtime && now < s.m.clock[id] {
		s.breach("a clock goes back", "clock %d from %d to %d", id, s.m.clock[id], now)
	}
	s.m.clock[id] = now
}

var noRandom = says("Config.Random: EIO at its end", "there may be no more random bytes", wasi.EIO)

// random checks that all of the buffer was filled: that 16 bytes in it are by chance what they were happens once in 2^128 times.
func random(s *step) {
	const few = 16
	for _, r := range s.bufs {
		for off := uint64(0); off < r.n; off += few {
			at := r.addr + off
			if n := r.n - off; n < few && r.n < few {
				return
			} else if n < few {
				at -= few - n
			}
			if string(s.o.After[at:][:few]) == string(s.o.Before[at:][:few]) {
				s.breach("bytes are not random", "at %#x in %d bytes", at, r.n)
				return
			}
		}
	}
}

func exitStatus(s *step) (uint32, bool) { return uint32(s.o.Args[0]), true }

var noStop = says("runtime/docs/hostcalls.md, proc_raise: signals that stop a program are ENOTSUP", "a guest cannot be stopped", wasi.ENOTSUP, wasi.ENOSYS).ours(wasi.ENOTSUP)

// signals says what the signals of preview 1 do to a program without handlers, by number from 0 (POSIX, signal.h): ignore, end, stop.
const signals = "ieeeeeeeeeeeeeeeiissssieeeeieee"

func mayRaise(s *step) {
	if sig := s.o.Args[0]; sig < uint64(len(signals)) && signals[sig] != 'i' {
		s.fails(noStop)
	}
}

// raiseStatus is 128 and the number, as shells say it (POSIX, 2.8.2: above 128).
func raiseStatus(s *step) (uint32, bool) {
	sig := s.o.Args[0]
	return 128 + uint32(sig), sig < uint64(len(signals)) && signals[sig] == 'e'
}
