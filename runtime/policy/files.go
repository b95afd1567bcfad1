package policy

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// maxPath is the size in bytes that a path stays below (PATH_MAX).
const maxPath = 4096

// fileRules are about descriptors and paths.
var fileRules = []Rule{
	{
		Name: "fd-owned",
		Doc:  "A system call is made on a descriptor that the guest has, and on the very host descriptor that it stands for.",
		Ops:  1<<FdUse | 1<<FdClose | 1<<FdMove | 1<<FdLimit | 1<<PathAt | onSockets, inline: true,
		check: func(m *Monitor, e *Effect) string {
			d := m.fd(e.FD)
			switch {
			case d.standsFor(e.Host):
				return ""
			case d == nil:
				return fmt.Sprintf("the guest has no descriptor %d", e.FD)
			}
			return fmt.Sprintf("descriptor %d stands for another host descriptor", e.FD)
		},
	},
	{
		Name: "fd-rights",
		Doc:  "A descriptor is used only for what its rights allow.",
		Ops:  1<<FdUse | 1<<PathAt | onSockets, inline: true,
		check: func(m *Monitor, e *Effect) string {
			if d := m.fd(e.FD); d != nil && !d.allows(e.Rights) {
				return fmt.Sprintf("descriptor %d lacks the rights %#x", e.FD, e.Rights&^d.rights)
			}
			return ""
		},
	},
	{
		Name: "fd-fresh",
		Doc:  "A new descriptor has a number below the limit that is not in use, and a host descriptor that no other one has.",
		Ops:  1<<FdOpen | 1<<SockOpen, inline: true,
		check: func(m *Monitor, e *Effect) string {
			if !m.hasNumber(e.FD) {
				return fmt.Sprintf("descriptor %d is above the limit of %d", e.FD, m.maxFDs)
			}
			if m.fd(e.FD) != nil {
				return fmt.Sprintf("descriptor %d is in use", e.FD)
			}
			if m.hosts.has(e.Host) {
				return fmt.Sprintf("the host descriptor of %d is in use", e.FD)
			}
			return ""
		},
	},
	{
		Name: "fd-move-target",
		Doc:  "A descriptor is moved to a number below the limit that is not in use.",
		Ops:  1 << FdMove,
		check: func(m *Monitor, e *Effect) string {
			if !m.hasNumber(e.Dir) || m.fd(e.Dir) != nil {
				return fmt.Sprintf("number %d is in use or above the limit of %d", e.Dir, m.maxFDs)
			}
			return ""
		},
	},
	{
		Name: "rights-narrowed",
		Doc:  "Rights of a descriptor are taken away, never added.",
		Ops:  1 << FdLimit,
		check: func(m *Monitor, e *Effect) string {
			if d := m.fd(e.FD); d != nil && (e.Rights&^d.rights != 0 || e.Inherit&^d.inherit != 0) {
				return fmt.Sprintf("descriptor %d would gain the rights %#x, %#x", e.FD, e.Rights&^d.rights, e.Inherit&^d.inherit)
			}
			return ""
		},
	},
	{
		Name: "rights-inherited",
		Doc:  "A descriptor opened through a directory, or accepted from a listener, has no right that it does not hand on.",
		Ops:  1<<FdOpen | 1<<SockOpen, inline: true,
		check: func(m *Monitor, e *Effect) string {
			if e.Op == SockOpen && e.Dir == NoListener {
				return "" // there is nothing to hand on
			}
			d := m.fd(e.Dir)
			if d == nil || e.Op == FdOpen && d.root == nil {
				return fmt.Sprintf("it is opened through descriptor %d, which is no directory of the guest's", e.Dir)
			}
			if more := (e.Rights | e.Inherit) &^ d.inherit; more != 0 && !(planted.Selected == planted.MonitorInherit && e.Rights&^d.inherit == 0) {
				return fmt.Sprintf("descriptor %d does not hand on the rights %#x", e.Dir, more)
			}
			return ""
		},
	},
	{
		Name: "rights-asked",
		Doc:  "A path is not opened for rights that the directory does not hand on.",
		Ops:  1 << PathAt, inline: true,
		check: func(m *Monitor, e *Effect) string {
			if d := m.fd(e.FD); d != nil && !d.handsOn(e.Inherit) {
				return fmt.Sprintf("directory %d does not hand on the rights %#x", e.FD, e.Inherit&^d.inherit)
			}
			return ""
		},
	},
	{
		Name: "no-devices",
		Doc:  "No device of the host but the null device becomes a descriptor of the guest.",
		Ops:  1 << FdOpen, inline: true,
		check: func(m *Monitor, e *Effect) string {
			if e.Kind == Device {
				return fmt.Sprintf("descriptor %d would be a device", e.FD)
			}
			return ""
		},
	},
	{
		Name: "path-relative",
		Doc:  "A path or a link's target that passes between guest and host is relative, not empty, shorter than PATH_MAX, UTF-8 and without a NUL byte, so that the kernel reads what was checked.",
		Ops:  1<<PathAt | 1<<Target, inline: true,
		check: func(m *Monitor, e *Effect) string {
			switch {
			case e.Path == "":
				return "the path is empty"
			case len(e.Path) >= maxPath:
				return fmt.Sprintf("the path has %d bytes", len(e.Path))
			case e.Path[0] == '/':
				return "the path is absolute"
			case strings.IndexByte(e.Path, 0) >= 0:
				return "the path has a NUL byte"
			case !utf8.ValidString(e.Path):
				return "the path is not UTF-8"
			}
			return ""
		},
	},
	{
		Name: "beneath-preopen",
		Doc:  "A path is resolved beneath a directory that was preopened for the guest or opened beneath one.",
		Ops:  1 << PathAt, inline: true,
		check: func(m *Monitor, e *Effect) string {
			if d := m.fd(e.FD); d != nil && d.root == nil {
				return fmt.Sprintf("descriptor %d is not beneath a preopened directory", e.FD)
			}
			return ""
		},
	},
	{
		Name: "access-mode",
		Doc:  "Nothing beneath a preopened directory is accessed in a way that its grant does not have; a read-only one is not changed.",
		Ops:  1<<FdUse | 1<<PathAt, inline: true,
		check: func(m *Monitor, e *Effect) string {
			d := m.fd(e.FD)
			if d == nil || d.grants(e.Access) {
				return ""
			}
			return fmt.Sprintf("%q is not granted for %s", d.root.name, e.Access&^d.root.access)
		},
	},
	{
		Name: "fd-kind",
		Doc:  "Paths are resolved at directories, and directories have neither bytes nor an offset.",
		Ops:  1<<PathAt | 1<<Moved | 1<<Sought, inline: true,
		check: func(m *Monitor, e *Effect) string {
			d := m.fd(e.FD)
			switch {
			case d == nil:
				return fmt.Sprintf("the guest has no descriptor %d", e.FD)
			case (d.kind == Dir) == (e.Op == PathAt):
				return ""
			}
			return fmt.Sprintf("descriptor %d is a %s", e.FD, d.kind)
		},
	},
	{
		Name: "offset-as-told",
		Doc:  "The offset of a file is where the reads, writes and seeks of the guest have left it.",
		Ops:  1 << Sought,
		check: func(m *Monitor, e *Effect) string {
			d, want := m.fd(e.FD), e.Len
			if e.Whence == SeekCur {
				want += d.offset
			}
			if e.Num == want || e.Whence == SeekEnd || e.Whence == SeekCur && !d.known {
				return ""
			}
			return fmt.Sprintf("the offset of descriptor %d is %d, not %d", e.FD, e.Num, want)
		},
	},
	{
		Name: "resolved-path",
		Doc:  "The host resolves only paths of which the hostcall told that it would, or what leads there.",
		Ops:  1 << Resolved,
		check: func(m *Monitor, e *Effect) string {
			for _, p := range m.paths {
				if p.host == e.Host && strings.HasPrefix(p.path, e.Path) {
					return ""
				}
			}
			return "it was not told"
		},
	},
	{
		Name: "resolved-beneath",
		Doc:  "What the host found for a path lies beneath the directory at which it was resolved.",
		Ops:  1 << Resolved,
		check: func(m *Monitor, e *Effect) string {
			if e.Place == e.Base || strings.HasPrefix(e.Place, strings.TrimSuffix(e.Base, "/")+"/") {
				return ""
			}
			return fmt.Sprintf("%q is not beneath %q", e.Place, e.Base)
		},
	},
}

// The conditions of the rules that are inline.

// hasNumber reports whether fd is a number that a descriptor of the guest can have.
func (m *Monitor) hasNumber(fd int32) bool { return fd >= 0 && int(fd) < m.maxFDs }

// standsFor reports whether d is there and stands for host.
func (d *descriptor) standsFor(host int32) bool { return d != nil && d.host == host }

// allows reports whether d has the rights.
func (d *descriptor) allows(rights uint64) bool { return rights&^d.rights == 0 }

// handsOn reports whether what is opened through d may have the rights.
func (d *descriptor) handsOn(rights uint64) bool { return rights&^d.inherit == 0 }

// isPlain reports whether a path is as path-relative demands and is made of ASCII characters alone.
func isPlain(path string) bool {
	if path == "" || len(path) >= maxPath || path[0] == '/' {
		return false
	}
	for i := range len(path) {
		if path[i]-1 >= 0x7f {
			return false
		}
	}
	return true
}

// grants reports whether the directory that d lies beneath, if there is one, is granted for access.
func (d *descriptor) grants(access Access) bool {
	if planted.Selected == planted.AccessWider && d.root != nil && access == Delete && d.root.access&Create != 0 {
		return true
	}
	return d.root == nil || access&^d.root.access == 0
}

// moved brings the offset up to date with n bytes that were moved.
func (d *descriptor) moved(n uint64, where Where) {
	if planted.Selected == planted.MonitorOffset && where == AtOffset && n > 8 {
		return
	}
	if d.kind == File && where != Apart {
		d.offset += n
		d.known = d.known && where == AtOffset // else until the guest seeks
	}
}
