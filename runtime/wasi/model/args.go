package model

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// arguments are what the arguments of a call stand for.
type arguments struct {
	fd      [2]*descriptor
	nfds    int
	texts   [2][]byte // paths and targets
	ntexts  int
	places  [2]place // of paths, once the rule has asked for them
	nplaces int
	bufs    []region // of iovecs, or the one buffer
	total   uint64   // their bytes
	outs    []region // all that the call may write
	// stuck says that arguments are so wrong that no more can be said of the call.
	stuck bool
	// loose says that the call writes where addresses in memory lead: other results may be overwritten.
	loose bool
}

// region is a part of the memory.
type region struct{ addr, n uint64 }

// Bits of preview 1 that package wasi does not export.
const (
	lookupFollow = 1
	iovecSize    = 8
	subSize      = 48
	eventSize    = 32
	pathMax      = 4096
)

var (
	badFD = says("preview 1, errno: badf; POSIX, EBADF of each function", "the descriptor is not open", wasi.EBADF)
	fault = says("preview 1, errno: fault; runtime/docs/hostcalls.md, kinds: EFAULT. Wasmtime traps, others say EINVAL or EOVERFLOW",
		"an address is outside the memory", wasi.EFAULT, wasi.EINVAL, wasi.EOVERFLOW, trap).ours(wasi.EFAULT)
	protected = says("wasi.Config.ProtectedMemory: EFAULT", "the memory is not to be written", wasi.EFAULT)
	badValue  = says("preview 1, types: no such value or bit; runtime/docs/hostcalls.md, kinds: EINVAL. Wasmtime traps",
		"an argument is no value of its type", wasi.EINVAL, wasi.ENOTSUP, trap).ours(wasi.EINVAL)
	emptyPath = says("POSIX, 4.16: an empty pathname is not resolved, ENOENT", "a path is empty", wasi.ENOENT, wasi.EINVAL).ours(wasi.ENOENT)
	nulByte   = says("POSIX, 3.254 Pathname: no NUL bytes; runtime/docs/hostcalls.md, path: EINVAL. wasi-libc and Wasmtime say EILSEQ or ENOENT",
		"a path has a NUL byte", wasi.EINVAL, wasi.EILSEQ, wasi.ENOENT).ours(wasi.EINVAL)
	notText = says("preview 1, string: UTF-8; runtime/docs/hostcalls.md, path: EILSEQ; wazero: EPERM", "a path is not UTF-8", wasi.EILSEQ, wasi.EPERM, wasi.EINVAL, wasi.ENOENT).ours(wasi.EILSEQ)
	tooLong = says("POSIX, ENAMETOOLONG: PATH_MAX, 4096 on Linux and 1024 on macOS; a symbolic link adds to it",
		"a path is long", wasi.ENAMETOOLONG)
	manyBufs = says("POSIX, readv(), writev(): EINVAL above IOV_MAX buffers, or if their lengths overflow; preview 1: size is 32 bits",
		"there are very many buffers or bytes", wasi.EINVAL, wasi.EOVERFLOW, wasi.ENOMEM, trap).ours(wasi.EINVAL)
	noRight = says("preview 1, errno: notcapable; runtime/docs/hostcalls.md, fd: EBADF not for reading or writing, EISDIR, ENOTDIR, ESPIPE by type, EPERM, ENOTSOCK. "+
		"POSIX: EBADF, EINVAL for what the type does not support",
		"the descriptor lacks a right, or may", wasi.ENOTCAPABLE, wasi.EBADF, wasi.EISDIR, wasi.ENOTDIR, wasi.ESPIPE, wasi.EPERM, wasi.ENOTSOCK,
		wasi.EACCES, wasi.EINVAL).ours(wasi.ENOTCAPABLE, wasi.EBADF, wasi.EISDIR, wasi.ENOTDIR, wasi.ESPIPE, wasi.EPERM, wasi.ENOTSOCK)
	denies = says("runtime/docs/policy.md, access modes: EPERM; POSIX: EROFS, EACCES on what is read-only; EBADF of what was opened so; wazero: ENOSYS",
		"the preopen is not granted for it", wasi.ENOSYS, wasi.EPERM, wasi.EROFS, wasi.EACCES, wasi.ENOTCAPABLE, wasi.EBADF, wasi.EISDIR).ours(wasi.EPERM, wasi.EBADF, wasi.EISDIR)
	notSocket = says("POSIX, ENOTSOCK of each function on sockets", "it is no socket", wasi.ENOTSOCK, wasi.EBADF, wasi.ENOTSUP).ours(wasi.ENOTSOCK)
)

// decode reads the arguments as their kinds say and notes what is wrong with them.
func (s *step) decode(r *rule) {
	for i := range r.params {
		p := &r.params[i]
		v := uint64(uint32(s.o.Args[p.slot]))
		switch p.how {
		case byFD:
			s.descriptor(p, uint32(v))
		case byText:
			s.text(p, v, s.arg32(p.slot+1))
		case byIovecs:
			s.iovecs(p, v, s.arg32(p.slot+1))
		case byBuffer:
			n := s.arg32(p.slot + 1)
			if s.pointer(p, v, n) {
				s.bufs, s.total = append(s.bufs, region{v, n}), n
			}
		case byArray:
			if n := s.arg32(p.count); n <= uint64(len(s.o.Before)) {
				s.pointer(p, v, n*p.size)
			} else {
				s.fails(fault)
				s.stuck = true
			}
		case byPointer:
			s.pointer(p, v, s.sizeOf(p))
		case byIndirect:
			s.loose = s.loose || p.kind.Writes()
			s.may(fault)
			s.failsIf(!s.inside(v, p.size), fault)
		case byValue:
			switch ok := p.kind.Has(s.o.Args[p.slot]); {
			case p.kind == wasi.Count: // the bound is this project's
				s.mayIf(!ok, badValue)
			case p.kind == wasi.SockType || p.kind == wasi.Family:
				s.mayIf(!ok, badValue)
			default:
				s.failsIf(!ok, badValue)
			}
		}
	}
}

// arg32 returns the argument in a slot that is an i32.
func (s *step) arg32(slot int) uint64 { return uint64(uint32(s.o.Args[slot])) }

// inside reports whether n bytes at addr are in the memory.
func (s *step) inside(addr, n uint64) bool {
	size := uint64(len(s.o.Before))
	return n <= size && addr <= size-n
}

// pointer checks an address of n bytes and reports whether they are there. An address of no bytes may be anywhere.
func (s *step) pointer(p *param, addr, n uint64) bool {
	if !s.inside(addr, n) {
		if n == 0 {
			s.settles(fault)
			return true
		}
		s.fails(fault)
		s.stuck = s.stuck || !p.kind.Writes()
		return false
	}
	if p.kind.Writes() {
		for _, r := range s.m.cfg.Protected {
			s.failsIf(n > 0 && r.Overlaps(addr, n), protected)
		}
		s.outs = append(s.outs, region{addr, n})
	}
	return true
}

// sizeOf returns the bytes of what a pointer leads to, which for lists of strings depend on the guest.
func (s *step) sizeOf(p *param) uint64 {
	switch p.kind {
	case wasi.ArgvOut:
		return 4 * uint64(len(s.m.args))
	case wasi.ArgBufOut:
		return bytesOf(s.m.args)
	case wasi.EnvOut:
		return 4 * uint64(len(s.m.env))
	case wasi.EnvBufOut:
		return bytesOf(s.m.env)
	}
	return p.size
}

// bytesOf returns the bytes of strings that end with a NUL byte each.
func bytesOf(list []string) (n uint64) {
	for _, s := range list {
		n += uint64(len(s)) + 1
	}
	return n
}

// descriptor looks a descriptor up, and compares its rights with those that the call needs.
func (s *step) descriptor(p *param, fd uint32) {
	d := s.m.fd(fd)
	s.fd[s.nfds] = d
	s.nfds++
	if d == nil {
		s.fails(badFD)
		s.stuck = true
		return
	}
	s.mayIf(d.maybe, badFD)
	s.mayIf(d.node == nil && !d.lost && d.sock == nil && p.rights != 0, unsupported)
	if p.kind.IsSocket() && d.sock == nil {
		s.fails(notSocket)
		s.stuck = true
	}
	switch {
	case p.rights&^d.rights.may != 0:
		s.fails(noRight)
	case p.rights&^d.rights.must&^d.denied != 0:
		s.may(noRight)
	}
	s.failsIf(p.rights&d.denied != 0, denies)
}

// text takes a path or a target out of the memory.
func (s *step) text(p *param, addr, n uint64) {
	if !s.pointer(p, addr, n) {
		return
	}
	var b []byte
	if n > 0 {
		b = s.o.Before[addr:][:n]
	}
	s.texts[s.ntexts] = b
	s.ntexts++
	long := pathMax
	if s.m.cfg.OS != "linux" {
		long = 1024
	}
	s.mayIf(len(b) >= long, tooLong)
	s.mayIf(p.kind == wasi.Path && leavesLexically(b), escapes) // of a path that is not walked, for its own sake or another's
	bad := s.n
	s.failsIf(len(b) == 0, emptyPath)
	s.failsIf(bytes.IndexByte(b, 0) >= 0, nulByte)
	s.failsIf(!utf8.Valid(b), notText)
	if p.kind == wasi.Path && len(b) > 0 && b[0] == '/' {
		s.fails(escapes)
	}
	s.stuck = s.stuck || s.n > bad
}

// iovecs takes buffers out of the memory.
func (s *step) iovecs(p *param, addr, n uint64) {
	s.mayIf(n > wasi.MaxIovecs, manyBufs)
	if !s.inside(addr, n*iovecSize) {
		s.fails(fault)
		return
	}
	for array := s.o.Before[addr:][:n*iovecSize]; len(array) > 0; array = array[iovecSize:] {
		r := region{uint64(binary.LittleEndian.Uint32(array)), uint64(binary.LittleEndian.Uint32(array[4:]))}
		s.total += r.n
		if s.pointer(p, r.addr, r.n) && r.n > 0 {
			s.bufs = append(s.bufs, r)
		}
	}
	s.mayIf(s.total > 1<<32-1, manyBufs)
}

// place resolves the path that comes next among those of the call, beneath its n-th descriptor, and notes what is wrong with it. It reports
// whether the path leads somewhere that is known.
func (s *step) place(n, text int, follow bool) (p *place, ok bool) {
	p = &s.places[s.nplaces]
	s.nplaces++
	d := s.fd[n]
	if d.node == nil {
		if d.typ != directory && !d.lost {
			s.fails(notDir)
			return p, false
		}
		p.unknown = true
	} else if d.node.typ != directory {
		s.fails(noRight)
		return p, false
	} else {
		*p = s.m.walk(d.node, s.texts[text], follow)
	}
	s.mayIf(p.lexical, escapes)
	s.mayIf(p.links > 8, manyLinks)
	switch {
	case p.unknown:
		s.may(anything)
		return p, false
	case p.fails != nil:
		s.fails(p.fails)
		return p, false
	}
	return p, true
}

// anything is the condition that what is there is not known.
var anything = &clause{when: "what is there is not known", cite: "package model, Uncertainty", errnos: anyErrno}

// overlaps reports whether results of the call may overwrite each other.
func (s *step) overlaps() bool {
	if s.loose {
		return true
	}
	for i, a := range s.outs {
		for _, b := range s.outs[:i] {
			if a.addr < b.addr+b.n && b.addr < a.addr+a.n {
				return true
			}
		}
	}
	return false
}

// result32 returns the number of 32 bits at the address in a slot, which the call has stored.
func (s *step) result32(slot int) uint64 {
	return uint64(binary.LittleEndian.Uint32(s.o.After[s.arg32(slot):]))
}

// result64 is result32 for 64 bits.
func (s *step) result64(slot int) uint64 {
	return binary.LittleEndian.Uint64(s.o.After[s.arg32(slot):])
}
