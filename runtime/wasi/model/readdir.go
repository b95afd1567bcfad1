package model

import (
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// direntSize is the size in bytes of an entry without its name.
const direntSize = 24

// listing is what a descriptor has listed of its directory since it began.
type listing struct {
	version int      // of the directory when it began
	names   []string // in order, "." and ".." left out
	cookies []uint64 // behind each of names
	first   []uint64 // cookies of the place before all names: 0, and those behind "." and ".."
}

func (l *listing) reset() { *l = listing{} }

var badCookie = says("preview 1, fd_readdir: a cookie is 0 or one that was given; others are ENOENT, EINVAL or the end", "the cookie was never given", wasi.ENOENT,
	wasi.EINVAL, wasi.EOVERFLOW, wasi.ENOTSUP).ours()

// place returns how many names are before a cookie; -1 if it was never given.
func (l *listing) place(cookie uint64) int {
	if cookie == 0 {
		return 0
	}
	for i, c := range l.cookies {
		if c == cookie {
			return i + 1
		}
	}
	for _, c := range l.first {
		if c == cookie {
			return 0
		}
	}
	return -1
}

func mayReaddir(s *step) {
	d := s.fd[0]
	s.mayIf(d.node != nil && d.node.gone, goneDir)
	s.mayIf(d.listing.place(s.o.Args[3]) < 0, badCookie)
	s.mayIf(s.total < direntSize, shortBuf)
}

// readdir checks entries: each exists with its type, none comes twice in a listing, all have come at its end. If the directory has changed
// since the listing began, what has changed may be listed or not (POSIX, readdir()), and no more is said.
func readdir(s *step) {
	d := s.fd[0]
	used, ok := s.moved()
	if d.node != nil {
		d.node.atime.known = false
	}
	if !ok || !s.m.sure(d.node) || s.overlaps() {
		d.listing.reset()
		return
	}
	cookie := s.o.Args[3]
	if s.m.cfg.Ours && cookie > farCookie && used > 0 {
		s.breach("entries behind the end", "%d bytes at %d", used, cookie)
		return
	}
	l := &d.listing
	if cookie == 0 {
		l.reset()
		l.version = d.node.version
	}
	at := l.place(cookie)
	if l.version != d.node.version || at < 0 {
		l.reset()
		l.version = -1
		return
	}
	l.names, l.cookies = l.names[:at], l.cookies[:at]
	complete := s.entries(d, s.arg32(1), used)
	if complete && used < s.total {
		for _, e := range d.node.entries {
			if !l.has(e.name) {
				s.breach("an entry is missing", "%q; there are %q", e.name, l.names)
			}
		}
	}
}

func (l *listing) has(name string) bool {
	for _, n := range l.names {
		if n == name {
			return true
		}
	}
	return false
}

// farCookie is a position behind the end of every directory, of a runtime where a position is the number of entries before it.
const farCookie = 1 << 20

// entries checks the entries in the used bytes at addr and adds them to the listing. It reports whether the last one is whole.
func (s *step) entries(d *descriptor, addr, used uint64) (complete bool) {
	l := &d.listing
	b := s.o.After[addr:][:used]
	for len(b) > 0 {
		if len(b) < direntSize {
			return false
		}
		s.padded(addr+used-uint64(len(b)), direntGaps)
		next, ino := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		size, typ := uint64(binary.LittleEndian.Uint32(b[16:])), filetype(b[20])
		b = b[direntSize:]
		if size > uint64(len(b)) {
			return false
		}
		name := b[:size]
		b = b[size:]
		switch string(name) {
		case ".":
			s.sameInode(d.node, ino)
			fallthrough
		case "..":
			if s.m.cfg.Ours && ino != 0 && string(name) == ".." {
				s.breach("the inode of the directory above is told", "%d", ino)
			}
			if typ != directory && typ != unknownType {
				s.breach("other type", "%d of %q", typ, name)
			}
			l.first = append(l.first, next)
			continue
		}
		n := d.node.find(name)
		switch {
		case n == nil:
			s.breach("an entry that does not exist", "%q", name)
			return false
		case typ != n.typ && typ != unknownType: // preview 1, dirent: d_type; POSIX, DT_UNKNOWN
			s.breach("other type", "%d instead of %d of %q", typ, n.typ, name)
		case l.has(string(name)):
			s.breach("an entry comes twice", "%q", name)
		}
		s.sameInode(n, ino)
		l.names, l.cookies = append(l.names, string(name)), append(l.cookies, next)
	}
	return true
}
