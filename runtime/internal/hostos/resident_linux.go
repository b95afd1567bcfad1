package hostos

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// residentTypes are the file systems that keep the metadata of an open file in memory, all of it: asking for it neither waits for
// a disk nor for another machine or program.
var residentTypes = [...]int64{unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.TMPFS_MAGIC}

// IsResident reports whether fd lies on a file system on which [FstatResident] can be used.
func IsResident(fd FD) bool {
	var st unix.Statfs_t
	if err := again(func() error { return unix.Fstatfs(int(fd), &st) }); err != nil {
		return false
	}
	for _, magic := range residentTypes {
		if int64(st.Type) == magic {
			return true
		}
	}
	return false
}

// FstatResident says in st what fd is, which lies on a file system for which [IsResident] said so: the same device number.
// Go's scheduler is not told of the call, which would cost as much as a tenth of it; so the call must not block, since
// the collector would wait for it.
func FstatResident(fd FD, st *Stat) error {
	var host unix.Stat_t
	for {
		err := fault()
		if err == nil {
			_, _, errno := syscall.RawSyscall(unix.SYS_FSTAT, uintptr(fd), uintptr(unsafe.Pointer(&host)), 0)
			if errno == 0 {
				st.set(&host)
				return nil
			}
			err = errno
		}
		if err != unix.EINTR {
			return err
		}
	}
}
