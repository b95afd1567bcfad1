package wasi

import (
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// rightAccess says which access each right stands for, if any: a directory that is not granted for it does not give the right, nor
// does what is opened through it.
var rightAccess = [...]struct {
	rights Rights
	access policy.Access
}{
	{RightFdRead | RightFdReaddir | RightPathReadlink, policy.Read},
	{RightPathFilestatGet | RightFdFilestatGet, policy.Stat},
	{RightFdWrite | RightFdAllocate, policy.Write},
	{RightFdFilestatSetSize, policy.Write | policy.Truncate},
	{RightPathFilestatSetSize, policy.Truncate},
	{RightPathFilestatSetTimes | RightFdFilestatSetTimes, policy.SetStat},
	{RightPathCreateDirectory | RightPathCreateFile | RightPathSymlink | RightPathLinkTarget, policy.Create},
	{RightPathRemoveDirectory | RightPathUnlinkFile | RightPathRenameSource, policy.Delete},
	{RightPathRenameTarget, policy.Create | policy.Delete},
	{RightPathLinkSource, policy.Read | policy.Write | policy.SetStat}, // a further name is a way to read and change the file
}

// denied returns the rights that a grant of access does not give.
func denied(access policy.Access) Rights {
	var rights Rights
	for _, r := range rightAccess {
		if r.access&^access != 0 {
			rights |= r.rights
		}
	}
	return rights
}

// accessOf returns the access that rights stand for.
func accessOf(rights Rights) policy.Access {
	var access policy.Access
	for _, r := range rightAccess {
		if r.rights&rights != 0 {
			access |= r.access
		}
	}
	return access
}

// refuseRights returns the errno for the lack of rights of f, which is the call's n-th descriptor from 0, and reports it if the
// policy is why.
func (c *Call) refuseRights(f *file, n int, lacks Rights) Errno {
	errno := f.refuse(lacks)
	switch errno {
	case EPERM:
		c.refuseAccess(f, n, accessOf(lacks)&^f.access)
	case ENOTCAPABLE:
		c.gaveUp = true
	}
	return errno
}

// refuseAccess reports that f, the call's n-th descriptor, lies beneath a directory that is not granted for access.
func (c *Call) refuseAccess(f *file, n int, access policy.Access) {
	if c.sys.refused != nil {
		c.sys.refused(&policy.Refusal{Rule: "access-mode", Hostcall: c.row.Name, Path: c.pathOf(n), Dir: f.root, Access: access})
	}
}

// refuseEscape reports that a call failed with errno because a path leads out of its directory, or because the guest has no
// directory at all. C libraries then look for one and make no other call.
func (c *Call) refuseEscape(errno Errno) {
	outside := errno == ENOTCAPABLE && !c.gaveUp
	c.gaveUp = false
	if c.sys.refused == nil || !outside && (errno != EBADF || c.sys.preopens > 0) {
		return
	}
	paths := c.pathTexts()
	if len(paths) == 0 && (outside || c.row.Name != "fd_prestat_get") {
		return
	}
	r := policy.Refusal{Rule: "beneath-preopen", Hostcall: c.row.Name}
	if len(paths) > 0 {
		r.Path = paths[0]
	}
	for _, p := range paths { // which one it was is the host's to know; this one looks like it
		if strings.HasPrefix(p, "/") || strings.Contains(p, "..") {
			r.Path = p
			break
		}
	}
	if outside {
		for _, f := range c.files[:c.nfiles] {
			r.Dir = f.root
		}
	}
	c.sys.refused(&r)
}

// pathOf returns the path that a call gives with its n-th descriptor, if it does and the path is in the memory.
func (c *Call) pathOf(n int) string {
	slot := 0
	for _, p := range c.row.Params {
		switch {
		case p.Kind.class == classFD:
			n--
		case p.Kind.class == classPath && n < 0:
			b, _ := c.text(slot)
			return string(b)
		}
		slot += len(p.Kind.Core)
	}
	return ""
}

// pathTexts returns all paths and link targets of a call.
func (c *Call) pathTexts() []string {
	var texts []string
	slot := 0
	for _, p := range c.row.Params {
		if p.Kind.IsText() {
			if b, ok := c.text(slot); ok {
				texts = append(texts, string(b))
			}
		}
		slot += len(p.Kind.Core)
	}
	return texts
}
