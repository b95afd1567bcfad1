package sandbox

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// closeInherited closes what the process was given open by the one that started it, but for the standard streams. What it opened itself
// is for it alone, and marked so (FD_CLOEXEC) by package os and package hostos; what came through exec is not.
func closeInherited() []Gap {
	entries, err := os.ReadDir(ownDescriptors)
	if err != nil {
		return []Gap{{"the closing of inherited descriptors", err.Error()}}
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= 2 {
			continue
		}
		// The descriptor of the list itself is closed by now.
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			unix.Close(fd)
		}
	}
	return nil
}
