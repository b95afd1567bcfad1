package model

import "github.com/touchstone-wasm/touchstone/runtime/wasi"

var (
	oddFlags = says("POSIX, open(): undefined, or hosts differ: O_DIRECTORY with O_CREAT (open(2)), O_EXCL without O_CREAT; runtime/docs/hostcalls.md: EINVAL",
		"the flags do not go together", wasi.EINVAL, wasi.ENOTSUP, wasi.EEXIST, wasi.EISDIR)
	syncFlags = says("preview 1, fdflags: dsync, rsync, sync; ENOTSUP, EINVAL of hosts without O_DSYNC", "writes are to be synchronised", wasi.ENOTSUP, wasi.EINVAL)
	finalLink = says("preview 1, lookupflags: without symlink_follow a link at the end is not followed; POSIX, O_NOFOLLOW: ELOOP; with O_DIRECTORY ENOTDIR; EMLINK of BSD",
		"it is a link", wasi.ELOOP, wasi.ENOTDIR, wasi.EMLINK).ours(wasi.ELOOP, wasi.ENOTDIR)
	openDir  = says("POSIX, open(): EISDIR for a directory to be written, truncated or created; open(2)", "it is a directory", wasi.EISDIR, wasi.EINVAL).ours(wasi.EISDIR)
	tooMany  = says("POSIX, open(): EMFILE, ENFILE; Config.MaxFDs", "all descriptors are in use, or may be", wasi.EMFILE, wasi.ENFILE)
	notGiven = says("preview 1, path_open: fs_rights_base must not go beyond what the directory hands on; ENOTCAPABLE", "the directory does not hand on the rights, or may not",
		wasi.ENOTCAPABLE, wasi.EPERM, wasi.EACCES).ours(wasi.ENOTCAPABLE)
)

// opening is what path_open is asked for.
type opening struct {
	follow            bool
	oflags            wasi.OFlags
	asked, inheriting wasi.Rights
	flags             wasi.FDFlags
}

func (s *step) opening() opening {
	a := s.o.Args
	return opening{a[1]&lookupFollow != 0, wasi.OFlags(a[4]), wasi.Rights(a[5]), wasi.Rights(a[6]), wasi.FDFlags(a[7])}
}

// excl reports whether the file must be made by the call: a link in its place is not followed (POSIX, open(), O_EXCL).
func (o *opening) excl() bool { return o.oflags&(wasi.OCreat|wasi.OExcl) == wasi.OCreat|wasi.OExcl }

// needs are the rights that the flags ask of the directory (preview 1, path_create_file, path_filestat_set_size), and those that the
// policy must grant beneath it.
func (o *opening) needs() (dir, granted wasi.Rights) {
	if o.oflags&wasi.OCreat != 0 {
		dir |= wasi.RightPathCreateFile
	}
	if o.oflags&wasi.OTrunc != 0 {
		dir |= wasi.RightPathFilestatSetSize
	}
	return dir, dir | o.asked&(wasi.RightFdRead|wasi.RightFdWrite)
}

func mayOpen(s *step) {
	o, d := s.opening(), s.fd[0]
	s.openRights(&o, d)
	s.mayIf(o.oflags&wasi.ODirectory != 0 && o.oflags&(wasi.OCreat|wasi.OExcl|wasi.OTrunc) != 0, oddFlags)
	s.mayIf(o.oflags&(wasi.OCreat|wasi.OExcl) == wasi.OExcl, oddFlags)
	s.mayIf(o.flags&(wasi.FDDsync|wasi.FDRsync|wasi.FDSync) != 0, syncFlags)
	s.full()
	p, ok := s.place(0, 0, o.follow && !o.excl())
	switch {
	case !ok:
		if p.fails != nil && o.excl() { // the last link is not followed, but the slashes behind it may be
			s.may(exists)
		}
		s.mayIf(o.oflags&wasi.OCreat != 0 && s.endsAsDir(), openDir)
	case p.node == nil:
		s.missing(&o, p)
	default:
		s.existing(&o, p)
	}
}

// endsAsDir reports whether the path ends so that it can only name a directory.
func (s *step) endsAsDir() bool {
	t := s.texts[0]
	n := len(t)
	return t[n-1] == '/' || t[n-1] == '.' && (n == 1 || t[n-2] == '/' || t[n-2] == '.')
}

// openRights compares what is asked for with what the directory may do and hands on.
func (s *step) openRights(o *opening, d *descriptor) {
	need, granted := o.needs()
	s.failsIf(granted&d.denied != 0, denies)
	switch {
	case need&^d.rights.may != 0:
		s.fails(noRight)
	case need&^d.rights.must&^d.denied != 0:
		s.may(noRight)
	}
	moves := o.asked & (wasi.RightFdRead | wasi.RightFdWrite)
	switch {
	case moves&^d.inherit.may != 0:
		s.fails(notGiven)
	case moves&^d.inherit.must != 0, s.m.cfg.Rights == RightsAsAsked && (o.asked|o.inheriting)&^d.inherit.must != 0:
		s.may(notGiven)
	}
}

// full notes whether there can be one more descriptor.
func (s *step) full() {
	limit := s.m.cfg.MaxFDs
	if limit == 0 {
		return
	}
	certain, possible := s.m.count()
	s.failsIf(certain >= limit, tooMany)
	s.mayIf(possible >= limit, tooMany)
}

// missing notes what is wrong with opening what does not exist.
func (s *step) missing(o *opening, p *place) {
	if o.oflags&wasi.OCreat == 0 {
		s.fails(noEntry)
		s.mayIf(p.slash, noLinkTo)
		return
	}
	s.failsIf(p.slash, noLinkTo)
	s.failsIf(p.parent.gone, goneDir)
	s.mayIf(p.links > 0, finalLink) // a link that leads nowhere
	s.mayIf(p.links > 0, noEntry)
}

// existing notes what is wrong with opening what exists.
func (s *step) existing(o *opening, p *place) {
	isDir := p.node.typ == directory
	s.failsIf(o.excl(), exists)
	s.failsIf(p.node.typ == symlink, finalLink)
	s.failsIf(p.slash && !isDir, noLinkTo)
	s.failsIf(o.oflags&wasi.ODirectory != 0 && !isDir, notDir)
	s.mayIf(isDir && (o.oflags&(wasi.OCreat|wasi.OTrunc) != 0 || o.asked&writing != 0 || o.flags&wasi.FDAppend != 0), openDir)
}

// freeNumber checks the number of a new descriptor: none that is open has it, and this project's runtime gives the lowest.
func (s *step) freeNumber(fd uint32) bool {
	if old := s.m.fd(fd); old != nil && !old.maybe {
		s.breach("gives an open descriptor", "%d", fd)
		return false
	}
	if s.m.cfg.Ours {
		for lower := range fd {
			if s.m.fd(lower) == nil {
				s.breach("gives another number than the lowest", "%d, where %d is free", fd, lower)
				return false
			}
		}
	}
	return true
}

func open(s *step) {
	o, d, p := s.opening(), s.fd[0], &s.places[0]
	fd := uint32(s.result32(8))
	if !s.freeNumber(fd) {
		return
	}
	changes := o.oflags&(wasi.OCreat|wasi.OTrunc) != 0
	switch {
	case p.unknown:
		if changes {
			s.m.Forget()
		}
	case p.node == nil && o.oflags&wasi.ODirectory != 0:
		// What is made, if anything, differs by host (open(2), BUGS).
		p.parent.doubt()
	case p.node == nil:
		s.made = true
		p.node = &node{typ: regular, touched: true}
		p.parent.put(string(p.name), p.node)
	case o.oflags&wasi.OTrunc != 0 && p.node.typ == regular:
		// POSIX leaves O_TRUNC without writing open; Linux and macOS cut the file (open(2)).
		p.node.unsure = p.node.unsure && s.m.adrift
		p.node.resize(0)
		p.node.changed()
	}
	opened := s.m.opened(p.node, d, o.asked, o.inheriting, o.flags)
	if fd < maxNumber {
		s.m.open(fd, &opened)
	}
}
