package wasi

import (
	"strings"
	"unicode/utf8"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// pathLink gives a file a further name. Following a link at the end of the old path is refused, as hosts disagree on it.
func pathLink(c *Call) Errno {
	if c.u32(1)&lookupFollow != 0 && planted.Selected != planted.LinkFollow {
		return EINVAL
	}
	from, to := c.files[0], c.files[1]
	// A further name is a way to change the file: both ends must allow that.
	if !c.usePath(from, c.paths[0], RightPathLinkSource, policy.Read|policy.Write|policy.SetStat, false) ||
		!c.usePath(to, c.paths[1], RightPathLinkTarget, policy.Create, false) {
		return EPERM
	}
	if planted.Selected == planted.LinkFree {
		return errnoOf(c.sys.fs.Link(from.host, c.paths[0], to.host, c.paths[1]))
	}
	if errno := c.spend(policy.Files, 1); errno != ESUCCESS {
		return errno
	}
	return c.created(errnoOf(c.sys.fs.Link(from.host, c.paths[0], to.host, c.paths[1])))
}

func pathRename(c *Call) Errno {
	from, to := c.files[0], c.files[1]
	if !c.usePath(from, c.paths[0], RightPathRenameSource, policy.Delete, false) ||
		planted.Selected != planted.RenameUnchecked && !c.usePath(to, c.paths[1], RightPathRenameTarget, policy.Create|policy.Delete, false) {
		return EPERM
	}
	return errnoOf(c.sys.fs.Rename(from.host, c.paths[0], to.host, c.paths[1]))
}

func pathSymlink(c *Call) Errno {
	dir, target, path := c.files[0], c.paths[0], c.paths[1]
	if strings.HasPrefix(target, "/") && planted.Selected != planted.LinkTarget {
		return ENOTCAPABLE
	}
	if !c.allow(&policy.Effect{Op: policy.Target, Path: target}) || !c.usePath(dir, path, RightPathSymlink, policy.Create, false) {
		return EPERM
	}
	if errno := c.spend(policy.Files, 1); errno != ESUCCESS {
		return errno
	}
	errno := c.created(errnoOf(c.sys.fs.Symlink(target, dir.host, path)))
	if planted.Selected == planted.SymlinkFree && errno == ESUCCESS {
		c.refund(policy.Files, 1)
	}
	return errno
}

// pathReadlink goes through a buffer of its own: what the guest may not see must not be in its memory.
func pathReadlink(c *Call) Errno {
	dir, path := c.files[0], c.paths[0]
	if !c.usePath(dir, path, RightPathReadlink, policy.Read, false) {
		return EPERM
	}
	var buf [hostos.PathMax]byte
	n, err := c.sys.fs.Readlink(dir.host, path, buf[:])
	switch {
	case err != nil:
		return errnoOf(err)
	case n > 0 && buf[0] == '/' && planted.Selected != planted.LinkShown:
		return ENOTCAPABLE // a path of the host
	case !utf8.Valid(buf[:n]):
		return EILSEQ
	case n > 0 && !c.allow(&policy.Effect{Op: policy.Target, Path: string(buf[:n])}):
		return EPERM
	}
	stored := copy(c.at(3, uint64(c.u32(4))), buf[:n])
	if planted.Selected == planted.ReadlinkLength {
		stored = n
	}
	c.put32(5, uint32(stored))
	return ESUCCESS
}
