package hostos

import "golang.org/x/sys/unix"

const (
	// pathOnly has no like on macOS: files are opened for reading. Where that would matter (stat), the walk acts on
	// the parent directory instead.
	pathOnly = unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY
	// searchDir opens a directory to look up names in it. It is O_SEARCH of macOS 12.3, which is O_EXEC|O_DIRECTORY and
	// needs no read permission; package unix does not have it.
	searchDir = 0x40000000 | unix.O_DIRECTORY
)
