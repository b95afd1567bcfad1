package main

import "golang.org/x/sys/unix"

func yield(*world) (uint32, error) {
	if _, _, errno := unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0); errno != 0 {
		return 0, errno
	}
	return 1, nil
}
