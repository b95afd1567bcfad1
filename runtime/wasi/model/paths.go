package model

import "github.com/touchstone-wasm/touchstone/runtime/wasi"

var (
	exists   = says("POSIX, EEXIST of mkdir(), link(), symlink(), open(); ENOTEMPTY of rename()", "something is there", wasi.EEXIST)
	noLinkTo = says("POSIX, 4.16: slashes demand a directory; hosts say ENOENT, ENOTDIR, EEXIST, EISDIR, EPERM, EINVAL, ELOOP, by their version (Wasmtime #14359, #14380)",
		"slashes follow the name of what is, or is to be, no directory", wasi.ENOTDIR, wasi.ENOENT, wasi.EEXIST, wasi.EISDIR, wasi.EPERM, wasi.EINVAL, wasi.ELOOP)
	dotsName = says("POSIX, EINVAL, EBUSY, ENOTEMPTY of rmdir(), rename(): \".\" and \"..\"; EISDIR, EPERM of unlink(); EEXIST of what makes a name",
		"the path ends in \".\" or \"..\"", wasi.EINVAL, wasi.EBUSY, wasi.ENOTEMPTY, wasi.EEXIST, wasi.EISDIR, wasi.EPERM, wasi.ENOTDIR, wasi.EACCES)
	isDir    = says("POSIX, unlink(): EPERM for directories; unlink(2): EISDIR on Linux", "it is a directory", wasi.EISDIR, wasi.EPERM).ours(wasi.EISDIR)
	notEmpty = says("POSIX, rmdir(), rename(): ENOTEMPTY or EEXIST", "the directory is not empty", wasi.ENOTEMPTY, wasi.EEXIST).ours(wasi.ENOTEMPTY)
	otherDev = says("POSIX, EXDEV of link(), rename(): preopens can be on several file systems", "the preopens differ", wasi.EXDEV)
	linkDir  = says("POSIX, link(): EPERM for directories; EISDIR, EACCES of engines", "it is a directory", wasi.EPERM, wasi.EISDIR, wasi.EACCES).ours(wasi.EPERM)
	linkLink = says("runtime/docs/hostcalls.md, path_link: EINVAL for the flag to follow; Wasmtime: EINVAL; POSIX, linkat(): whether links have names is left open",
		"the old path may be a link to be followed", wasi.EINVAL, wasi.ENOTSUP, wasi.EPERM, wasi.ELOOP, wasi.ENOENT)
	intoItself = says("POSIX, rename(): EINVAL if the new name is beneath the old one", "a directory would be in itself", wasi.EINVAL, wasi.ENOTEMPTY).ours(wasi.EINVAL)
	overDir    = says("POSIX, rename(): EISDIR if the new name is a directory and the old one is none", "a file would replace a directory", wasi.EISDIR,
		wasi.EEXIST, wasi.ENOTEMPTY).ours(wasi.EISDIR)
	overFile  = says("POSIX, rename(): ENOTDIR if the old name is a directory and the new one is none", "a directory would replace a file", wasi.ENOTDIR)
	absTarget = says("runtime/docs/hostcalls.md, path_symlink, path_readlink: an absolute target is ENOTCAPABLE; Wasmtime: EPERM, wazero: EPERM", "the target is absolute",
		wasi.ENOTCAPABLE, wasi.EPERM, wasi.EACCES, wasi.EINVAL).ours(wasi.ENOTCAPABLE)
	notLink  = says("POSIX, readlink(): EINVAL if it is no link", "it is no link", wasi.EINVAL)
	shortBuf = says("POSIX, readlink(): cut, or EINVAL if the buffer is empty (readlink(2)); Wasmtime, Wasmer: ERANGE", "the target does not fit", wasi.ERANGE, wasi.EINVAL,
		wasi.ENAMETOOLONG, wasi.EOVERFLOW)
)

// dotsNames is dotsName with what this project's runtime says in each call, and of ".." in path_remove_directory.
var dotsNames, upName = func() (map[string]*clause, *clause) {
	of := func(e wasi.Errno) *clause {
		c := *dotsName
		return c.ours(e)
	}
	return map[string]*clause{"path_create_directory": of(wasi.EEXIST), "path_symlink": of(wasi.EEXIST), "path_link": of(wasi.EBUSY), "path_rename": of(wasi.EBUSY),
		"path_unlink_file": of(wasi.EISDIR), "path_readlink": of(wasi.EINVAL), "path_remove_directory": of(wasi.EINVAL)}, of(wasi.ENOTEMPTY)
}()

// dotsOf returns the clause of a call for a path that ends in "." or "..".
func dotsOf(call, name string) *clause {
	if c := dotsNames[call]; c != nil && (name != ".." || call != "path_remove_directory") {
		return c
	}
	return upName
}

// last resolves a path whose last component is a name in a directory, and notes if it is none. A link there is not followed, not even if
// slashes come behind it: POSIX (4.16) would, hosts do not, and a call on such a name cannot succeed.
func (s *step) last(n, text int) (p *place, ok bool) {
	whole := s.texts[text]
	end := len(whole)
	for end > 1 && whole[end-1] == '/' {
		end--
	}
	s.texts[text] = whole[:end]
	p, ok = s.place(n, text, false)
	s.texts[text] = whole
	p.slash = end < len(whole)
	switch {
	case !ok:
		return p, false
	case p.dots:
		s.fails(dotsOf(s.o.Row.Name, string(p.name)))
		return p, false
	case p.slash && p.node != nil && p.node.typ == symlink:
		s.fails(noLinkTo)
		s.may(escapes)
	}
	return p, true
}

// fresh is last for a path that is to be made: nothing must be there, and the directory must be.
func (s *step) fresh(n, text int) (p *place, ok bool) {
	if p, ok = s.last(n, text); !ok {
		return p, false
	}
	s.failsIf(p.node != nil, exists)
	s.failsIf(p.parent != nil && p.parent.gone, goneDir)
	return p, true
}

// lostTo reports whether a place is not known, and makes everything unsure: the call changed something there.
func (s *step) lostTo(p *place) bool {
	if p.unknown {
		s.m.Forget()
	}
	return p.unknown
}

func mayMkdir(s *step) { s.fresh(0, 0) }

func mkdir(s *step) {
	if p := &s.places[0]; !s.lostTo(p) {
		p.parent.put(string(p.name), &node{typ: directory, touched: true})
	}
}

func mayUnlink(s *step) {
	p, ok := s.last(0, 0)
	switch {
	case !ok:
	case p.slash:
		s.fails(noLinkTo)
	case p.node == nil:
		s.fails(noEntry)
	case p.node.typ == directory:
		s.fails(isDir)
	}
}

func unlink(s *step) {
	if p := &s.places[0]; !s.lostTo(p) {
		p.parent.drop(p.name)
	}
}

func mayRmdir(s *step) {
	p, ok := s.last(0, 0)
	switch {
	case !ok:
	case p.node == nil:
		s.fails(noEntry)
	case p.node.typ != directory:
		s.fails(notDir)
	case s.m.sure(p.node):
		s.failsIf(len(p.node.entries) > 0, notEmpty)
	default:
		s.may(notEmpty)
	}
}

func rmdir(s *step) {
	p := &s.places[0]
	if s.lostTo(p) {
		return
	}
	p.node.gone = true
	p.parent.drop(p.name)
}

func mayLink(s *step) {
	from, ok := s.last(0, 0)
	to, ok2 := s.fresh(1, 1)
	s.mayIf(s.o.Args[1]&lookupFollow != 0, linkLink)
	s.mayIf(s.fd[0].denied != s.fd[1].denied || s.fd[0] != s.fd[1], otherDev)
	if ok2 {
		s.failsIf(to.slash, noLinkTo)
	}
	switch {
	case !ok:
	case from.node == nil:
		s.fails(noEntry)
	case from.node.typ == directory:
		s.fails(linkDir)
	default:
		s.failsIf(from.slash, noLinkTo)
		s.mayIf(from.node.typ == symlink, linkLink)
	}
}

func link(s *step) {
	from, to := &s.places[0], &s.places[1]
	if s.lostTo(from) || s.lostTo(to) {
		return
	}
	n := from.node
	if n.typ == symlink && s.o.Args[1]&lookupFollow != 0 {
		if followed := s.m.walk(from.dir, s.texts[0], true); followed.node != nil && followed.node.typ != directory {
			n = followed.node
		}
	}
	to.parent.put(string(to.name), n)
}

func maySymlink(s *step) {
	s.mayIf(s.texts[0][0] == '/', absTarget)
	if p, ok := s.fresh(0, 1); ok {
		s.failsIf(p.slash, noLinkTo)
	}
}

func makeLink(s *step) {
	if p := &s.places[0]; !s.lostTo(p) {
		p.parent.put(string(p.name), &node{typ: symlink, target: string(s.texts[0]), touched: true})
	}
}

func mayRename(s *step) {
	from, ok := s.last(0, 0)
	to, ok2 := s.last(1, 1)
	s.mayIf(s.fd[0] != s.fd[1], otherDev)
	if ok && from.node == nil {
		s.fails(noEntry)
	}
	if ok2 {
		s.failsIf(to.parent.gone && to.node == nil, goneDir)
	}
	if !ok || !ok2 || from.node == nil {
		return
	}
	if from.node.typ != directory {
		s.failsIf(from.slash || to.slash, noLinkTo)
	} else {
		s.failsIf(to.parent.beneath(from.node), intoItself)
	}
	switch n := to.node; {
	case n == nil || n == from.node:
	case from.node.typ != directory && n.typ == directory:
		s.fails(overDir)
		s.mayIf(from.parent.beneath(n), notEmpty)
	case from.node.typ == directory && n.typ != directory:
		s.fails(overFile)
	case n.typ == directory && s.m.sure(n):
		s.failsIf(len(n.entries) > 0, notEmpty)
	case n.typ == directory:
		s.may(notEmpty)
	}
}

func rename(s *step) {
	from, to := &s.places[0], &s.places[1]
	if s.lostTo(from) || s.lostTo(to) || from.node == to.node {
		return // POSIX, rename(): two names of one file stay
	}
	if to.node != nil {
		to.node.gone = to.node.typ == directory
		to.parent.drop(to.name)
	}
	n := from.node
	from.parent.drop(from.name)
	to.parent.put(string(to.name), n)
}

func mayReadlink(s *step) {
	p, ok := s.last(0, 0)
	s.mayIf(s.total == 0, shortBuf)
	switch {
	case !ok:
	case p.slash:
		s.fails(noLinkTo)
	case p.node == nil:
		s.fails(noEntry)
	case p.node.typ != symlink:
		s.fails(notLink)
	default:
		s.mayIf(p.node.target[0] == '/', absTarget)
		s.mayIf(s.total < uint64(len(p.node.target)), shortBuf)
	}
}

func readlink(s *step) {
	n, ok := s.moved()
	p := &s.places[0]
	if p.node != nil {
		p.node.atime.known = false
	}
	if !ok || p.unknown || s.overlaps() {
		return
	}
	want := p.node.target[:min(uint64(len(p.node.target)), s.total)]
	if n != uint64(len(want)) || !s.holds([]byte(want)) {
		s.breach("other target", "%d bytes instead of %q", n, want)
	}
}

// stat resolves the path of a call that is about what is there, whatever it is.
func (s *step) stat() {
	p, ok := s.place(0, 0, s.o.Args[1]&lookupFollow != 0)
	switch {
	case !ok:
		if s.barred == longName && s.omitsTimes() {
			s.barred = nil
		}
	case p.node == nil && s.omitsTimes():
		s.may(omitted)
	case p.node == nil:
		s.fails(noEntry)
		s.mayIf(p.slash, noLinkTo)
	case p.slash && p.node.typ != directory:
		s.fails(noLinkTo)
	}
}

func mayStat(s *step) { s.stat() }

func pathFilestatGet(s *step) {
	s.padded(s.arg32(4), filestatGaps)
	if p := &s.places[0]; !p.unknown {
		s.filestat(s.o.After[s.arg32(4):][:64], p.node)
	}
}

func mayPathSetTimes(s *step) {
	s.stat()
	maySetTimes(s)
}

func pathSetTimes(s *step) {
	if p := &s.places[0]; !s.lostTo(p) && p.node != nil {
		s.setTimes(p.node)
	}
}
