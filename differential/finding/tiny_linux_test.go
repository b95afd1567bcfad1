package finding

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// mountTiny mounts a file system of so many bytes.
func mountTiny(dir string, bytes int) (unmount func(), err error) {
	if err := unix.Mount("tiny", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		return nil, err
	}
	return func() { _ = unix.Unmount(dir, unix.MNT_DETACH) }, nil
}
