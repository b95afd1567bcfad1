package process

import (
	"syscall"
)

// dieWithParent makes the kernel kill the process when the thread that starts it ends. Threads of Go end with the process, unless a goroutine
// that is locked to one returns; nothing here locks any.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
