//go:build !linux

package hostos

import "golang.org/x/sys/unix"

// kernelResolves reports that this kernel has no openat2.
func kernelResolves() bool { return false }

// kernelCaches reports that it cannot look at what is in its memory alone.
func kernelCaches() bool { return false }

// kernelOpen is never called here: NewFS chooses Walk.
func kernelOpen(FD, string, Flags) (FD, error) { return NoFD, unix.ENOSYS }

// kernelOpenResident is never called here either.
func kernelOpenResident(FD, string, Flags, *Stat) (FD, error) { return NoFD, errWaits }
