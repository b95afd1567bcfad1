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

// FstatResident is [Fstat] for what lies on a file system for which [IsResident] said so: the same device number, see [Stat].
// Go's scheduler is not told of the call, which would cost as much as a tenth of it; so the call must not block, since
// the collector would wait for it.
func FstatResident(fd FD) (Stat, error) {
	var st unix.Stat_t
	for {
		err := fault()
		if err == nil {
			if _, _, errno := syscall.RawSyscall(unix.SYS_FSTAT, uintptr(fd), uintptr(unsafe.Pointer(&st)), 0); errno != 0 {
				err = errno
			}
		}
		if err == nil {
			return convertStat(&st), nil
		}
		if err != unix.EINTR {
			return Stat{}, err
		}
	}
}

// closeResident is [Close] for what [FstatResident] serves and was opened to be looked at alone, with PathOnly. It is brief unless
// the name was taken away meanwhile and this is the last that held the file.
func closeResident(fd FD) error { return closed(closeAtOnce(fd)) }

func closeAtOnce(fd FD) error {
	if _, _, errno := syscall.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0); errno != 0 {
		return errno
	}
	return nil
}
