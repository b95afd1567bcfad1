package hostcall

import (
	"path"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// A frame goes on after its call, if it has bytes left: with calls that follow that one. They are for the same descriptor, or for the one
// that the call before opened, mostly with the same path and an offset near by. What goes wrong in a runtime only after something else was
// done needs such pairs: opening to append, and writing; giving up rights, and using them; listing, and listing again.

// likeness is a set of sorts of descriptors.
type likeness uint8

const (
	ofFile likeness = 1 << iota
	ofDir
	ofSocket
	ofAll = ofFile | ofDir | ofSocket
)

// sorts returns the sorts of descriptors that a parameter is for, as its kind and the rights say.
func sorts(row *wasi.Hostcall, p *wasi.Param) likeness {
	switch {
	case p.Kind == wasi.SubsIn:
		return ofFile | ofSocket
	case !p.Kind.IsFD():
		return 0
	case p.Kind.IsSocket():
		return ofSocket
	case p.OnDirs():
		return ofDir
	case p.Rights == 0:
		return ofAll
	case row.FromNet:
		return ofFile | ofSocket
	}
	return ofFile
}

// followers has, for each sort, the hostcalls that take a descriptor of it.
var followers = func() map[likeness][]*wasi.Hostcall {
	lists := map[likeness][]*wasi.Hostcall{}
	for row := range wasi.Hostcalls() {
		var takes likeness
		for i := range row.Params {
			takes |= sorts(row, &row.Params[i])
		}
		for _, sort := range []likeness{ofFile, ofDir, ofSocket} {
			if takes&sort != 0 && row.Support != wasi.Unsupported {
				lists[sort] = append(lists[sort], slices.Repeat([]*wasi.Hostcall{row}, weight(row))...)
			}
		}
	}
	return lists
}()

// weight returns how often a hostcall is among those that follow: one that moves bytes, or changes what the descriptor is for, more often,
// since most of what can be wrong with a descriptor shows there.
func weight(row *wasi.Hostcall) int {
	if row.Moves() || takes(row, wasi.RightsSet) || takes(row, wasi.Fdflags) || takes(row, wasi.NewFD) {
		return 3
	}
	return 1
}

// subject is what a call was about, for those that follow it.
type subject struct {
	row    *wasi.Hostcall
	fd     Arg      // its first descriptor, or the one that it opens
	sort   likeness // of fd, one of them
	texts  []string // paths and targets
	offset uint64   // in a file; behind what its buffers hold, if it has any
	port   *Arg
	host   int // of the address, in the list of those that there are
}

// subject returns what g's call was about; no sort if it had no descriptor. Of a call that opens one, the tape says whether that is meant or
// the directory or socket that it was opened through.
func (g *generator) subject() subject {
	s := subject{row: g.out.Row, texts: g.texts, host: g.host}
	slot := 0
	for i := range s.row.Params {
		p := &s.row.Params[i]
		arg := g.out.Args[slot]
		switch sort := sorts(s.row, p); {
		case sort != 0 && p.Kind.IsFD() && s.sort == 0:
			s.fd, s.sort = arg, g.one(sort)
		case p.Kind == wasi.NewFD: // is what the descriptor is now
			s.fd = arg
		case p.Kind == wasi.Filesize:
			s.offset = arg.Value
		case p.Kind == wasi.Port:
			s.port = &arg
		case p.Kind == wasi.FDOut && !g.t.Chance(80):
			s.fd, s.sort = Arg{From: LastFD}, g.opened()
		}
		slot += len(p.Kind.Core)
	}
	return s
}

// one returns the sort of a descriptor of which the parameter allows some.
func (g *generator) one(sort likeness) likeness {
	if after := g.after; after != nil && after.sort&sort != 0 {
		return after.sort
	}
	for _, one := range []likeness{ofFile, ofDir, ofSocket} {
		if sort == one || sort&one != 0 && g.out.Args[0].From == map[likeness]Resource{ofFile: OpenFD, ofDir: DirFD, ofSocket: SocketFD}[one] {
			return one
		}
	}
	return ofFile
}

// opened returns the sort of what the call opens.
func (g *generator) opened() likeness {
	if OnSockets(g.out.Row) {
		return ofSocket
	}
	for i, slot := 0, 0; i < len(g.out.Row.Params); i++ {
		k := g.out.Row.Params[i].Kind
		if k == wasi.Oflags && wasi.OFlags(g.out.Args[slot].Value)&wasi.ODirectory != 0 {
			return ofDir
		}
		slot += len(k.Core)
	}
	if len(g.texts) > 0 && slices.Contains(directories, path.Clean(g.texts[0])) {
		return ofDir
	}
	return ofFile
}

// directories are the paths that lead to directories of the tree.
var directories = func() []string {
	list := []string{".", "linkdir"}
	for _, e := range Tree("") {
		if e.Dir {
			list = append(list, e.Name)
		}
	}
	return list
}()

// follow returns the row of a call that follows one, or nil if none does: mostly any of those for the same sort of descriptor; the same
// again; or only, if it is one of those.
func (s *subject) follow(t *tape.Tape, only *wasi.Hostcall) *wasi.Hostcall {
	list := followers[s.sort]
	if len(list) == 0 {
		return nil
	}
	switch b := t.Byte(); {
	case b < 48 && slices.Contains(list, s.row):
		return s.row
	case b < 144 && only != nil && slices.Contains(list, only):
		return only
	}
	return tape.Pick(t, list)
}

// sameFD appends the descriptor of the call before, if p can be it and the tape does not say otherwise.
func (g *generator) sameFD(p *wasi.Param) bool {
	if g.after == nil || sorts(g.out.Row, p)&g.after.sort == 0 || g.t.Chance(36) {
		return false
	}
	g.out.Args = append(g.out.Args, g.after.fd)
	return true
}

// nearText returns a path of the call before, one below it, one next to it, or any.
func (g *generator) nearText() string {
	old := tape.Pick(g.t, g.after.texts)
	switch b := g.t.Byte(); {
	case b < 150:
		return old
	case b < 165:
		return old + "/"
	case b < 180 && len(old) < wasi.MaxPath && strings.Count(old, "/") < 8:
		return old + "/" + tape.Pick(g.t, components[:4])
	case b < 195:
		return path.Base(old)
	}
	return g.path()
}

// nearOffset returns an offset in a file near that of the call before.
func (g *generator) nearOffset() uint64 {
	return max(g.after.offset+uint64(g.t.Byte()%8), 3) - 3
}

// someRights returns all rights of a file, a directory, a connection or a listener but for a few, as a program has that gives up what it does not need.
func (g *generator) someRights() uint64 {
	dir := g.t.Bool()
	if g.after != nil && g.after.sort != ofSocket {
		dir = g.after.sort == ofDir
	}
	rights := uint64(wasi.AllRights(dir))
	if g.after != nil && g.after.sort == ofSocket {
		const both = wasi.RightFdFilestatGet | wasi.RightFdFdstatSetFlags | wasi.RightPollFdReadwrite
		if rights = uint64(both | wasi.RightFdRead | wasi.RightFdWrite | wasi.RightSockShutdown); dir {
			rights = uint64(both | wasi.RightSockAccept)
		}
	}
	for range 1 + g.t.Byte()%4 {
		rights &^= 1 << (g.t.Byte() % 30)
	}
	return rights
}
