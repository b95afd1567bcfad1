package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	goruntime "runtime"
	"syscall"
	"time"
)

// keptVariables are what the process of a guest gets of the environment: settings of the Go runtime. The rest is not the guest's.
var keptVariables = []string{"GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOTRACEBACK"}

// supervisor is the side of the command that does not run the guest, but the process for it.
type supervisor struct {
	path    string // of the module
	timeout time.Duration
	err     io.Writer
	cmd     *exec.Cmd
	started chan struct{} // closed when the guest starts
	told    chan byte     // the last thing that was told, when the process ends; 0 if none
	kill    string        // why the process was killed
	status  int           // the exit status that goes with it
}

// superviseGuest runs the command once more, in a process for the guest, and returns its exit status. An error means that there is no
// such process.
func superviseGuest(o *runOptions, path string, s streams) (int, error) {
	// The process shall end with this one, and the kernel takes the thread that starts it for this one.
	goruntime.LockOSThread()
	defer goruntime.UnlockOSThread()
	self, err := ownProgram()
	if err != nil {
		return 0, fmt.Errorf("a process for the guest cannot be started: %w; -sandbox off does without", err)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("a process for the guest cannot be started: %w", err)
	}
	defer reader.Close()
	v := &supervisor{path: path, timeout: o.timeout, err: s.err, started: make(chan struct{}), told: make(chan byte, 1)}
	v.cmd = &exec.Cmd{Path: self, Args: os.Args, Env: []string{parentVariable + "=1"}, Stdin: s.in, Stdout: s.out, Stderr: s.err,
		ExtraFiles: []*os.File{writer}, SysProcAttr: endWithParent()}
	for _, name := range keptVariables {
		if value, ok := os.LookupEnv(name); ok {
			v.cmd.Env = append(v.cmd.Env, name+"="+value)
		}
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	err = v.cmd.Start()
	writer.Close()
	if err != nil {
		return 0, fmt.Errorf("a process for the guest cannot be started: %w; -sandbox off does without", err)
	}
	go v.listen(reader)
	return v.watch(signals), nil
}

// listen follows what the process tells.
func (v *supervisor) listen(r io.Reader) {
	var last byte
	for buf := make([]byte, 1); ; {
		if n, err := r.Read(buf); n == 0 || err != nil {
			v.told <- last
			return
		}
		if last = buf[0]; last == toldStart {
			close(v.started)
		}
	}
}

// watch waits for the end of the process, which does itself what signals and -timeout want: it says where the guest was. One that
// does not is killed.
func (v *supervisor) watch(signals <-chan os.Signal) int {
	ended := make(chan error, 1)
	go func() { ended <- v.cmd.Wait() }()
	var overdue <-chan time.Time
	started := v.started
	for {
		select {
		case err := <-ended:
			return v.outcome(err)
		case <-started:
			started = nil
			if v.timeout > 0 && overdue == nil {
				overdue = time.After(v.timeout + 2*grace)
				v.kill, v.status = fmt.Sprintf("killed after %v (-timeout)", v.timeout), statusTrap
			}
		case sig := <-signals:
			v.cmd.Process.Signal(sig) // if it fails, the process has ended
			number, _ := sig.(syscall.Signal)
			overdue = time.After(2 * grace)
			v.kill, v.status = fmt.Sprintf("killed after the signal %q", sig), statusSignal+int(number)
		case <-overdue:
			v.cmd.Process.Kill()
			report(v.err, fmt.Sprintf("%s: %s: its process did not end by itself", v.path, v.kill))
			<-ended
			return v.status
		}
	}
}

// outcome returns the exit status for the way in which the process ended, and says what was no end of the guest's own.
func (v *supervisor) outcome(err error) int {
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		report(v.err, fmt.Sprintf("%s: waiting for the guest's process: %v", v.path, err))
		return statusFailure
	}
	status, _ := v.cmd.ProcessState.Sys().(syscall.WaitStatus)
	told := <-v.told
	switch {
	case !status.Signaled() && told == toldEnd:
	case !status.Signaled():
		report(v.err, v.path+": the guest's process broke down, as said above: it had not enough memory, or touchstone has a defect")
	case status.Signal() == syscall.SIGSYS:
		report(v.err, v.path+": the sandbox ended the guest's process: it made a system call that guests have no need of (seccomp). "+
			"Either the guest broke out of the runtime, or the list of system calls misses one of this host; please report it")
		return statusTrap
	case status.Signal() == syscall.SIGKILL:
		report(v.err, v.path+": the guest's process was killed by the system or by somebody else, most often because memory ran out (-max-memory sets a bound)")
		return statusSignal + int(status.Signal())
	default:
		report(v.err, fmt.Sprintf("%s: the guest's process was ended by the signal %q", v.path, status.Signal()))
		return statusSignal + int(status.Signal())
	}
	return status.ExitStatus()
}
