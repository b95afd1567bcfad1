package model

import (
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// descriptor is an open descriptor of the guest.
type descriptor struct {
	typ     filetype
	node    *node // of the tree; nil if it is none, or not known which
	rights  bounds
	inherit bounds
	flags   wasi.FDFlags
	offset  uint64
	lost    bool // the offset is not known
	// denied are the rights that the embedder's policy takes from all that lies beneath the preopen.
	denied  wasi.Rights
	preopen *string // the name of a preopen
	// maybe says that the descriptor may be closed: closing it failed.
	maybe   bool
	stream  bool            // a standard stream
	output  policy.Resource // that writing to it uses up besides Written; Written if there is none
	input   *string         // what standard input has left, if that is known
	sock    *socket
	listing listing
}

// bounds are the sets of rights between which those of a descriptor lie.
type bounds struct {
	must, may wasi.Rights
}

func (b bounds) mask(r wasi.Rights) bounds { return bounds{b.must & r, b.may & r} }

// The rights that make sense for each type of file. An implementation gives all that are asked for and handed on, but for those "that
// do not apply to the type of file" (preview 1, path_open, fs_rights_base); which these are, is said for none. The
// first of each pair applies for certain, the second possibly.
const (
	pathAlways = wasi.RightPathCreateDirectory | wasi.RightPathCreateFile | wasi.RightPathLinkSource | wasi.RightPathLinkTarget |
		wasi.RightPathOpen | wasi.RightFdReaddir | wasi.RightPathReadlink | wasi.RightPathRenameSource | wasi.RightPathRenameTarget |
		wasi.RightPathFilestatGet | wasi.RightPathFilestatSetSize | wasi.RightPathFilestatSetTimes | wasi.RightPathSymlink |
		wasi.RightPathRemoveDirectory | wasi.RightPathUnlinkFile
	dirAlways   = pathAlways | wasi.RightFdFilestatGet | wasi.RightFdFilestatSetTimes | wasi.RightFdSync
	dirPossible = dirAlways | wasi.RightFdFdstatSetFlags | wasi.RightFdDatasync | wasi.RightFdAdvise | wasi.RightPollFdReadwrite |
		wasi.RightFdSeek | wasi.RightFdTell

	fileAlways = wasi.RightFdRead | wasi.RightFdWrite | wasi.RightFdSeek | wasi.RightFdTell | wasi.RightFdSync | wasi.RightFdDatasync |
		wasi.RightFdFdstatSetFlags | wasi.RightFdFilestatGet | wasi.RightFdFilestatSetSize | wasi.RightFdFilestatSetTimes | wasi.RightFdAdvise
	filePossible = fileAlways | wasi.RightFdAllocate | wasi.RightPollFdReadwrite

	streamPossible = wasi.RightFdRead | wasi.RightFdWrite | wasi.RightFdFdstatSetFlags | wasi.RightFdFilestatGet |
		wasi.RightPollFdReadwrite | wasi.RightFdSync | wasi.RightFdDatasync

	sockPossible = streamPossible | wasi.RightSockShutdown | wasi.RightSockAccept

	// writing is what only a file that was opened to be written can give.
	writing  = wasi.RightFdWrite | wasi.RightFdAllocate | wasi.RightFdFilestatSetSize
	allKnown = wasi.RightSockAccept<<1 - 1
)

// accessRights says which access of package policy each right needs (runtime/docs/policy.md: access modes).
var accessRights = [...]struct {
	access policy.Access
	rights wasi.Rights
}{
	{policy.Read, wasi.RightFdRead | wasi.RightFdReaddir | wasi.RightPathReadlink | wasi.RightPathLinkSource},
	{policy.Write, wasi.RightFdWrite | wasi.RightFdAllocate | wasi.RightFdFilestatSetSize | wasi.RightPathLinkSource},
	{policy.Create, wasi.RightPathCreateDirectory | wasi.RightPathCreateFile | wasi.RightPathSymlink | wasi.RightPathLinkTarget |
		wasi.RightPathRenameTarget},
	{policy.Delete, wasi.RightPathRemoveDirectory | wasi.RightPathUnlinkFile | wasi.RightPathRenameSource | wasi.RightPathRenameTarget},
	{policy.Truncate, wasi.RightPathFilestatSetSize | wasi.RightFdFilestatSetSize},
	{policy.SetStat, wasi.RightPathFilestatSetTimes | wasi.RightFdFilestatSetTimes | wasi.RightPathLinkSource},
}

// deniedBy returns the rights that a grant of access does not give.
func deniedBy(access policy.Access) (denied wasi.Rights) {
	for _, a := range accessRights {
		if access&a.access == 0 {
			denied |= a.rights
		}
	}
	return denied
}

// stream returns the descriptor of a standard stream.
func stream(cfg *Config, fd uint32) descriptor {
	d := descriptor{stream: true, output: [...]policy.Resource{policy.Written, policy.Stdout, policy.Stderr}[fd], rights: bounds{wasi.RightFdWrite, streamPossible &^ wasi.RightFdRead}}
	switch input := cfg.Stdin; {
	case cfg.AnyStreams:
		d.lost, d.rights = true, bounds{0, ^wasi.Rights(0)}
	case fd == 0:
		d.input, d.rights = &input, bounds{wasi.RightFdRead, streamPossible &^ wasi.RightFdWrite}
	}
	return d
}

// preopened returns the descriptor of a preopen, whose tree begins at root.
func preopened(p *Preopen, root *node) descriptor {
	denied := deniedBy(p.Access)
	return descriptor{typ: directory, node: root, denied: denied, preopen: &p.Name,
		rights: bounds{dirAlways &^ denied, dirPossible}, inherit: bounds{allKnown &^ denied, ^wasi.Rights(0)}}
}

// opened returns the descriptor of a file that was opened for asked through dir. node is nil if it is not known.
func (m *Model) opened(n *node, dir *descriptor, asked, inheriting wasi.Rights, flags wasi.FDFlags) descriptor {
	d := descriptor{node: n, denied: dir.denied, flags: flags}
	always, possible := wasi.Rights(0), allKnown
	if n != nil {
		d.typ = n.typ
		always, possible = fileAlways, filePossible
		if n.typ == directory {
			always, possible = dirAlways, dirPossible
			d.inherit = dir.inherit
		}
	}
	switch m.cfg.Rights {
	case RightsAsAsked:
		always, possible = always&asked, possible&asked
		d.inherit = d.inherit.mask(inheriting)
	case RightsByType:
		possible &= dir.inherit.may
	case RightsIgnored:
		d.inherit.may = ^wasi.Rights(0)
	}
	if asked&wasi.RightFdRead == 0 {
		always, possible = always&^wasi.RightFdRead, possible&^wasi.RightFdRead
	}
	if asked&wasi.RightFdWrite == 0 {
		always, possible = always&^writing, possible&^writing
	}
	d.rights = bounds{always & dir.inherit.must &^ d.denied, possible}
	if n == nil {
		d.inherit, d.lost = bounds{0, ^wasi.Rights(0)}, true
		d.rights.must = 0
	}
	return d
}
