package sandboxtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ErrNoTrace says that this host does not let a process trace one that it started.
var ErrNoTrace = errors.New("the kernel does not allow to trace a process")

// Logged is a system call that a process made.
type Logged struct {
	Number uint64
	Args   [6]uint64
	// Work is what Begin was given on the same thread, or -1 outside of marks.
	Work int
}

// Log runs a command and gives each system call that any of its threads begins to seen, marks excluded. The streams of the command
// must be files. The error is ErrNoTrace where tracing is forbidden, and otherwise says how the process ended if not well.
func Log(cmd *exec.Cmd, seen func(Logged)) error {
	runtime.LockOSThread() // a thread traces, not a process
	defer runtime.UnlockOSThread()
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, markVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSYS) {
		return fmt.Errorf("%w: %w", ErrNoTrace, err)
	} else if err != nil {
		return err
	}
	defer cmd.Process.Release()
	l := &tracer{pid: cmd.Process.Pid, seen: seen, work: map[int]int{}}
	var status unix.WaitStatus
	if _, err := unix.Wait4(l.pid, &status, 0, nil); err != nil || !status.Stopped() {
		return fmt.Errorf("%w: the process did not stop (%v)", ErrNoTrace, err)
	}
	if err := unix.PtraceSetOptions(l.pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
		cmd.Process.Kill()
		unix.Wait4(l.pid, &status, 0, nil)
		return fmt.Errorf("%w: %w", ErrNoTrace, err)
	}
	l.resume(l.pid, 0)
	for {
		// Only what this thread traces: other children are for others to wait for.
		thread, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return fmt.Errorf("waiting for the process: %w", err)
		case status.Stopped():
			if err := l.stopped(thread, status); err != nil {
				return err
			}
		case thread == l.pid && (status.Signaled() || status.ExitStatus() != 0):
			return fmt.Errorf("the process ended with status %d, signal %v", status.ExitStatus(), status.Signal())
		case thread == l.pid:
			return nil
		}
	}
}

// tracer is the state of one Log.
type tracer struct {
	pid  int
	seen func(Logged)
	work map[int]int // by thread, plus 1; every thread that was seen is in it
}

// resume lets a thread go on to its next system call. A thread that was killed meanwhile is not there any more.
func (l *tracer) resume(thread int, sig unix.Signal) {
	unix.PtraceSyscall(thread, int(sig))
}

// stopped looks at why a thread stopped and lets it go on.
func (l *tracer) stopped(thread int, status unix.WaitStatus) error {
	_, known := l.work[thread]
	if !known {
		l.work[thread] = 0
	}
	switch sig := status.StopSignal(); {
	case sig == unix.SIGTRAP|0x80:
		if err := l.call(thread); err != nil && err != unix.ESRCH {
			return err
		}
		l.resume(thread, 0)
	case sig == unix.SIGTRAP, sig == unix.SIGSTOP && !known: // an event, or the begin of a new thread
		l.resume(thread, 0)
	default:
		l.resume(thread, sig)
	}
	return nil
}

// syscallInfo is struct ptrace_syscall_info of Linux 5.3 at the entry of a call.
type syscallInfo struct {
	op     uint8
	_      [3]uint8
	arch   uint32
	ip, sp uint64
	number uint64
	args   [6]uint64
	_      [3]uint64
}

// call tells of a call that begins; ends of calls are of no interest.
func (l *tracer) call(thread int) error {
	var info syscallInfo
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(thread), unsafe.Sizeof(info),
		uintptr(unsafe.Pointer(&info)), 0, 0); errno == unix.EIO {
		return fmt.Errorf("%w: before Linux 5.3 it does not tell what it is asked for", ErrNoTrace)
	} else if errno != 0 {
		return errno
	}
	if info.op != unix.PTRACE_SYSCALL_INFO_ENTRY {
		return nil
	}
	if mark := info.args[0]; info.number == unix.SYS_GETPGID && mark >= markEnd && mark <= markEnd+maxMarks {
		l.work[thread] = int(mark - markEnd)
		return nil
	}
	l.seen(Logged{info.number, info.args, l.work[thread] - 1})
	return nil
}
