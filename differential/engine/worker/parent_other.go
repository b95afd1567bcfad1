//go:build !linux

package worker

import "syscall"

// dieWithParent has no means here: a worker notices the end of its input instead.
func dieWithParent() *syscall.SysProcAttr { return nil }
