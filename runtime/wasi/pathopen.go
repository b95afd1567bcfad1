package wasi

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// openMode is what path_open was asked for.
type openMode struct {
	flags  hostos.Flags
	access policy.Access
	rights Rights // that the directory must have
}

// openFlags maps flags of preview 1 to what they mean for the host, the monitor and the directory's rights.
var openFlags = []struct {
	oflag  OFlags
	fdflag FDFlags
	openMode
}{
	{oflag: OCreat, openMode: openMode{hostos.Create, policy.Create, RightPathCreateFile}},
	{oflag: OExcl, openMode: openMode{flags: hostos.Exclusive}},
	{oflag: OTrunc, openMode: openMode{hostos.Truncate, policy.Truncate, RightPathFilestatSetSize}},
	{oflag: ODirectory, openMode: openMode{flags: hostos.Directory}},
	{fdflag: FDAppend, openMode: openMode{flags: hostos.Append}},
	{fdflag: FDDsync, openMode: openMode{flags: hostos.DSync}},
	{fdflag: FDRsync | FDSync, openMode: openMode{flags: hostos.Sync}},
}

// openModeOf returns what the flags and rights of path_open ask for.
func openModeOf(oflags OFlags, fdflags FDFlags, rights Rights) openMode {
	m := openMode{rights: RightPathOpen}
	flags := openFlags
	if oflags == 0 && fdflags == 0 {
		flags = nil // as most often
	}
	for _, f := range flags {
		if oflags&f.oflag|OFlags(fdflags&f.fdflag) == 0 {
			continue
		}
		m.flags |= f.flags
		m.access |= f.access
		m.rights |= f.rights
	}
	if rights&RightFdRead != 0 {
		m.flags |= hostos.Read
		m.access |= policy.Read
	}
	if rights&RightFdWrite != 0 {
		m.flags |= hostos.Write
		m.access |= policy.Write
	}
	return m
}

// looks returns the flags of a lookup in the directory f.
func (f *file) looks(follow bool) (flags hostos.Flags) {
	if follow {
		flags |= hostos.Follow
	}
	if f.device != 0 {
		flags |= hostos.Resident
	}
	return flags
}

func pathOpen(c *Call) Errno {
	dir, path := c.files[0], c.paths[0]
	oflags, fdflags := OFlags(c.u32(4)), FDFlags(c.u32(7))
	asked := Rights(c.args[5])
	follow := c.u32(1)&lookupFollow != 0
	m := openModeOf(oflags, fdflags, asked)
	m.flags |= dir.looks(follow)
	switch planted.Selected {
	case planted.ExclusiveLost:
		m.flags &^= hostos.Exclusive
	case planted.FollowAlways:
		m.flags |= hostos.Follow
	case planted.TruncateRight:
		m.access, m.rights = m.access&^policy.Truncate, m.rights&^RightPathFilestatSetSize
	}

	if oflags&ODirectory != 0 && oflags&(OCreat|OExcl|OTrunc) != 0 {
		return EINVAL // hosts disagree on what it would mean
	}
	if lacks := m.access &^ dir.access; lacks != 0 {
		c.refuseAccess(dir, 0, lacks)
		return EPERM
	}
	if lacks := m.rights &^ dir.rights; lacks != 0 && planted.Selected != planted.OpenRights {
		return c.refuseRights(dir, 0, lacks)
	}
	moves := asked & (RightFdRead | RightFdWrite)
	if lacks := moves &^ dir.inherit; lacks != 0 && planted.Selected != planted.OpenInherit {
		c.gaveUp = true
		return ENOTCAPABLE
	}
	fd := c.sys.fds.next()
	if fd < 0 {
		if c.sys.budget.bounds(policy.FDs) {
			return c.refuseSpending(policy.FDs)
		}
		return EMFILE
	}
	if !c.useInherited(dir, path, m.rights, moves, m.access, follow) {
		return EPERM
	}
	paid, errno := false, ESUCCESS
	if m.access&policy.Create != 0 {
		if paid, errno = c.payCreate(dir, path, follow); errno != ESUCCESS {
			return errno
		}
	}
	var st hostos.Stat
	host, err := c.sys.fs.Open(dir.host, path, m.flags, &st)
	if err != nil {
		if paid {
			c.refund(policy.Files, 1)
		}
		return errnoOf(err)
	}
	if planted.Selected == planted.FlagsForgotten {
		fdflags &= FDAppend | FDNonblock
	}
	f := c.sys.fds.fresh()
	*f = file{}
	f.fd, f.host, f.typ, f.flags, f.access, f.root = fd, host, st.Type, fdflags, dir.access, dir.root
	if st.Dev == dir.device { // else another file system is mounted there
		f.device = dir.device
	}
	f.grant(asked, dir.inherit)
	if kind := kindOf(&st); !c.sys.monitor.QuickOpen(fd, dir.fd, int32(host), kind, uint64(f.rights), uint64(f.inherit)) && !c.allowOpen(f, dir, kind) {
		hostos.Close(host)
		return EPERM
	}
	c.sys.fds.put(f)
	c.put32(8, uint32(fd))
	return ESUCCESS
}

// grant sets the rights of a file that was opened for asked through a directory that hands on inherit. Programs ask for
// too few of the other rights, or for all, and rely on those that the type implies; so does Wasmtime.
func (f *file) grant(asked, inherit Rights) {
	switch f.typ {
	case hostos.Dir:
		f.rights, f.inherit = dirRights, inherit
		if planted.Selected == planted.InheritAll {
			f.inherit = allRights
		}
	case hostos.Regular:
		f.rights = fileRights
	default:
		f.rights = streamRights
	}
	if asked&RightFdRead == 0 {
		f.rights &^= RightFdRead
	}
	if asked&RightFdWrite == 0 {
		f.rights &^= RightFdWrite | RightFdAllocate | RightFdFilestatSetSize
	}
	if planted.Selected != planted.GrantInherit {
		f.rights &= inherit
	}
}

// kindOf returns what the monitor takes a file for. An empty one can be made up by the kernel, as those in /proc are, and then
// need not have an offset that follows what is read and written.
func kindOf(st *hostos.Stat) policy.FileKind {
	switch {
	case st.Type == hostos.Dir:
		return policy.Dir
	case st.Type == hostos.Regular && st.Size > 0:
		return policy.File
	case st.IsDevice():
		return policy.Device
	}
	return policy.Stream
}
