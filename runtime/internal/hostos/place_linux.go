package hostos

import (
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// placeBuffers are for the links of [Place], which is called for every path that a guest opens.
var placeBuffers = sync.Pool{New: func() any { return new([PathMax]byte) }}

// Place returns the absolute path that the kernel knows of what fd is, or false if it tells none. It is for checks: by the
// time that it is read, a neighbour may have renamed what it names.
func Place(fd FD) (string, bool) {
	buf := placeBuffers.Get().(*[PathMax]byte)
	defer placeBuffers.Put(buf)
	n, err := readlinkAt(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(int(fd)), buf[:])
	if err != nil || n == len(buf) || n == 0 || buf[0] != '/' {
		return "", false
	}
	return string(buf[:n]), true
}
