package oracle

import "golang.org/x/sys/unix"

// openItself opens any file to look at it, and links themselves.
const openItself = unix.O_RDONLY | unix.O_SYMLINK | unix.O_NONBLOCK
