package model

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

func TestPathRules(t *testing.T) {
	stat := func(path string, follow int, typ filetype, size, links uint64) does {
		return does{call: "path_filestat_get", args: []any{3, follow, path, out{}}, res: []any{stat(0, typ, links, size, 0)}}
	}
	gone := func(path string) does { return failing(stat(path, 0, 0, 0, 0), wasi.ENOENT) }
	on := func(call string, path string) does { return does{call: call, args: []any{3, path}} }
	mkdir, rmdir, unlink := "path_create_directory", "path_remove_directory", "path_unlink_file"
	two := func(call, from, to string) does {
		args := []any{3, from, 3, to}
		if call == "path_link" {
			args = []any{3, 0, from, 3, to}
		}
		return does{call: call, args: args}
	}
	symlinks := func(target, path string) does {
		return does{call: "path_symlink", args: []any{target, 3, path}}
	}
	readlink := func(path string, n buf, got string) does {
		return does{call: "path_readlink", args: []any{3, path, n, out{}}, out: got, res: []any{len(got)}}
	}
	runCases(t, []ruleCase{
		{"stat", nil, stat("file", 0, regular, 10, 1), ""},
		{"stat of another size", nil, stat("file", 0, regular, 11, 1), "other size"},
		{"stat of a link", nil, stat("link", 0, symlink, 4, 1), ""},
		{"stat of a link's target", nil, stat("link", 1, regular, 10, 1), ""},
		{"stat follows", nil, stat("link", 0, regular, 10, 1), "other type"},
		{"stat of nothing", nil, stat("nothing", 0, regular, 0, 1), "success not allowed"},
		{"stat through a file", nil, stat("file/..", 0, directory, 0, 2), "success not allowed"},
		{"stat with a slash", nil, failing(stat("file/", 0, regular, 10, 1), wasi.ENOTDIR), ""},
		{"mkdir", []does{on(mkdir, "new")}, stat("new", 0, directory, 0, 2), ""},
		{"mkdir does nothing", []does{on(mkdir, "new")}, gone("new"), "errno not allowed"},
		{"mkdir over a file", nil, on(mkdir, "file"), "success not allowed"},
		{"mkdir over a file fails", nil, failing(on(mkdir, "file"), wasi.EEXIST), ""},
		{"rmdir", []does{on(rmdir, "hollow")}, gone("hollow"), ""},
		{"rmdir of a full directory", nil, on(rmdir, "dir"), "success not allowed"},
		{"rmdir of a file", nil, on(rmdir, "file"), "success not allowed"},
		{"make in a removed directory", []does{opens("hollow", 6, wasi.ODirectory, wasi.RightFdReaddir, 0), on(rmdir, "hollow")},
			does{call: mkdir, args: []any{6, "new"}}, "success not allowed"},
		{"unlink", []does{on(unlink, "link")}, gone("link"), ""},
		{"unlink of a directory", nil, on(unlink, "hollow"), "success not allowed"},
		{"unlink of a directory fails", nil, failing(on(unlink, "hollow"), wasi.EISDIR), ""},
		{"unlink keeps the open file", []does{opens("file", 6, 0, all, 0), on(unlink, "file")}, reads(6, 4, "0123"), ""},
		{"link", []does{two("path_link", "file", "new")}, stat("new", 0, regular, 10, 2), ""},
		{"link of a copy", []does{two("path_link", "file", "new")}, stat("new", 0, regular, 10, 1), "other number of links"},
		{"link shares", []does{two("path_link", "file", "new"), opens("new", 6, 0, all, 0), writes(6, "ab"), opens("file", 7, 0, all, 0)}, reads(7, 4, "ab23"), ""},
		{"link over", nil, two("path_link", "file", "empty"), "success not allowed"},
		{"link of a directory", nil, two("path_link", "dir", "new"), "success not allowed"},
		{"rename", []does{two("path_rename", "file", "new")}, gone("file"), ""},
		{"rename leaves the source", []does{two("path_rename", "file", "new")}, stat("file", 0, regular, 10, 1), "success not allowed"},
		{"rename replaces", []does{two("path_rename", "file", "empty")}, stat("empty", 0, regular, 10, 1), ""},
		{"rename into itself", nil, two("path_rename", "dir", "dir/sub/new"), "success not allowed"},
		{"rename over a full directory", nil, two("path_rename", "hollow", "dir"), "success not allowed"},
		{"rename of a directory over a file", nil, two("path_rename", "dir", "file"), "success not allowed"},
		{"rename moves what is beneath", []does{two("path_rename", "dir", "hollow")}, stat("hollow/file", 0, regular, 1, 1), ""},
		{"symlink", []does{symlinks("dir", "new")}, stat("new/file", 0, regular, 1, 1), ""},
		{"symlink over", nil, symlinks("dir", "file"), "success not allowed"},
		{"readlink", nil, readlink("up", 9, ".."), ""},
		{"readlink cut", nil, readlink("link", 2, "fi"), ""},
		{"readlink of a byte less", nil, readlink("link", 9, "fil"), "other target"},
		{"readlink of another target", nil, readlink("link", 9, "fily"), "other target"},
		{"readlink of a file", nil, readlink("file", 9, "x"), "success not allowed"},
		{"create", []does{opens("new", 6, wasi.OCreat, all, 0)}, stat("new", 0, regular, 0, 1), ""},
		{"create exclusively", nil, opens("file", 6, wasi.OCreat|wasi.OExcl, all, 0), "success not allowed"},
		{"create through a link", []does{opens("dangling", 6, wasi.OCreat, all, 0)}, stat("nowhere", 0, regular, 0, 1), ""},
		{"truncate", []does{opens("file", 6, wasi.OTrunc, all, 0)}, reads(6, 4, ""), ""},
		{"truncate ignored", []does{opens("file", 6, wasi.OTrunc, all, 0)}, reads(6, 4, "0123"), "reads beyond the end"},
		{"open a file as a directory", nil, opens("file", 6, wasi.ODirectory, all, 0), "success not allowed"},
		{"open nothing", nil, opens("nothing", 6, 0, all, 0), "success not allowed"},
	})
}

// TestFrozen checks that what the preopen is not granted for is refused.
func TestFrozen(t *testing.T) {
	for _, d := range []does{
		{call: "path_create_directory", args: []any{4, "new"}}, {call: "path_unlink_file", args: []any{4, "file"}},
		{call: "path_remove_directory", args: []any{4, "hollow"}}, {call: "path_symlink", args: []any{"file", 4, "new"}},
		{call: "path_rename", args: []any{4, "file", 3, "new"}}, {call: "path_link", args: []any{4, 0, "file", 3, "new"}},
		{call: "path_filestat_set_times", args: []any{4, 0, "file", 0, 0, 8}},
		{call: "path_open", args: []any{4, 0, "file", 0, wasi.RightFdWrite, wasi.RightFdWrite, 0, out{}}, res: []any{6}},
		{call: "path_open", args: []any{4, 0, "new", int(wasi.OCreat), wasi.RightFdRead, wasi.RightFdRead, 0, out{}}, res: []any{6}},
		{call: "path_open", args: []any{4, 0, "file", int(wasi.OTrunc), wasi.RightFdRead, wasi.RightFdRead, 0, out{}}, res: []any{6}},
	} {
		newWorld(t).refused("success not allowed", d)
		newWorld(t).allowed(failing(d, wasi.EPERM))
	}
}

// TestWalk checks the resolution of paths: what each is, or the errno that it must have.
func TestWalk(t *testing.T) {
	long := strings.Repeat("n", 256)
	for path, want := range map[string]any{
		"file": regular, "dir": directory, "dir/": directory, "dir/.": directory, "dir/..": directory, ".": directory, "./": directory,
		"dir/../file": regular, "dir//sub": directory, "link": regular, "inward": regular, "hollow/../link": regular,
		"nothing": wasi.ENOENT, "nothing/below": wasi.ENOENT, "file/below": wasi.ENOTDIR, "file/.": wasi.ENOTDIR, "link/": wasi.ENOTDIR,
		"..": wasi.ENOTCAPABLE, "dir/../..": wasi.ENOTCAPABLE, "up": wasi.ENOTCAPABLE, "up/file": wasi.ENOTCAPABLE, "absolute": wasi.ENOTCAPABLE,
		"/": wasi.ENOTCAPABLE, "/etc": wasi.ENOTCAPABLE, "loop": wasi.ELOOP, "loop/x": wasi.ELOOP, "dangling": wasi.ENOENT,
		long: wasi.ENAMETOOLONG, "": wasi.ENOENT, "file\x00": wasi.EINVAL, "\xff": wasi.EILSEQ,
	} {
		d := does{call: "path_filestat_get", args: []any{3, 1, path, out{}}}
		if errno, ok := want.(wasi.Errno); ok {
			newWorld(t).refused("success not allowed", d)
			newWorld(t).allowed(failing(d, errno))
			newWorld(t).refused("errno not allowed", failing(d, wasi.EXDEV))
			continue
		}
		w := newWorld(t)
		p := w.m.walk(w.m.roots[0], []byte(path), true)
		if p.node == nil || p.node.typ != want || p.fails != nil {
			t.Errorf("%q leads to %+v, want type %d", path, p, want)
		}
		newWorld(t).refused("errno not allowed", failing(d, wasi.ENOENT))
	}
}

func TestReaddirRules(t *testing.T) {
	list := func(n buf, cookie int, entries string) does {
		return does{call: "fd_readdir", args: []any{6, n, cookie, out{}}, out: entries, res: []any{len(entries)}}
	}
	dir := opens("dir", 6, wasi.ODirectory, wasi.RightFdReaddir, 0)
	first := dirents(0, ". .. sub/")
	const typeAt = 20 // of the first entry; three bytes of padding follow
	leaky := first[:typeAt+2] + "\x7f" + first[typeAt+3:]
	runCases(t, []ruleCase{
		{"all", []does{dir}, list(500, 0, dirents(0, ". .. file sub/")), ""},
		{"without dots", []does{dir}, list(500, 0, dirents(0, "sub/ file")), ""},
		{"one is missing", []does{dir}, list(500, 0, dirents(0, ". .. file")), "an entry is missing"},
		{"cut", []does{dir}, list(100, 0, dirents(0, ". .. file sub/")[:100]), ""},
		{"resumed", []does{dir, list(buf(len(first)), 0, first)}, list(500, 3, dirents(3, "file")), ""},
		{"resumed, one is missing", []does{dir, list(buf(len(first)), 0, first)}, list(500, 3, ""), "an entry is missing"},
		{"resumed, one comes again", []does{dir, list(buf(len(first)), 0, first)}, list(500, 3, dirents(3, "sub/ file")), "an entry comes twice"},
		{"what is not there", []does{dir}, list(500, 0, dirents(0, ". .. file sub/ new")), "an entry that does not exist"},
		{"another type", []does{dir}, list(500, 0, dirents(0, ". .. file/ sub/")), "other type"},
		{"padding", []does{dir}, list(500, 0, leaky), "padding is not the guest's"},
		{"changed meanwhile", []does{dir, list(buf(len(first)), 0, first), {call: "path_unlink_file", args: []any{3, "dir/file"}}}, list(500, 3, ""), ""},
	})
}

// TestInodes checks that a file keeps its number under another name, and that two have two.
func TestInodes(t *testing.T) {
	of := func(path string, ino uint64) does {
		return does{call: "path_filestat_get", args: []any{3, 0, path, out{}}, res: []any{stat(ino, regular, 1, 0, 0)}}
	}
	rename := does{call: "path_rename", args: []any{3, "empty", 3, "new"}}
	w := newWorld(t)
	w.allowed(of("empty", 8), rename, of("new", 8))
	w.refused("other inode", of("new", 9))
	w = newWorld(t)
	w.allowed(of("empty", 8), opens("new", 6, wasi.OCreat, all, 0))
	w.refused("two files with one inode", of("new", 8))
}

// TestForget checks that what is forgotten is not compared, and what is not forgotten is.
func TestForget(t *testing.T) {
	w := newWorld(t)
	w.allowed(opens("file", 6, 0, all, 0), opens("dir/file", 7, 0, all, 0))
	w.m.ForgetTree(0, "file")
	w.allowed(reads(6, 4, "what"), failing(opens("empty", 8, 0, all, 0), wasi.ENOENT), opens("whatever", 8, 0, all, 0))
	w.refused("other content", reads(7, 4, "y"))
	w = newWorld(t)
	w.allowed(opens("file", 6, 0, all, 0))
	w.m.Forget()
	w.allowed(reads(6, 40, "what"), opens("new", 7, wasi.OExcl|wasi.OCreat, all, 0))
	w.refused("gives an open descriptor", opens("new", 7, 0, all, 0))
}

// TestCheckTree compares a directory with the model, before and after changes that the model was or was not told of.
func TestCheckTree(t *testing.T) {
	for name, c := range map[string]struct {
		told []does
		do   func(dir string) error
		key  string
	}{
		"nothing":       {nil, func(string) error { return nil }, ""},
		"told":          {[]does{{call: "path_create_directory", args: []any{3, "new"}}}, func(d string) error { return os.Mkdir(d+"/new", 0o755) }, ""},
		"not done":      {[]does{{call: "path_create_directory", args: []any{3, "new"}}}, func(string) error { return nil }, "tree: a file is missing"},
		"not told":      {nil, func(d string) error { return os.Mkdir(d+"/new", 0o755) }, "tree: a file that should not be"},
		"other type":    {nil, func(d string) error { os.Remove(d + "/empty"); return os.Mkdir(d+"/empty", 0o755) }, "tree: other type"},
		"other size":    {nil, func(d string) error { return os.Truncate(d+"/file", 5) }, "tree: other size"},
		"other content": {nil, func(d string) error { return os.WriteFile(d+"/dir/file", []byte("y"), 0o644) }, "tree: other content"},
		"other target":  {nil, func(d string) error { os.Remove(d + "/up"); return os.Symlink(".", d+"/up") }, "tree: other target"},
	} {
		dir := t.TempDir()
		for _, e := range treeOfTests {
			path := filepath.Join(dir, e.Name)
			var err error
			switch {
			case e.Dir:
				err = os.Mkdir(path, 0o755)
			case e.Target != "":
				err = os.Symlink(e.Target, path)
			default:
				err = os.WriteFile(path, []byte(e.Data), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		w := newWorld(t)
		w.allowed(c.told...)
		if err := c.do(dir); err != nil {
			t.Fatal(err)
		}
		if b := w.m.CheckTree(0, dir, nil); b == nil && c.key != "" || b != nil && b.Key != c.key {
			t.Errorf("%s: got %v, want %q", name, b, c.key)
		}
		if b := w.m.CheckTree(0, dir, func([]byte) bool { return true }); c.told == nil && b != nil {
			t.Errorf("%s: %v, though nothing is said to have changed", name, b)
		}
	}
}
