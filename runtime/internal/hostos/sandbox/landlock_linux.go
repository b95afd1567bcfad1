package sandbox

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// The versions of Landlock's interface that matter here, and from which kernel on they are there.
const (
	abiRefer    = 2 // 5.19: files may move between directories. Before, no rule can allow that.
	abiTruncate = 3 // 6.2
	abiNet      = 4 // 6.7
	abiIoctl    = 5 // 6.10
	abiScope    = 6 // 6.12: signals and abstract Unix sockets
)

// fileRights are the rights on files that Landlock takes away, by the version that knows them.
var fileRights = []struct {
	abi  int
	bits uint64
}{
	{abiRefer, 2*unix.LANDLOCK_ACCESS_FS_REFER - 1}, // and all before
	{abiTruncate, unix.LANDLOCK_ACCESS_FS_TRUNCATE},
	{abiIoctl, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV},
}

// openRights are what every granted tree has: package hostos opens what it opens for reading, at least, as a file that is only asked
// for its metadata, and a directory that only leads on. Who may read is left to the monitor.
const openRights = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR

// accessRights are the further rights that a granted access gives back. Landlock has none for metadata, to read or to set: the system
// calls for them are left to the monitor. Executing, devices, FIFOs and sockets are no guest's. A file that would gain rights by
// moving into another tree does not move (EXDEV).
var accessRights = []struct {
	access policy.Access
	bits   uint64
}{
	{policy.Write, unix.LANDLOCK_ACCESS_FS_WRITE_FILE},
	{policy.Create, unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_SYM |
		unix.LANDLOCK_ACCESS_FS_REFER},
	{policy.Delete, unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REFER},
	{policy.Truncate, unix.LANDLOCK_ACCESS_FS_TRUNCATE},
}

// restrictFiles takes from all threads the files that lie beneath none of the directories, and TCP and signals to others where the
// kernel can.
func restrictFiles(cfg *Config) (gaps []Gap) {
	const layer = "Landlock"
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	switch {
	case errno != 0:
		return []Gap{{layer, fmt.Sprintf("this kernel does not have it, or it is switched off (%v)", errno)}}
	case abi < abiRefer:
		return []Gap{{layer, "this kernel's (before 5.19) cannot allow that files move between directories"}}
	case abi < abiTruncate:
		gaps = []Gap{{layer, "this kernel's (before 6.2) cannot forbid to truncate files"}}
	}
	rules := rulesetFor(int(abi), cfg.Network)
	// The lengths of the structure differ by kernel; what a kernel does not know is zero, which it accepts.
	ruleset, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rules)), unsafe.Sizeof(rules), 0)
	if errno != 0 {
		return []Gap{{layer, fmt.Sprintf("landlock_create_ruleset: %v", errno)}}
	}
	defer unix.Close(int(ruleset))
	for _, d := range cfg.Dirs {
		rule := unix.LandlockPathBeneathAttr{Allowed_access: rightsFor(d.Access) & rules.Handled_access_fs, Parent_fd: int32(d.FD)}
		if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, ruleset, unix.LANDLOCK_RULE_PATH_BENEATH,
			uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
			return []Gap{{layer, fmt.Sprintf("landlock_add_rule: %v", errno)}}
		}
	}
	if err := onEveryThread(ruleset); err != nil {
		return []Gap{{layer, err.Error()}}
	}
	return gaps
}

// rulesetFor returns what a version of Landlock can take away.
func rulesetFor(abi int, network bool) (r unix.LandlockRulesetAttr) {
	for _, f := range fileRights {
		if abi >= f.abi {
			r.Handled_access_fs |= f.bits
		}
	}
	if abi >= abiNet && !network {
		r.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if abi >= abiScope {
		r.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	}
	return r
}

// rightsFor returns the rights that an access gives.
func rightsFor(a policy.Access) uint64 {
	bits := uint64(openRights)
	for _, r := range accessRights {
		if a&r.access != 0 {
			bits |= r.bits
		}
	}
	return bits
}
