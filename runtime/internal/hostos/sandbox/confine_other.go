//go:build !linux

package sandbox

import "runtime"

// addressSpace is no limit: the system knows it, but does not enforce it.
const addressSpace = -1

// ownDescriptors lists the descriptors of the process.
const ownDescriptors = "/dev/fd"

// confine has nothing that keeps files and system calls from a process of this system without cgo.
func confine(*Config) []Gap {
	return []Gap{{"Landlock and seccomp", runtime.GOOS + " does not have them: the monitor and the limits of resources alone hold the guest"}}
}
