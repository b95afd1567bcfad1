package sandbox

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

const addressSpace = unix.RLIMIT_AS

// confine takes files and system calls from all threads. The filter comes last: it forbids what the other layers need.
func confine(cfg *Config) (gaps []Gap) {
	if err := everyThread(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0); err != nil {
		return []Gap{{"no_new_privs, Landlock and seccomp", fmt.Sprintf("prctl: %v", err)}}
	}
	gaps = append(gaps, restrictFiles(cfg)...)
	if err := installFilter(cfg); err != nil {
		gaps = append(gaps, Gap{"seccomp", err.Error()})
	}
	return gaps
}

// everyThread makes a system call on every thread of the process. Threads that are made later inherit what it does.
func everyThread(trap, a1, a2, a3 uintptr) error {
	if _, _, errno := syscall.AllThreadsSyscall(trap, a1, a2, a3); errno == syscall.ENOTSUP {
		return fmt.Errorf("not possible in a program with cgo; build with CGO_ENABLED=0")
	} else if errno != 0 {
		return errno
	}
	return nil
}
