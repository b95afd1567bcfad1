package model

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// large is an offset from which on file systems may say that a file cannot be so large: ext4 has 2^44 bytes, others 2^63.
const large = 1 << 40

var (
	negative = says("preview 1, filesize: 64 bits; POSIX, off_t: signed, EINVAL; EOVERFLOW and EFBIG of pread(), pwrite(), ftruncate()",
		"an offset or a size is above 2^63", wasi.EINVAL, wasi.EOVERFLOW, wasi.EFBIG, wasi.EIO).ours(wasi.EINVAL, wasi.EFBIG)
	tooLarge = says("POSIX, EFBIG of write(), pwrite(), ftruncate(); EINVAL, EOVERFLOW, ENOSPC of hosts: pwrite(2), truncate(2)",
		"the file would be very large", wasi.EFBIG, wasi.EINVAL, wasi.EOVERFLOW, wasi.ENOSPC)
	farRead    = says("POSIX, pread(): EINVAL, EOVERFLOW for what the file system cannot have", "the offset is very large", wasi.EINVAL, wasi.EOVERFLOW)
	wouldBlock = says("POSIX, read(), write(): EAGAIN; preview 1, errno: again. Config.NetTimeout: ETIMEDOUT",
		"a stream may not be ready", wasi.EAGAIN, wasi.ETIMEDOUT, wasi.ECANCELED, wasi.EPIPE, wasi.EIO)
)

// offset returns the argument of the kind filesize, and whether a host can have it.
func (s *step) offset() (off uint64, ok bool) {
	off = s.o.Args[s.slotOf(wasi.Filesize)]
	s.failsIf(off > math.MaxInt64, negative)
	return off, off <= math.MaxInt64
}

func mayRead(s *step) {
	d := s.fd[0]
	if d.sock != nil {
		mayReceive(s)
		return
	}
	s.mayIf(d.typ != regular && d.input == nil, wouldBlock)
	if d.typ == regular && s.total > 0 && d.offset > large {
		s.may(farRead)
	}
}

func mayReadAt(s *step) {
	off, ok := s.offset()
	s.mayIf(s.fd[0].stream, noSeek)
	s.mayIf(s.fd[0].stream, wouldBlock)
	s.mayIf(ok && off > large, farRead)
}

func mayWrite(s *step) {
	d := s.fd[0]
	if d.sock != nil {
		maySend(s)
		return
	}
	s.mayIf(d.typ != regular, wouldBlock)
	s.mayIf(d.typ == regular && (d.lost || d.offset > large || d.node != nil && d.node.size > large), tooLarge)
}

func mayWriteAt(s *step) {
	off, ok := s.offset()
	d := s.fd[0]
	s.mayIf(d.stream, noSeek)
	s.mayIf(d.stream, wouldBlock)
	s.mayIf(ok && (off > large || d.node == nil || d.node.size > large), tooLarge)
}

// moved returns the number of bytes that a call reports to have moved, and whether its buffers hold so many.
func (s *step) moved() (n uint64, ok bool) {
	n = s.result32(s.slotOf(wasi.SizeOut))
	if n > s.total {
		s.breach("more bytes than the buffers hold", "%d of %d", n, s.total)
	}
	return n, n <= s.total
}

func read(s *step) {
	d := s.fd[0]
	n, ok := s.moved()
	switch {
	case d.sock != nil:
		received(s)
	case !ok:
	case d.input != nil:
		in := *d.input
		if n > uint64(len(in)) || n == 0 && s.total > 0 && len(in) > 0 || !s.holds([]byte(in[:min(n, uint64(len(in)))])) {
			s.breach("other content", "%d bytes of the input %q", n, in)
			return
		}
		in = in[n:]
		d.input = &in
	case d.typ == regular:
		if d.lost {
			d.node.atime.known = false
		} else {
			s.readFrom(d.node, d.offset, n)
		}
		d.offset += n
	}
}

func pread(s *step) {
	if n, ok := s.moved(); ok {
		s.readFrom(s.fd[0].node, s.o.Args[s.slotOf(wasi.Filesize)], n)
	}
}

// readFrom compares n bytes in the buffers with what a file has at an offset. Fewer bytes than the buffers hold are allowed even if the
// file has more, because implementations fill the first buffer alone; none are not, as they say that the file ends (preview 1, fd_read;
// POSIX, read(): 0 is the end of the file).
func (s *step) readFrom(node *node, off, n uint64) {
	if !s.m.sure(node) {
		return
	}
	node.atime.known = false
	left := node.left(off)
	switch {
	case n > left:
		s.breach("reads beyond the end", "%d bytes at %d of a file of %d", n, off, node.size)
		return
	case n == 0 && s.total > 0 && left > 0:
		s.breach("reads nothing before the end", "at %d of a file of %d bytes", off, node.size)
		return
	}
	if s.overlaps() {
		return
	}
	for _, r := range s.bufs {
		k := min(r.n, n)
		if got := s.o.After[r.addr:][:k]; !node.matches(got, off) {
			want := node.data[min(off, uint64(len(node.data))):]
			s.breach("other content", "read %q at %d, where the file has %q", cut(got), off, cut(want))
			return
		}
		off, n = off+k, n-k
	}
}

// holds reports whether the buffers begin with b, or may.
func (s *step) holds(b []byte) bool {
	if s.overlaps() {
		return true
	}
	for _, r := range s.bufs {
		k := min(r.n, uint64(len(b)))
		if string(s.o.After[r.addr:][:k]) != string(b[:k]) {
			return false
		}
		b = b[k:]
	}
	return true
}

func write(s *step) {
	d := s.fd[0]
	n, ok := s.written()
	if !ok || d.sock != nil || d.typ != regular {
		if d.lost && n > 0 && d.node == nil && !d.stream && d.sock == nil {
			s.m.Forget()
		}
		return
	}
	// POSIX, write(): with O_APPEND the offset is set to the end before. Afterwards it is behind what was written.
	switch {
	case d.flags&wasi.FDAppend != 0 && n > 0:
		d.offset, d.lost = d.node.size, !s.m.sure(d.node)
	case d.lost:
		if n > 0 {
			d.node.doubt()
		}
		return
	}
	s.writeTo(d.node, d.offset, n)
	d.offset += n
}

func pwrite(s *step) {
	d := s.fd[0]
	n, ok := s.written()
	off := s.o.Args[s.slotOf(wasi.Filesize)]
	switch {
	case !ok || n == 0 || d.stream:
		return
	case d.node == nil:
		s.m.Forget()
		return
	case d.flags&wasi.FDAppend == 0:
	case s.m.cfg.OS == "linux":
		off = d.node.size // pwrite(2), BUGS: with O_APPEND, Linux appends whatever the offset
	case s.m.cfg.OS == "darwin": // POSIX, pwrite(): the offset counts
	default:
		d.node.doubt()
		return
	}
	s.writeTo(d.node, off, n)
}

// written is moved for calls that write. Fewer bytes than there are is allowed, but not none: POSIX, write(), gives none only if none were
// asked for, and quotas are errors.
func (s *step) written() (n uint64, ok bool) {
	n, ok = s.moved()
	if ok && n == 0 && s.total > 0 {
		s.breach("writes nothing", "of %d bytes", s.total)
		return n, false
	}
	return n, ok
}

// writeTo puts the first n bytes of the buffers at an offset.
func (s *step) writeTo(node *node, off, n uint64) {
	if n == 0 || node == nil {
		return
	}
	node.changed()
	for _, r := range s.bufs {
		k := min(r.n, n)
		node.write(s.o.Before[r.addr:][:k], off)
		off, n = off+k, n-k
	}
}

var (
	beforeStart = says("POSIX, lseek(): EINVAL if the resulting offset would be negative; EOVERFLOW if it cannot be represented",
		"the offset would be negative or too large", wasi.EINVAL, wasi.EOVERFLOW)
	farSeek = says("lseek(2), EINVAL: beyond what the file system can have", "the offset would be very large", wasi.EINVAL, wasi.EOVERFLOW)
	noSeek  = says("POSIX, lseek(): ESPIPE; POSIX leaves offsets of directories open", "it may have no offset", wasi.ESPIPE, wasi.EBADF, wasi.EISDIR,
		wasi.EINVAL, wasi.ENOTSUP)
)

// target returns where fd_seek goes, and whether that is known.
func (s *step) target() (off int64, overflow, known bool) {
	d, delta := s.fd[0], int64(s.o.Args[1])
	base := int64(0)
	switch s.o.Args[2] {
	case 1:
		base, known = int64(d.offset), !d.lost
	case 2:
		if d.node != nil {
			base = int64(d.node.size)
		}
		known = s.m.sure(d.node)
	default:
		known = true
	}
	off = base + delta
	return off, delta > 0 && off < base, known
}

func maySeek(s *step) {
	if s.fd[0].typ != regular {
		s.may(noSeek)
		return
	}
	off, overflow, known := s.target()
	s.mayIf(!known, beforeStart)
	s.failsIf(known && (overflow || off < 0), beforeStart)
	s.mayIf(off > large, farSeek)
}

func seek(s *step) {
	d := s.fd[0]
	got := s.result64(3)
	if off, _, known := s.target(); known && d.typ == regular && got != uint64(off) {
		s.breach("other offset", "%d instead of %d", got, off)
	}
	d.offset, d.lost = got, false
}

func mayTell(s *step) { s.mayIf(s.fd[0].typ != regular, noSeek) }

func tell(s *step) {
	d := s.fd[0]
	got := s.result64(1)
	if !d.lost && d.typ == regular && got != d.offset {
		s.breach("other offset", "%d instead of %d", got, d.offset)
	}
	d.offset, d.lost = got, false
}

var (
	badAdvice = says("POSIX, posix_fadvise(): EINVAL for a negative length, ESPIPE for a pipe; on directories, hosts differ", "what is advised on may be refused",
		wasi.EINVAL, wasi.ESPIPE, wasi.EBADF, wasi.EISDIR, wasi.ENOTSUP)
	noSync = says("POSIX, fsync(): EINVAL if the file does not support it; EROFS of Linux", "the file may not be synchronised", wasi.EINVAL, wasi.EROFS, wasi.EBADF,
		wasi.ENOTSUP, wasi.EISDIR)
	noSpace = says("runtime/docs/hostcalls.md, fd_allocate: ENOTSUP; Wasmtime: ENOTSUP; POSIX, posix_fallocate(): ENODEV, ENOSPC, ESPIPE",
		"space need not be reserved", wasi.ENOTSUP, wasi.ENOSYS, wasi.ENODEV, wasi.ENOSPC, wasi.ESPIPE, wasi.EFBIG).ours(wasi.ENOTSUP)
	emptySpace = says("POSIX, posix_fallocate(): EINVAL if the length is zero", "nothing is to be reserved", wasi.EINVAL)
)

func mayAdvise(s *step) {
	off, n := s.o.Args[1], s.o.Args[2]
	s.mayIf(s.fd[0].typ != regular || off > math.MaxInt64 || n > math.MaxInt64 || off+n > math.MaxInt64, badAdvice)
}

func maySync(s *step) { s.mayIf(s.fd[0].typ != regular, noSync) }

func mayAllocate(s *step) {
	off, n := s.o.Args[1], s.o.Args[2]
	far := off > math.MaxInt64 || n > math.MaxInt64 || off+n > math.MaxInt64
	s.failsIf(far, negative)
	switch {
	case n == 0 && s.m.cfg.Ours:
		s.fails(emptySpace)
	case s.m.cfg.Ours && !far:
		s.fails(noSpace)
	case !s.m.cfg.Ours:
		s.may(noSpace)
		s.mayIf(n == 0, emptySpace)
	}
}

func allocate(s *step) {
	if n := s.fd[0].node; n != nil {
		n.size = max(n.size, s.o.Args[1]+s.o.Args[2])
		n.changed()
	} else {
		s.unknownFile()
	}
}

// unknownFile makes everything unsure that a call may have changed through a descriptor of which is not known what it stands for.
func (s *step) unknownFile() {
	if !s.fd[0].stream {
		s.m.Forget()
	}
}

func maySetSize(s *step) {
	size, ok := s.offset()
	s.mayIf(ok && size > large, tooLarge)
}

func setSize(s *step) {
	n := s.fd[0].node
	if n == nil {
		s.unknownFile()
		return
	}
	if size := s.o.Args[1]; !n.unsure || size == 0 { // an empty file is known again
		n.unsure = false
		n.resize(size)
	}
	n.changed()
}
