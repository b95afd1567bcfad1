package hostcall

import (
	"path/filepath"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/tape"
)

// Deed is what another program on the host does.
type Deed uint8

// The deeds.
const (
	Rename   Deed = iota // gives Path the name To
	Symlink              // makes a symbolic link at Path to To
	Link                 // makes To another name of Path
	Remove               // removes the file, the link or the empty directory at Path
	Mkdir                // makes a directory at Path
	Fifo                 // makes a named pipe at Path
	Append               // writes To to the end of Path
	Truncate             // gives Path the size Num
	Chmod                // gives Path the permissions Num
	Send                 // sends a datagram to the port that guests may bind
	Dial                 // connects to the guest's listener and sends a few bytes
)

// deeds has the word for each deed in the text form, and what it takes besides a path. What is done on the network takes nothing.
var deeds = [...]struct {
	word         string
	to, num, net bool
}{Rename: {word: "rename", to: true}, Symlink: {word: "symlink", to: true}, Link: {word: "link", to: true}, Remove: {word: "remove"},
	Mkdir: {word: "mkdir"}, Fifo: {word: "fifo"}, Append: {word: "append", to: true}, Truncate: {word: "truncate", num: true},
	Chmod: {word: "chmod", num: true}, Send: {word: "send", net: true}, Dial: {word: "dial", net: true}}

// OnNetwork reports whether d is done on the network, not to files.
func (d Deed) OnNetwork() bool { return deeds[d].net }

// Action is what another program on the host does between two calls, in the directory of the guest or on its network. It may fail, which is
// no failure of the guest.
type Action struct {
	Do   Deed
	Path string // in the guest's directory and below it
	To   string // another such path, or where a link leads, or the data to append
	Num  uint64
}

// Valid reports whether the action does nothing outside the guest's directory, if it is done without following links out of it.
func (a *Action) Valid() bool {
	if a.Do.OnNetwork() {
		return true
	}
	paths := []string{a.Path}
	if a.Do == Rename || a.Do == Link {
		paths = append(paths, a.To)
	}
	return !slices.ContainsFunc(paths, func(p string) bool { return !filepath.IsLocal(p) || filepath.Clean(p) == "." }) &&
		a.Num <= maxSize && (a.Do != Chmod || a.Num <= 0o777)
}

// maxSize is the largest size in bytes that the host gives a file.
const maxSize = 1 << 40

// targets are what links of the host lead to: inside, outside, to themselves, nowhere. The absolute path to the outside is added.
var targets = []string{"../" + OutsideDir, "../" + OutsideDir + "/" + Secret, "file", "dir", "..", ".", "/", "other", "loop", "dir/../file", "../frozen"}

// exchange reads what the host does on the network.
func (g *generator) exchange() []Action { return []Action{{Do: Send + Deed(g.t.Byte()%2)}} }

// actions reads what the host does to files: mostly one thing, or a few that replace a file by something else while the guest may have it open.
func (g *generator) actions() []Action {
	at := tape.Pick(g.t, plain)
	target := func() string {
		if g.opts.Outside != "" && g.t.Chance(60) {
			return g.opts.Outside
		}
		return tape.Pick(g.t, targets)
	}
	switch do := Deed(g.t.Intn(int(Send) + 4)); do {
	case Rename, Link:
		return []Action{{Do: do, Path: at, To: tape.Pick(g.t, plain)}}
	case Symlink:
		return []Action{{Do: Symlink, Path: at, To: target()}}
	case Append:
		return []Action{{Do: Append, Path: at, To: "appended by the host\n"[:g.t.Intn(22)]}}
	case Truncate:
		return []Action{{Do: Truncate, Path: at, Num: tape.Pick(g.t, []uint64{0, 1, 5, 640, 5000, 1 << 33})}}
	case Chmod:
		return []Action{{Do: Chmod, Path: at, Num: tape.Pick(g.t, []uint64{0, 0o400, 0o200, 0o444, 0o755})}}
	case Remove, Mkdir, Fifo:
		return []Action{{Do: do, Path: at}}
	default: // out of the way, and something else in its place
		list := []Action{{Do: Rename, Path: at, To: tape.Pick(g.t, []string{"away", "other", "hollow/away", "dir/away"})}}
		switch g.t.Byte() % 4 {
		case 0, 1:
			return append(list, Action{Do: Symlink, Path: at, To: target()})
		case 2:
			return append(list, Action{Do: Mkdir, Path: at})
		}
		return append(list, Action{Do: Fifo, Path: at})
	}
}
