package hostcall

import (
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/tape"
)

// The names in the tree that sequences are made for. The tree itself is the caller's to build, see Tree.
const (
	// Secret is the name of a file next to the preopened directories, in a directory Outside of theirs.
	Secret = "secret"
	// OutsideDir is the name of that directory.
	OutsideDir = "outside"
)

// Entry is a file, a directory or a link of the tree.
type Entry struct {
	Name   string
	Dir    bool
	Data   string
	Target string // of a link
}

// Tree returns what a preopened directory should hold. outside is an absolute path that links lead to.
func Tree(outside string) []Entry {
	return []Entry{
		{Name: "file", Data: "the content of a file\n"},
		{Name: "empty"},
		{Name: "dir", Dir: true},
		{Name: "dir/file", Data: strings.Repeat("0123456789abcdef", 40)},
		{Name: "dir/sub", Dir: true},
		{Name: "dir/sub/deep", Data: "x"},
		{Name: "hollow", Dir: true},
		{Name: "link", Target: "file"},
		{Name: "linkdir", Target: "dir/sub"},
		{Name: "up", Target: ".."},
		{Name: "loop", Target: "loop"},
		{Name: "dangling", Target: "nowhere"},
		{Name: "escape", Target: "../" + OutsideDir},
		{Name: "dir/escape", Target: "../../" + OutsideDir + "/" + Secret},
		{Name: "absolute", Target: outside},
	}
}

// components are what paths are put together from.
var components = []string{
	"file", "dir", "sub", "deep", "..", ".", "", "link", "linkdir", "up", "loop", "dangling", "escape", "absolute",
	"new", "other", "hollow", OutsideDir, Secret, "empty", "..",
}

// plain are paths as programs have them: to what there is, and to what could be.
var plain = func() []string {
	list := []string{"new", "other", "dir/new", "dir/sub/new", "new/below", "linkdir/new", "linkdir/other"}
	for _, e := range Tree("") {
		list = append(list, e.Name)
	}
	return list
}()

// odd are paths that are special as a whole.
var odd = []string{
	"", ".", "..", "/", "./", "../", "//", "file/", "dir/", "file/.", "file/..", "dir/.", "link/", "linkdir/", "loop/", "up/",
	"../" + OutsideDir + "/" + Secret, "dir/../../" + OutsideDir + "/" + Secret, "up/" + OutsideDir + "/" + Secret,
	"escape/" + Secret, "absolute/" + Secret, "escape/new", "dir/escape", "up/up/file", "dir/sub/../../file",
	"a\x00b", "file\x00", "\x00", "\xff\xfe", "\xc0\xae\xc0\xae/" + Secret, "file\xed\xa0\x80", "fi\u200ble", "...", "..\\file",
	"linkdir/..", "linkdir/../file", "linkdir/../../file", "link/../file", "escape/../guest/file", "dir/file/", "dir//file", "./dir/./file",
	strings.Repeat("n", 255), strings.Repeat("n", 256), strings.Repeat("d/", 2047) + "x", strings.Repeat("d/", 2048),
	strings.Repeat("../", 40) + "nowhere", strings.Repeat("dir/../", 30) + "file", strings.Repeat("x", 5000),
}

// name reads a path for a call: mostly near one of the call that it follows, if there is any.
func (g *generator) name() string {
	if g.after != nil && len(g.after.texts) > 0 {
		return g.nearText()
	}
	return g.path()
}

// path reads a path. Of what exists on the host, no path that this returns names anything but the tree, its parent and what
// Options.Outside holds, so that a runtime that fails to contain it harms nothing else.
func (g *generator) path() string {
	switch k := g.t.Byte(); {
	case k < 140:
		return tape.Pick(g.t, plain)
	case k < 190:
		return g.joined()
	case k < 235:
		return tape.Pick(g.t, odd)
	case k < 243:
		return g.opts.Outside + "/" + Secret
	}
	raw := g.t.Bytes(1 + g.t.Intn(12))
	for i, b := range raw {
		if b == '/' {
			raw[i] = '_'
		}
	}
	return string(raw)
}

// joined reads a path of up to four components. It goes up once at most more often than down.
func (g *generator) joined() string {
	var parts []string
	depth := 0
	for range 1 + g.t.Byte()%4 {
		c := tape.Pick(g.t, components)
		if c == ".." || c == "up" || c == "escape" {
			if depth--; depth < -1 {
				continue
			}
		} else if c != "." && c != "" {
			depth++
		}
		parts = append(parts, c)
	}
	return strings.Join(parts, "/")
}
