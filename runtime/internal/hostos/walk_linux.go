package hostos

import "golang.org/x/sys/unix"

const (
	// pathOnly opens a file without access to its content.
	pathOnly = unix.O_PATH
	// searchDir opens a directory to look up names in it, which needs no read permission.
	searchDir = unix.O_PATH | unix.O_DIRECTORY
)
