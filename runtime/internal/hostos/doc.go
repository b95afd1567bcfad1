// Package hostos issues the system calls that are made for guests, and no other package does.
//
// Paths are resolved beneath a directory descriptor and never leave it: not by "..", not by an absolute path, not by
// a symbolic link, whoever made it and whenever. On Linux the kernel does it (openat2 with RESOLVE_BENEATH and
// RESOLVE_NO_MAGICLINKS). Where it cannot, [Walk] opens one component after the other with O_NOFOLLOW and expands the
// links itself; ".." goes back to a directory that was passed on the way and is never asked of the kernel. What
// the kernel can only do by path (mkdir, unlink, rename, …) is done on the descriptor of the parent directory with a
// single component. The walk also takes over when renames on the host keep openat2 from coming to an end. No path is
// cleaned lexically: "a/.." is not "." if a is a link.
//
// Every descriptor has O_CLOEXEC. Files are opened with O_NONBLOCK and O_NOCTTY, so that opening a FIFO or a terminal
// neither blocks nor has effects; device files other than the null device, and the files of processes in /proc, are
// refused after their type is known.
//
// Go's scheduler is told of every system call, since any of them can wait for a disk, another machine or a program that serves a
// file system: reads and writes of regular files, too. The one exception is [FstatResident], which says why it may be.
//
// The functions check what they are given themselves, although callers do too: neither relies on the other.
package hostos
