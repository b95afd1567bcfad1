package model

import "github.com/touchstone-wasm/touchstone/runtime/wasi"

// place is where a path leads.
type place struct {
	dir    *node  // where the walk began
	parent *node  // the directory of the last component; nil if that is "." or "..", or the walk failed
	name   []byte // the last component
	node   *node  // what is there; nil if nothing is, or the walk failed
	slash  bool   // slashes follow the name: it is to be a directory
	dots   bool   // the last component is "." or ".."
	// fails is why the walk failed, if it did.
	fails *clause
	// unknown says that the walk met something that is not known.
	unknown bool
	// lexical says that the components, if links are not looked at, lead outside on the way.
	lexical bool
	links   int // that were followed
}

// The limits of names. The numbers of Linux; those of macOS are the same but for PATH_MAX, 1024, and SYMLOOP_MAX, 32.
const (
	nameMax = 255
	linkMax = 40
)

var (
	escapes = says("preview 1, path resolution: no path leaves its directory; runtime/docs/hostcalls.md, path: ENOTCAPABLE. Wasmtime says EPERM, others EACCES",
		"a path leads outside", wasi.ENOTCAPABLE, wasi.EPERM, wasi.EACCES).ours(wasi.ENOTCAPABLE)
	noEntry = says("POSIX, 4.16 Pathname Resolution, and ENOENT of each function", "nothing is there", wasi.ENOENT)
	notDir  = says("POSIX, 4.16 Pathname Resolution, and ENOTDIR of each function: a component, or what slashes follow, is no directory",
		"a component is no directory", wasi.ENOTDIR)
	manyLinks = says("POSIX, 4.16, ELOOP: more than SYMLOOP_MAX links; path_resolution(7): 40 on Linux, 32 on macOS", "too many links", wasi.ELOOP)
	longName  = says("POSIX, ENAMETOOLONG: a component is longer than NAME_MAX", "a long name", wasi.ENAMETOOLONG)
	goneDir   = says("POSIX, rmdir(): no new files may be made in a directory that was removed", "its directory was removed", wasi.ENOENT)
)

// walker resolves one path. The texts that remain to be walked are a stack: links put theirs on top.
type walker struct {
	m   *Model
	p   place
	cur *node
}

// walk resolves path beneath dir, component by component as POSIX says (4.16), with ".." from dir on being an escape. A link at the end
// is followed if follow is set, or if slashes follow it.
func (m *Model) walk(dir *node, path []byte, follow bool) place {
	w := walker{m: m, cur: dir, p: place{dir: dir}}
	w.p.lexical = leavesLexically(path)
	w.path(path, follow, true)
	if w.p.fails != nil || w.p.unknown {
		w.p.parent, w.p.node = nil, nil
	}
	return w.p
}

// path walks a path. last says that what it ends with is the end of all: if not, it is the target of a link on the way.
func (w *walker) path(path []byte, follow, last bool) {
	if len(path) > 0 && path[0] == '/' {
		w.p.fails = escapes
		return
	}
	for len(path) > 0 && !w.stopped() {
		n := 0
		for n < len(path) && path[n] != '/' {
			n++
		}
		name, rest := path[:n], path[n:]
		slash := len(rest) > 0
		for len(rest) > 0 && rest[0] == '/' {
			rest = rest[1:]
		}
		path = rest
		w.component(name, slash && len(rest) == 0, follow, len(rest) == 0 && last, len(rest) == 0)
	}
}

func (w *walker) stopped() bool { return w.p.fails != nil || w.p.unknown }

// component walks one component. slash says that slashes end the path; final that it is the last one of all, tail that of its text.
func (w *walker) component(name []byte, slash, follow, final, tail bool) {
	if w.cur == nil { // a text went on behind something that is no directory, or nothing
		w.p.fails = noEntry
		return
	}
	if w.cur.typ != directory {
		w.p.fails = notDir
		return
	}
	dots := string(name) == "." || string(name) == ".."
	if final {
		w.p.parent, w.p.name, w.p.slash, w.p.dots = nil, name, w.p.slash || slash, dots
	}
	if dots {
		if len(name) == 2 {
			if w.cur == w.p.dir {
				w.p.fails = escapes
				return
			}
			w.cur = w.cur.up
		}
		if final {
			w.p.node = w.cur
		}
		return
	}
	if len(name) > nameMax {
		w.p.fails = longName
		return
	}
	if w.m.adrift || w.cur.unsure {
		w.p.unknown = true
		return
	}
	dir := w.cur
	next := dir.find(name)
	if final {
		w.p.parent, w.p.node = dir, next
	}
	switch {
	case next == nil && !final:
		w.p.fails = noEntry
	case next == nil:
		w.cur = nil
	case next.typ == symlink && (!final || follow || slash):
		w.link(next, follow || slash, final)
	case next.typ != directory && (!tail || slash && !final):
		w.p.fails = notDir
	default:
		w.cur = next
	}
}

// link walks the target of a link, which takes the place of the last component if the link was that.
func (w *walker) link(n *node, follow, final bool) {
	if w.p.links++; w.p.links > linkMax {
		w.p.fails = manyLinks
		return
	}
	n.atime.known = false
	w.path([]byte(n.target), follow, final)
}

// leavesLexically reports whether the names of a path alone lead outside: implementations that look at them first refuse such a path even
// if it leads nowhere.
func leavesLexically(path []byte) bool {
	depth := 0
	for len(path) > 0 {
		n := 0
		for n < len(path) && path[n] != '/' {
			n++
		}
		switch string(path[:n]) {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return true
			}
		default:
			depth++
		}
		path = path[min(n+1, len(path)):]
	}
	return false
}
