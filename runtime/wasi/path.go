package wasi

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

func pathCreateDirectory(c *Call) Errno {
	dir, path := c.files[0], c.paths[0]
	if !c.usePath(dir, path, RightPathCreateDirectory, policy.Create, false) {
		return EPERM
	}
	if errno := c.spend(policy.Files, 1); errno != ESUCCESS {
		return errno
	}
	return c.created(errnoOf(c.sys.fs.Mkdir(dir.host, path)))
}

func pathRemoveDirectory(c *Call) Errno {
	dir, path := c.files[0], c.paths[0]
	if !c.usePath(dir, path, RightPathRemoveDirectory, policy.Delete, false) {
		return EPERM
	}
	return errnoOf(c.sys.fs.Rmdir(dir.host, path))
}

func pathUnlinkFile(c *Call) Errno {
	dir, path := c.files[0], c.paths[0]
	if planted.Selected != planted.UnlinkUntold && !c.usePath(dir, path, RightPathUnlinkFile, policy.Delete, false) {
		return EPERM
	}
	return errnoOf(c.sys.fs.Unlink(dir.host, path))
}

func pathFilestatGet(c *Call) Errno {
	dir, path := c.files[0], c.paths[0]
	follow := c.u32(1)&lookupFollow != 0
	if !c.usePath(dir, path, RightPathFilestatGet, policy.Stat, follow) {
		return EPERM
	}
	var st hostos.Stat
	if err := c.sys.fs.Stat(dir.host, path, dir.looks(follow || planted.Selected == planted.StatFollow), &st); err != nil {
		return errnoOf(err)
	}
	putFilestat(c.at(4, sizeOfFilestat), &st)
	return ESUCCESS
}
