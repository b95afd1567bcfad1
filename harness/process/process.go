// Package process starts processes that do not outlive this one, and that Ctrl-C on the terminal does not reach.
package process

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// Command returns a command in a process group of its own, all of which ends with ctx. If this process is killed, so is the command where
// the system can do that; elsewhere it ends when its own time is over.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	cmd.Cancel = func() error { Kill(cmd); return nil }
	cmd.WaitDelay = time.Second
	return cmd
}

// Kill ends a started command and all that it started.
func Kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
