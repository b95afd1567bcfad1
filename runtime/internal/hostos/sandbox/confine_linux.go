package sandbox

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

const addressSpace = unix.RLIMIT_AS

// ownDescriptors lists the descriptors of the process.
const ownDescriptors = "/proc/self/fd"

// confine takes files and system calls from all threads. The filter comes last: it forbids what the other layers need.
func confine(cfg *Config) (gaps []Gap) {
	// The layers ask for no_new_privs on the thread that puts them on, and seccomp hands it to the others.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return []Gap{{"no_new_privs, Landlock and seccomp", fmt.Sprintf("prctl: %v", err)}}
	}
	gaps = restrictFiles(cfg)
	if err := installFilter(cfg); err != nil {
		gaps = append(gaps, Gap{"seccomp", err.Error()})
	}
	return gaps
}

// onEveryThread puts a ruleset of Landlock on every thread. Threads that are made later inherit it.
func onEveryThread(ruleset uintptr) error {
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0)
	if errno == 0 {
		_, _, errno = syscall.AllThreadsSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0, 0)
	}
	if errno == syscall.ENOTSUP {
		// With cgo the Go runtime does not know all threads. Kernels that know do it themselves.
		if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, ruleset, unix.LANDLOCK_RESTRICT_SELF_TSYNC, 0); errno != 0 {
			return errors.New("this program was built with cgo, whose threads this kernel cannot restrict; build it with CGO_ENABLED=0")
		}
		return nil
	}
	if errno != 0 {
		return errno
	}
	return nil
}
