package hostos

import (
	"strings"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// PathMax is the size in bytes that a path must stay below: with its NUL it then fits the kernel's PATH_MAX.
const PathMax = 4096

// CheckPath refuses what is not a relative path that the kernel reads to its end: the empty path (ENOENT), one with a
// NUL byte (EINVAL), an absolute one (ErrEscape) and one that is too long (ENAMETOOLONG).
func CheckPath(path string) error {
	switch {
	case path == "":
		return unix.ENOENT
	case len(path) >= PathMax:
		return unix.ENAMETOOLONG
	case strings.IndexByte(path, 0) >= 0:
		return unix.EINVAL
	case path[0] == '/':
		return ErrEscape
	}
	return nil
}

// split cuts a checked path into the part that leads to the last component, the last component without slashes, and
// whether slashes follow it. The last component can be "." or "..".
func split(path string) (parent, last string, slash bool) {
	end := len(path)
	for end > 0 && path[end-1] == '/' {
		end--
	}
	slash = end < len(path) && planted.Selected != planted.TrailingSlash
	begin := strings.LastIndexByte(path[:end], '/') + 1
	return path[:begin], path[begin:end], slash
}

// isDots reports whether a component is "." or "..", which name no entry of their directory.
func isDots(name string) bool { return name == "." || name == ".." }
