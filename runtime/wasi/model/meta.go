package model

import (
	"encoding/binary"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

var (
	closeFails = says("POSIX, close(): EIO, EINTR; the state of the descriptor is then unspecified", "closing may fail", wasi.EIO)
	notPreopen = says("preview 1, fd_prestat_get: of preopens; EBADF ends wasi-libc's search, ENOTSUP of others", "it is no preopen", wasi.EBADF,
		wasi.ENOTSUP, wasi.EINVAL).ours(wasi.EBADF)
	shortName = says("preview 1, fd_prestat_dir_name; runtime/docs/hostcalls.md: ENAMETOOLONG; others EINVAL, ENOBUFS", "the buffer is too short for the name",
		wasi.ENAMETOOLONG, wasi.EINVAL, wasi.ENOBUFS).ours(wasi.ENAMETOOLONG)
	keepsFlags = says("preview 1, fd_fdstat_set_flags: like F_SETFL; POSIX, fcntl(): EINVAL; runtime/docs/hostcalls.md: EINVAL, ENOTSUP for what the host cannot change",
		"the flags may not be changed", wasi.EINVAL, wasi.ENOTSUP, wasi.EPERM).ours(wasi.EINVAL, wasi.ENOTSUP)
	moreRights = says("preview 1, fd_fdstat_set_rights: it can only remove rights; ENOTCAPABLE otherwise", "rights would be added, or may be", wasi.ENOTCAPABLE, wasi.EPERM).ours(wasi.ENOTCAPABLE)
	omitted    = says("POSIX, utimensat(): if both times are UTIME_OMIT, other errors may still be detected; Linux does not look at the path's end",
		"nothing is there, and no time is set", wasi.ENOENT, wasi.ENOTDIR, wasi.ELOOP)
	timeTwice   = says("preview 1, fstflags: a time and now at once; POSIX, utimensat(): EINVAL", "a time is to be set in two ways", wasi.EINVAL)
	farTime     = says("POSIX, utimensat(): EINVAL for what is no time; hosts count nanoseconds in 63 bits", "a time is above 2^63", wasi.EINVAL, wasi.EOVERFLOW, wasi.ERANGE).ours(wasi.EINVAL)
	keepsNumber = says("runtime/docs/hostcalls.md, fd_renumber: both are open, else EBADF; preview 1 demands it; wazero: ENOTSUP for preopens and streams",
		"the descriptor may not be moved there", wasi.EBADF, wasi.ENOTSUP).ours(wasi.EBADF)
)

func mayClose(s *step) {
	s.mayIf(s.fd[0].preopen != nil, unsupported)
	s.mayIf(s.fd[0].sock != nil, closeFails)
	s.m.severed = s.m.severed || s.fd[0].sock != nil
}

func closed(s *step) { s.m.fds[uint32(s.o.Args[0])] = nil }

func mayRenumber(s *step) {
	to := uint32(s.o.Args[1])
	other := s.m.fd(to)
	s.mayIf(other == nil || other.maybe || other.preopen != nil || s.fd[0].preopen != nil || other.node == nil, keepsNumber)
	s.failsIf(to > math.MaxInt32, keepsNumber)
	s.m.severed = s.m.severed || other != nil && other.sock != nil
}

// renumber moves a descriptor: "atomically replace a file descriptor by renumbering another one" (preview 1).
func renumber(s *step) {
	from, to := uint32(s.o.Args[0]), uint32(s.o.Args[1])
	if from == to {
		return
	}
	d := s.fd[0]
	s.m.fds[from] = nil
	if to < maxNumber {
		s.m.open(to, d)
	}
}

func fdstatGet(s *step) {
	d := s.fd[0]
	s.padded(s.arg32(1), fdstatGaps)
	b := s.o.After[s.arg32(1):]
	typ, flags := filetype(b[0]), wasi.FDFlags(binary.LittleEndian.Uint16(b[2:]))
	base, inherit := wasi.Rights(binary.LittleEndian.Uint64(b[8:])), wasi.Rights(binary.LittleEndian.Uint64(b[16:]))
	s.sameType(d, typ)
	kept := wasi.FDAppend | wasi.FDNonblock // the host may not tell the others apart
	if s.m.cfg.Ours {
		kept = ^wasi.FDFlags(0)
	}
	if changed := (flags ^ d.flags) & kept; changed != 0 && (d.node != nil || d.sock != nil && !d.sock.unsure) {
		s.breach("other flags", "%#x instead of %#x", flags, d.flags)
	}
	if s.m.cfg.Rights == RightsIgnored {
		return // what is reported has no effect
	}
	if lacks, extra := d.rights.must&^base, base&^d.rights.may; lacks != 0 || extra != 0 {
		s.breach("other rights", "%v: without %v, and with %v that it cannot have", base, lacks, extra)
	}
	if lacks, extra := d.inherit.must&^inherit, inherit&^d.inherit.may&^d.denied; (lacks != 0 || extra != 0) && d.typ == directory {
		s.breach("other inheriting rights", "%v: without %v, and with %v that it cannot have", inherit, lacks, extra)
	}
	d.rights = bounds{base &^ d.denied, base}
	d.inherit = bounds{inherit &^ d.denied, inherit}
}

// sameType compares a reported type with that of a descriptor.
func (s *step) sameType(d *descriptor, typ filetype) {
	switch {
	case d.typ == directory, d.typ == regular:
		if typ != d.typ {
			s.breach("other type", "%d instead of %d", typ, d.typ)
		}
	case d.sock != nil:
		if typ != sockStream && typ != dgramSocket && typ != unknownType {
			s.breach("other type", "%d of a socket", typ)
		}
	case d.node == nil && !d.lost && (typ == directory || typ == symlink):
		s.breach("other type", "%d of a stream", typ)
	}
}

func maySetFlags(s *step) {
	s.mayIf(wasi.FDFlags(s.o.Args[1]) != s.fd[0].flags || s.fd[0].node == nil, keepsFlags)
}

func setFlags(s *step) { s.fd[0].flags = wasi.FDFlags(s.o.Args[1]) }

func maySetRights(s *step) {
	d := s.fd[0]
	base, inherit := wasi.Rights(s.o.Args[1]), wasi.Rights(s.o.Args[2])
	if s.m.cfg.Rights == RightsIgnored {
		s.may(moreRights)
		return
	}
	switch {
	case base&allKnown&^d.rights.may != 0, inherit&allKnown&^d.inherit.may&^d.denied != 0:
		s.fails(moreRights)
	case base&^d.rights.must != 0, inherit&^d.inherit.must != 0:
		s.may(moreRights)
	}
}

func setRights(s *step) {
	d := s.fd[0]
	base, inherit := wasi.Rights(s.o.Args[1]), wasi.Rights(s.o.Args[2])
	d.rights.must &= base
	d.inherit.must &= inherit
	if s.m.cfg.Rights != RightsIgnored {
		d.rights.may &= base
		d.inherit.may &= inherit
	}
}

func mayPrestat(s *step) { s.failsIf(s.fd[0].preopen == nil, notPreopen) }

func prestat(s *step) {
	s.padded(s.arg32(1), prestatGaps)
	b := s.o.After[s.arg32(1):]
	name := *s.fd[0].preopen
	if n := binary.LittleEndian.Uint32(b[4:]); b[0] != 0 || n != uint32(len(name)) {
		s.breach("other preopen", "kind %d, a name of %d bytes instead of %d", b[0], n, len(name))
	}
}

func mayDirName(s *step) {
	d := s.fd[0]
	if d.preopen == nil {
		s.fails(notPreopen)
		return
	}
	short := s.arg32(2) < uint64(len(*d.preopen))
	s.failsIf(short, shortName)
	s.mayIf(s.arg32(2) != uint64(len(*d.preopen)), shortName)
}

func dirName(s *step) {
	name := *s.fd[0].preopen
	if got := s.o.After[s.arg32(1):][:len(name)]; string(got) != name {
		s.breach("other preopen", "%q instead of %q", got, name)
	}
}

func fdFilestatGet(s *step) {
	d := s.fd[0]
	s.padded(s.arg32(1), filestatGaps)
	b := s.o.After[s.arg32(1):][:64]
	if d.node == nil {
		s.sameType(d, filetype(b[16]))
		return
	}
	s.filestat(b, d.node)
}

// filestat compares a structure with a file. What a directory's size and number of links are is left to the host (POSIX, sys/stat.h), and its
// device is not told apart.
func (s *step) filestat(b []byte, n *node) {
	ino, typ := binary.LittleEndian.Uint64(b[8:]), filetype(b[16])
	links, size := binary.LittleEndian.Uint64(b[24:]), binary.LittleEndian.Uint64(b[32:])
	if typ != n.typ {
		s.breach("other type", "%d instead of %d", typ, n.typ)
	}
	s.sameInode(n, ino)
	if !s.m.sure(n) {
		return
	}
	want := n.size
	if n.typ == symlink {
		want = uint64(len(n.target))
	}
	if n.typ != directory && size != want {
		s.breach("other size", "%d instead of %d", size, want)
	}
	if n.typ != directory && links != uint64(n.links) && !(links == 1 && s.m.cfg.Rights == RightsIgnored) {
		s.breach("other number of links", "%d instead of %d", links, n.links)
	}
	s.sameTime("atime", n.atime, binary.LittleEndian.Uint64(b[40:]))
	s.sameTime("mtime", n.mtime, binary.LittleEndian.Uint64(b[48:]))
}

// sameTime compares a time with what was set.
func (s *step) sameTime(which string, want moment, got uint64) {
	if want.known && !want.is(got) {
		s.breach("other time", "%s %d instead of %d", which, got, want.at)
	}
}

// is reports whether got can be the time as a file system keeps it: in nanoseconds, microseconds or seconds.
func (m moment) is(got uint64) bool {
	if m.now {
		return got >= m.at
	}
	return got == m.at || got == m.at-m.at%1e3 || got == m.at-m.at%1e9
}

// sameInode compares a file's number with what was reported before: a file keeps it (POSIX, st_ino), and no two have the same. 0 stands
// for unknown.
func (s *step) sameInode(n *node, ino uint64) {
	switch {
	case ino == 0 || s.m.adrift:
		return
	case n.ino != 0 && n.ino != ino:
		s.breach("other inode", "%d instead of %d", ino, n.ino)
		return
	case n.ino == ino:
		return
	}
	n.ino = ino
	for _, root := range s.m.roots {
		root.each(func(other *node) {
			if other != n && other.ino == ino && other.links+n.links > 0 {
				s.breach("two files with one inode", "%d", ino)
			}
		})
	}
}

// The bits of fstflags in preview 1.
const (
	setAtime = 1 << iota
	setAtimeNow
	setMtime
	setMtimeNow
)

// times returns the slot of the first time of a call that sets times; the other time and the flags are behind.
func (s *step) times() int { return s.slotOf(wasi.Time) }

// omitsTimes reports whether the call is one that sets times, and sets none.
func (s *step) omitsTimes() bool {
	slot := s.times()
	return slot >= 0 && s.o.Args[slot+2] == 0
}

func maySetTimes(s *step) {
	slot := s.times()
	flags := s.o.Args[slot+2]
	s.failsIf(flags&(setAtime|setAtimeNow) == setAtime|setAtimeNow || flags&(setMtime|setMtimeNow) == setMtime|setMtimeNow, timeTwice)
	s.mayIf(flags&setAtime != 0 && s.o.Args[slot] > math.MaxInt64 || flags&setMtime != 0 && s.o.Args[slot+1] > math.MaxInt64, farTime)
}

func fdSetTimes(s *step) {
	if n := s.fd[0].node; n != nil {
		s.setTimes(n)
	}
}

func (s *step) setTimes(n *node) {
	slot := s.times()
	flags := s.o.Args[slot+2]
	if flags&(setAtime|setAtimeNow) != 0 {
		n.atime = s.moment(s.o.Args[slot], flags&setAtimeNow != 0)
	}
	if flags&(setMtime|setMtimeNow) != 0 {
		n.mtime = s.moment(s.o.Args[slot+1], flags&setMtimeNow != 0)
	}
}

// moment returns the time that a call sets.
func (s *step) moment(at uint64, now bool) moment {
	if now {
		return moment{at: s.m.begun, known: s.m.cfg.Ours, now: true} // others may have done it long ago
	}
	return moment{at: at, known: at <= math.MaxInt64}
}
