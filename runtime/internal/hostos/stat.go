package hostos

import (
	"math"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// FileType is the type of a file, numbered as in preview 1.
type FileType uint8

// The file types. Fifo is not in preview 1, which shows it as Unknown.
const (
	Unknown FileType = iota
	BlockDevice
	CharDevice
	Dir
	Regular
	SocketDgram
	SocketStream
	Symlink
	Fifo
)

// Stat is what the host knows of a file. Times are in nanoseconds since 1970, earlier ones 0.
type Stat struct {
	Dev, Ino            uint64
	Device              uint64 // which device it is, if it is one
	Type                FileType
	Links               uint64
	Size                uint64
	Atime, Mtime, Ctime uint64
}

// set makes s what the host says. The calls behind hostcalls take a pointer to where their Stat shall be: to move one is
// a measurable part of them.
func (s *Stat) set(host *unix.Stat_t) {
	s.Dev = uint64(host.Dev)
	s.Ino = host.Ino
	s.Device = uint64(host.Rdev)
	s.Type = modeType(uint32(host.Mode))
	s.Links = uint64(host.Nlink)
	s.Size = uint64(host.Size)
	s.Atime = nanos(host.Atim)
	s.Mtime = nanos(host.Mtim)
	s.Ctime = nanos(host.Ctim)
}

// nullDevice is the number of the null device, or false if this host has none where all hosts have it.
var nullDevice = sync.OnceValues(func() (uint64, bool) {
	var st unix.Stat_t
	err := unix.Lstat(os.DevNull, &st)
	return uint64(st.Rdev), err == nil && modeType(uint32(st.Mode)) == CharDevice
})

// isNull reports whether st is of the null device: programs open it, and it neither blocks nor has effects.
func isNull(st *Stat) bool {
	number, ok := nullDevice()
	return ok && st.Type == CharDevice && st.Device == number
}

// IsDevice reports whether st is of a character or block device, other than the null device.
func (st *Stat) IsDevice() bool {
	return (st.Type == BlockDevice || st.Type == CharDevice) && !isNull(st)
}

func nanos(t unix.Timespec) uint64 {
	// Both fields are 64 bits wide on the supported systems. A time before 1970 or after 2262 has no representation.
	if t.Sec < 0 || t.Sec > math.MaxInt64/1_000_000_000 {
		return 0
	}
	return uint64(t.Sec)*1e9 + uint64(t.Nsec)
}

func modeType(mode uint32) FileType {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return Regular
	case unix.S_IFDIR:
		return Dir
	case unix.S_IFLNK:
		return Symlink
	case unix.S_IFCHR:
		return CharDevice
	case unix.S_IFBLK:
		return BlockDevice
	case unix.S_IFIFO:
		return Fifo
	case unix.S_IFSOCK:
		return SocketStream
	}
	return Unknown
}
