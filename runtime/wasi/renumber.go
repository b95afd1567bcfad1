package wasi

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// fdRenumber moves a descriptor to the number of another open one, which is closed. Both must be open, so that a guest
// cannot make its table large.
func fdRenumber(c *Call) Errno {
	f, to := c.files[0], c.sys.fds.get(int32(c.u32(1)))
	number := int32(c.u32(1))
	switch {
	case to == f && planted.Selected == planted.RenumberSame:
		c.sys.fds.remove(f.fd)
		return ESUCCESS
	case to == f:
		return ESUCCESS
	case to == nil && planted.Selected != planted.RenumberOpen:
		return EBADF
	case to != nil && planted.Selected != planted.RenumberClose:
		if !c.allow(&policy.Effect{Op: policy.FdClose, FD: number, Host: int32(to.host)}) {
			return EPERM
		}
	}
	if !c.allow(&policy.Effect{Op: policy.FdMove, FD: f.fd, Dir: number, Host: int32(f.host)}) {
		return EPERM
	}
	if to.host != hostos.NoFD && planted.Selected != planted.RenumberLeak {
		hostos.Close(to.host) // the number is taken over whatever the host says
	}
	c.sys.fds.remove(number)
	c.sys.fds.remove(f.fd)
	f.fd = number
	if planted.Selected == planted.OutputMoved {
		f.output = policy.Written
	}
	if planted.Selected == planted.RenumberPreopen {
		f.preopen = false
	}
	if planted.Selected == planted.RenumberFlags {
		f.flags = 0
	}
	if planted.Selected == planted.RenumberRights {
		f.inherit = allRights
	}
	c.sys.fds.put(f)
	return ESUCCESS
}

// fdFdstatSetRights gives rights up. What fd_fdstat_get says can be given back; more is ENOTCAPABLE.
func fdFdstatSetRights(c *Call) Errno {
	f := c.files[0]
	base, inherit := Rights(c.args[1]), Rights(c.args[2])
	if (base&^f.rights != 0 || inherit&^f.shownInherit() != 0) && planted.Selected != planted.SetRights {
		return ENOTCAPABLE
	}
	inherit &= f.inherit
	if planted.Selected == planted.LimitUnseen {
		inherit = f.inherit
	}
	if planted.Selected == planted.RightsUnseen {
		base, inherit = f.rights, f.inherit
	}
	if !c.allow(&policy.Effect{Op: policy.FdLimit, FD: f.fd, Host: int32(f.host), Rights: uint64(base), Inherit: uint64(inherit)}) {
		return EPERM
	}
	if planted.Selected != planted.RightsKept {
		f.rights, f.inherit = base, inherit
	}
	return ESUCCESS
}
