package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos/sandbox/sandboxtest"
)

func init() {
	programs["escaping"], programs["bare"] = escaping, bare
}

// escaping is the command with a thread that makes sockets, as a guest would that broke out.
func escaping() {
	go func() {
		for {
			if fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err == nil {
				unix.Close(fd)
			}
			time.Sleep(time.Millisecond)
		}
	}()
	main()
}

// bare runs a command as on a kernel without Landlock and seccomp filters: a filter answers ENOSYS to their calls.
func bare() {
	program, err := exec.LookPath(os.Args[1])
	if err == nil {
		err = sandboxtest.Bare()
	}
	if err == nil {
		err = syscall.Exec(program, os.Args[1:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "bare:", err)
	os.Exit(1)
}

// startGuest starts the command on a module whose guest says "before" and goes on, and returns it with the number of the guest's
// process. The command inherits the files.
func startGuest(t *testing.T, module string, files ...*os.File) (*exec.Cmd, int, *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "guest.wasm")
	if err := os.WriteFile(file, testModules[module](), 0o644); err != nil {
		t.Fatal(err)
	}
	stderr := new(bytes.Buffer)
	cmd := exec.Command(self, "run", "-sandbox", "auto", file)
	cmd.Args[0], cmd.Stderr, cmd.ExtraFiles = "touchstone", stderr, files
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "before\n" {
		t.Fatalf("first line %q, error %v", line, err)
	}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		text, _ := os.ReadFile(task) // a thread may have ended
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			return cmd, pid, stderr
		}
	}
	t.Skipf("the guest's process is not to be found in %q", tasks)
	return nil, 0, nil
}

// TestEndOfProcess: however the guest's process ends, the command says it in plain words and has a status of its own.
func TestEndOfProcess(t *testing.T) {
	for _, test := range []struct {
		sig    syscall.Signal
		status int
		stderr string
	}{
		{unix.SIGKILL, 137, "killed by the system or by somebody else"},
		{unix.SIGHUP, 129, `ended by the signal "hangup"`},
		{unix.SIGABRT, 2, "the guest's process broke down"}, // the Go runtime prints its goroutines first
		{unix.SIGINT, 130, `stopped by the signal "interrupt"`},
	} {
		t.Run(test.sig.String(), func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(test.sig) {
				t.Skip("the tests run with this signal ignored, as under nohup, and so does the guest")
			}
			cmd, pid, stderr := startGuest(t, "loop")
			if err := unix.Kill(pid, test.sig); err != nil {
				t.Fatal(err)
			}
			cmd.Wait() // its error is the status
			if got := cmd.ProcessState.ExitCode(); got != test.status {
				t.Errorf("status %d, want %d", got, test.status)
			}
			if !strings.Contains(stderr.String(), test.stderr) {
				t.Errorf("stderr is %q", stderr)
			}
		})
	}
}

// TestStoppedProcess: a process that does not react to a signal is killed.
func TestStoppedProcess(t *testing.T) {
	t.Parallel()
	cmd, pid, stderr := startGuest(t, "loop")
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // its error is the status
	if got := cmd.ProcessState.ExitCode(); got != 130 || !strings.Contains(stderr.String(), "its process did not end by itself") {
		t.Errorf("status %d, stderr %q", got, stderr)
	}
}

// TestNoOrphan: if the command is killed, the guest does not go on without it.
func TestNoOrphan(t *testing.T) {
	t.Parallel()
	cmd, pid, _ := startGuest(t, "loop")
	guest, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Skipf("pidfd_open: %v", err)
	}
	defer unix.Close(guest)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	fds := []unix.PollFd{{Fd: int32(guest), Events: unix.POLLIN}} // readable when the process ends
	n, err := unix.Poll(fds, 30_000)
	for err == unix.EINTR { // Go's runtime sends signals
		n, err = unix.Poll(fds, 30_000)
	}
	if n != 1 {
		t.Errorf("the guest's process is still there: %d, %v", n, err)
		unix.Kill(pid, unix.SIGKILL)
	}
	cmd.Wait()
}

// TestEnvironment: the guest's process does not have the variables of the command, in which there may be secrets.
func TestEnvironment(t *testing.T) {
	t.Setenv("SECRET_OF_THE_HOST", "x")
	t.Setenv("GOGC", "77")
	_, pid, _ := startGuest(t, "loop")
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		t.Skip(err)
	}
	if got := string(text); strings.Contains(got, "SECRET") || strings.Contains(got, "PATH=") || !strings.Contains(got, "GOGC=77\x00") {
		t.Errorf("the environment is %q", got)
	}
}

// TestInheritedFiles: what the command was started with open, the guest's process does not hold.
func TestInheritedFiles(t *testing.T) {
	if gap := hostGap(t); gap != "" {
		t.Skip(gap)
	}
	t.Parallel()
	var files []*os.File
	for range 3 {
		f, err := os.CreateTemp(t.TempDir(), "inherited")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files = append(files, f)
	}
	cmd, pid, _ := startGuest(t, "loop", files...)
	held := func(pid int) (list []string) {
		entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		if err != nil {
			t.Skip(err)
		}
		for _, e := range entries {
			if name, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", pid, e.Name())); err == nil && strings.Contains(name, "inherited") {
				list = append(list, name)
			}
		}
		return list
	}
	if got := held(cmd.Process.Pid); len(got) != len(files) {
		t.Errorf("the command holds %q", got)
	}
	if got := held(pid); len(got) > 0 {
		t.Errorf("the guest's process holds %q", got)
	}
}
