package hostos

import "golang.org/x/sys/unix"

const getTermios = unix.TCGETS

// Fdatasync writes out the content of the file fd.
func Fdatasync(fd FD) error { return again(func() error { return unix.Fdatasync(int(fd)) }) }

// isProc reports whether fd is a file of a process file system. Of a file system that cannot be told it is assumed.
func isProc(fd FD) bool {
	var st unix.Statfs_t
	err := again(func() error { return unix.Fstatfs(int(fd), &st) })
	return err != nil || st.Type == unix.PROC_SUPER_MAGIC
}

// Advice is what is expected of accesses to a file, numbered as in preview 1.
type Advice uint8

var hostAdvice = [...]int{
	unix.FADV_NORMAL, unix.FADV_SEQUENTIAL, unix.FADV_RANDOM, unix.FADV_WILLNEED, unix.FADV_DONTNEED, unix.FADV_NOREUSE,
}

// Advise tells the kernel how the bytes [off, off+n) of the file fd will be used.
func Advise(fd FD, off, n int64, a Advice) error {
	if int(a) >= len(hostAdvice) {
		return unix.EINVAL
	}
	return again(func() error { return unix.Fadvise(int(fd), off, n, hostAdvice[a]) })
}
