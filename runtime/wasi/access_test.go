package wasi

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// accesses are all grants that there are: every set of accesses that holds Stat.
func accesses() (all []policy.Access) {
	for a := policy.Stat; a <= policy.Read|policy.Stat|policy.Change; a++ {
		if a&policy.Stat != 0 {
			all = append(all, a)
		}
	}
	return all
}

// grantedWorld preopens one directory once for each of accesses, from descriptor 3 on.
func grantedWorld(t *testing.T, refused func(*policy.Refusal)) *world {
	return newWorld(t, hostos.Auto, func(cfg *Config) {
		host := cfg.Preopens[0].Host
		cfg.Preopens, cfg.Refused = nil, refused
		for i, a := range accesses() {
			cfg.Preopens = append(cfg.Preopens, Preopen{Host: host, Guest: fmt.Sprint("d", i), Access: a})
		}
	})
}

// TestAccessModes does everything below directories of all grants: what the grant forbids is EPERM, nothing else is, and a refusal
// says what is missing.
func TestAccessModes(t *testing.T) {
	var last *policy.Refusal
	w := grantedWorld(t, func(r *policy.Refusal) { last = r })
	for i, granted := range accesses() {
		fd := uint64(3 + i)
		for _, op := range []struct {
			name  string
			needs policy.Access
			call  func() Errno
		}{
			{"stat", policy.Stat, func() Errno {
				p, n := w.path("file")
				return w.call("path_filestat_get", fd, 0, p, n, outAt)
			}},
			{"read", policy.Read, func() Errno { return w.openAndClose(fd, "file", 0, RightFdRead) }},
			{"write", policy.Write, func() Errno { return w.openAndClose(fd, "file", 0, RightFdWrite) }},
			{"create", policy.Create, func() Errno { return w.openAndClose(fd, "file", OCreat, 0) }},
			{"truncate", policy.Truncate, func() Errno { return w.openAndClose(fd, "file", OTrunc, 0) }},
			{"all", policy.Read | policy.Write | policy.Create | policy.Truncate, func() Errno {
				return w.openAndClose(fd, "file", OCreat|OTrunc, RightFdRead|RightFdWrite)
			}},
			{"readdir", policy.Read, func() Errno { return w.call("fd_readdir", fd, bufAt, 1000, 0, outAt) }},
			{"readlink", policy.Read, func() Errno {
				p, n := w.path("toFile")
				return w.call("path_readlink", fd, p, n, bufAt, 100, outAt)
			}},
			{"mkdir", policy.Create, func() Errno { return w.pathCall("path_create_directory", fd, "new") }},
			{"rmdir", policy.Delete, func() Errno { return w.pathCall("path_remove_directory", fd, "empty") }},
			{"unlink", policy.Delete, func() Errno { return w.pathCall("path_unlink_file", fd, "victim") }},
			{"symlink", policy.Create, func() Errno {
				pa, na, pb, nb := w.twoPaths("file", "new")
				return w.call("path_symlink", pa, na, fd, pb, nb)
			}},
			{"times", policy.SetStat, func() Errno {
				p, n := w.path("file")
				return w.call("path_filestat_set_times", fd, 0, p, n, 0, 0, fstMtimNow)
			}},
			{"own times", policy.SetStat, func() Errno { return w.call("fd_filestat_set_times", fd, 0, 0, fstMtimNow) }},
		} {
			w.must(os.RemoveAll(filepath.Join(w.box, "new")))
			w.must(os.MkdirAll(filepath.Join(w.box, "empty"), 0o777))
			w.must(os.WriteFile(filepath.Join(w.box, "victim"), nil, 0o666))
			last = nil
			errno := op.call()
			missing := op.needs &^ granted
			switch {
			case missing == 0 && (errno != ESUCCESS || last != nil):
				t.Errorf("%s granted for %s = %s (%v)", op.name, granted, errno, last)
			case missing != 0 && errno != EPERM:
				t.Errorf("%s granted for %s = %s, want EPERM", op.name, granted, errno)
			case missing != 0 && (last == nil || last.Rule != "access-mode" || last.Access != missing || last.Dir != fmt.Sprint("d", i)):
				t.Errorf("%s granted for %s is refused as %v", op.name, granted, last)
			}
		}
	}
}

func (w *world) openAndClose(fd uint64, path string, oflags OFlags, rights Rights) Errno {
	w.t.Helper()
	got, errno := w.open(fd, path, oflags, uint64(rights), 0)
	if errno == ESUCCESS {
		w.want(ESUCCESS, "fd_close", got)
	}
	return errno
}

// TestBothEnds renames and links between directories of all pairs of grants.
func TestBothEnds(t *testing.T) {
	w := grantedWorld(t, nil)
	all := accesses()
	for i, from := range all {
		for j, to := range all {
			w.must(os.WriteFile(filepath.Join(w.box, "victim"), nil, 0o666))
			for _, name := range []string{"new", "newer"} {
				if err := os.Remove(filepath.Join(w.box, name)); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
			}
			pa, na, pb, nb := w.twoPaths("victim", "new")
			want := EPERM
			if from&(policy.Read|policy.Write|policy.SetStat) == policy.Read|policy.Write|policy.SetStat && to&policy.Create != 0 {
				want = ESUCCESS
			}
			w.want(want, "path_link", uint64(3+i), 0, pa, na, uint64(3+j), pb, nb)
			pa, na, pb, nb = w.twoPaths("victim", "newer")
			want = EPERM
			if from&policy.Delete != 0 && to&(policy.Create|policy.Delete) == policy.Create|policy.Delete {
				want = ESUCCESS
			}
			w.want(want, "path_rename", uint64(3+i), pa, na, uint64(3+j), pb, nb)
		}
	}
}

// TestDeniedIsTheMonitors: what the handlers deny by rights is what the monitor denies by access.
func TestDeniedIsTheMonitors(t *testing.T) {
	for bit := Rights(1); bit < endOfRights; bit <<= 1 {
		needs := accessOf(bit)
		for _, granted := range accesses() {
			if (denied(granted)&bit != 0) != (needs&^granted != 0) {
				t.Errorf("right %x needs %s, granted %s, denied %x", bit, needs, granted, denied(granted))
			}
		}
	}
	if got := denied(policy.Read|policy.Stat) & pathRights &^ RightPathLinkSource; got&(RightPathOpen|RightPathReadlink|RightPathFilestatGet) != 0 {
		t.Errorf("a read-only directory denies %x", got)
	}
}

func TestRefusals(t *testing.T) {
	var got []string
	w := newWorld(t, hostos.Auto, func(cfg *Config) { cfg.Refused = func(r *policy.Refusal) { got = append(got, r.String()) } })
	pa, na, pb, nb := w.twoPaths("file", "../x")
	w.want(ENOTCAPABLE, "path_rename", boxFD, pa, na, boxFD, pb, nb)
	pa, na, pb, nb = w.twoPaths("file", "x")
	w.want(EPERM, "path_rename", boxFD, pa, na, roFD, pb, nb)
	w.openAndClose(boxFD, "/etc", 0, RightFdRead)
	w.openAndClose(boxFD, "escape", 0, RightFdRead)
	w.openAndClose(boxFD, "nowhere", OExcl, RightFdRead) // not refused: there is none
	w.want(EBADF, "fd_tell", 99, outAt)
	w.openAndClose(99, "file", 0, RightFdRead)
	w.want(ESUCCESS, "fd_fdstat_set_rights", boxFD, uint64(RightPathOpen), 0)
	if errno := w.pathCall("path_unlink_file", boxFD, "file"); errno != ENOTCAPABLE {
		t.Errorf("without the right: %s", errno)
	}
	if errno := w.openAndClose(boxFD, "file", 0, RightFdRead); errno != ENOTCAPABLE {
		t.Errorf("without the right: %s", errno)
	}
	want := []string{
		`path_rename "../x" below / was refused: beneath-preopen: the path leads out of "/"`,
		`path_rename "x" below ro was refused: access-mode: "ro" is not granted for create,delete`,
		`path_open "/etc" below / was refused: beneath-preopen: the path leads out of "/"`,
		`path_open "escape" below / was refused: beneath-preopen: the path leads out of "/"`,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("refusals:\n%q\nwant:\n%q", got, want)
	}
	got = nil
	w = newWorld(t, hostos.Auto, func(cfg *Config) {
		cfg.Preopens, cfg.Refused = nil, func(r *policy.Refusal) { got = append(got, r.String()) }
	})
	if w.openAndClose(3, "file", 0, RightFdRead); len(got) != 1 || got[0] != `path_open "file" was refused: beneath-preopen: no directory is granted` {
		t.Errorf("without directories: %q", got)
	}
}
