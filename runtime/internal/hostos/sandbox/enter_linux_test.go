package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// attemptVariable makes the test binary enter the sandbox and try what the variable names.
const attemptVariable = "TOUCHSTONE_TEST_ATTEMPT"

func TestMain(m *testing.M) {
	if name := os.Getenv(attemptVariable); name != "" {
		attemptInside(name)
	}
	os.Exit(m.Run())
}

// attempt is something that a process in the sandbox tries, in a folder with the trees rw and ro and what is outside.
type attempt struct {
	network bool
	do      func(root string) error
	// want is how it ends: nil, an errno of those given, or killed by the filter.
	want   []error
	killed bool
	layer  string // that refuses it, or without which it proves nothing
}

// Statuses of the process that tries.
const (
	statusRefused = 3
	statusGap     = 4
)

var (
	byLandlock = []error{unix.EACCES}
	byLimit    = []error{unix.EMFILE, unix.ENOMEM}
	everything = policy.Read | policy.Stat | policy.Change
)

// raw makes a system call that must not happen.
func raw(trap uintptr, args ...uintptr) func(string) error {
	return func(string) error {
		var a [6]uintptr
		copy(a[:], args)
		if _, _, errno := unix.Syscall6(trap, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
			return errno
		}
		return nil
	}
}

// open opens a file of the folder.
func open(name string, flags int) func(string) error {
	return func(root string) error {
		fd, err := unix.Open(filepath.Join(root, name), flags|unix.O_CLOEXEC, 0o666)
		if err == nil {
			unix.Close(fd)
		}
		return err
	}
}

var attempts = map[string]attempt{
	// What guests need.
	"read in ro":        {do: open("ro/file", unix.O_RDONLY)},
	"write in rw":       {do: open("rw/file", unix.O_RDWR|unix.O_TRUNC)},
	"create in rw":      {do: open("rw/new", unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL)},
	"mkdir in rw":       {do: func(root string) error { return unix.Mkdirat(unix.AT_FDCWD, root+"/rw/made", 0o777) }},
	"move in rw":        {do: func(root string) error { return rename(root+"/rw/file", root+"/rw/dir/file") }},
	"link in rw":        {do: func(root string) error { return link(root+"/rw/file", root+"/rw/dir/file") }},
	"work":              {do: func(string) error { return work() }},
	"a socket with net": {network: true, do: raw(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0)},

	// Landlock.
	"read outside":       {do: open("secret", unix.O_RDONLY), want: byLandlock, layer: "Landlock"},
	"list outside":       {do: open(".", unix.O_RDONLY|unix.O_DIRECTORY), want: byLandlock, layer: "Landlock"},
	"create outside":     {do: open("new", unix.O_WRONLY|unix.O_CREAT), want: byLandlock, layer: "Landlock"},
	"write in ro":        {do: open("ro/file", unix.O_WRONLY), want: byLandlock, layer: "Landlock"},
	"truncate in ro":     {do: open("ro/file", unix.O_RDONLY|unix.O_TRUNC), want: byLandlock, layer: "Landlock"},
	"create in ro":       {do: open("ro/new", unix.O_WRONLY|unix.O_CREAT), want: byLandlock, layer: "Landlock"},
	"read the passwords": {do: func(string) error { return open("../../../../../../etc/passwd", 0)("/") }, want: byLandlock, layer: "Landlock"},
	"remove outside": {do: func(root string) error { return unix.Unlinkat(unix.AT_FDCWD, root+"/secret", 0) },
		want: byLandlock, layer: "Landlock"},
	"move out": {do: func(root string) error { return rename(root+"/rw/file", root+"/file") },
		want: []error{unix.EACCES, unix.EXDEV}, layer: "Landlock"},
	"move in": {do: func(root string) error { return rename(root+"/secret", root+"/rw/secret") },
		want: []error{unix.EACCES, unix.EXDEV}, layer: "Landlock"},
	"link in": {do: func(root string) error { return link(root+"/secret", root+"/rw/secret") },
		want: []error{unix.EACCES, unix.EXDEV}, layer: "Landlock"},

	// seccomp.
	"execve":           {do: func(string) error { return unix.Exec("/proc/self/exe", []string{"x"}, nil) }, killed: true},
	"fork":             {do: raw(unix.SYS_CLONE, uintptr(unix.SIGCHLD)), killed: true},
	"a user namespace": {do: raw(unix.SYS_CLONE, unix.CLONE_THREAD|unix.CLONE_NEWUSER), killed: true},
	"clone3":           {do: raw(unix.SYS_CLONE3), want: []error{unix.ENOSYS}, layer: "seccomp"},
	"ptrace":           {do: raw(unix.SYS_PTRACE, unix.PTRACE_TRACEME), killed: true},
	"a socket":         {do: raw(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0), killed: true},
	"a Unix socket with net": {network: true, do: raw(unix.SYS_SOCKET, unix.AF_UNIX, unix.SOCK_STREAM, 0),
		want: []error{unix.EAFNOSUPPORT}, layer: "seccomp"},
	"mount":             {do: func(root string) error { return unix.Mount(root, root+"/rw", "", unix.MS_BIND, "") }, killed: true},
	"kill the parent":   {do: func(string) error { return unix.Kill(os.Getppid(), 0) }, killed: true},
	"tgkill the parent": {do: func(string) error { return raw(unix.SYS_TGKILL, uintptr(parent), uintptr(parent), 0)("") }, killed: true},
	"executable memory": {do: raw(unix.SYS_MMAP, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANON, ^uintptr(0)),
		killed: true},
	"memory made executable": {do: raw(unix.SYS_MPROTECT, 0, 4096, unix.PROT_EXEC), killed: true},
	"open by handle":         {do: raw(unix.SYS_OPEN_BY_HANDLE_AT), killed: true},
	"io_uring":               {do: raw(unix.SYS_IO_URING_SETUP), killed: true},
	"chroot":                 {do: raw(unix.SYS_CHROOT), killed: true},
	"memory of others":       {do: raw(unix.SYS_PROCESS_VM_READV, 1), killed: true},
	"another filter":         {do: raw(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER), killed: true},
	"another process's core": {do: raw(unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 1), want: []error{unix.EINVAL}, layer: "seccomp"},
	"duplicate low":          {do: raw(unix.SYS_FCNTL, 0, unix.F_SETOWN, 1), killed: true},
	"in another thread": {do: func(string) error {
		done := make(chan error)
		go func() {
			runtime.LockOSThread()
			done <- raw(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0)("")
		}()
		return <-done
	}, killed: true},

	// Limits of resources.
	"many descriptors": {do: func(root string) error {
		for range testDescriptors {
			if _, err := unix.Open(root+"/ro/file", unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
				return err
			}
		}
		return nil
	}, want: byLimit, layer: "the limit nofile"},
	"much memory": {do: raw(unix.SYS_MMAP, 0, testAddressSpace, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON, ^uintptr(0)), want: byLimit,
		layer: "the limit as"},
	"a core dump": {do: func(string) error {
		// The limit cannot be asked for inside; it was before.
		if coreLimit != 0 {
			return nil
		}
		return unix.EPERM
	}, want: []error{unix.EPERM}, layer: "the limit core"},
	"raise the limits": {do: raw(unix.SYS_PRLIMIT64), killed: true},
}

const (
	testDescriptors  = 100
	testAddressSpace = 8 << 30
)

// What the process that tries learnt before it entered.
var (
	parent    int
	coreLimit uint64
)

func rename(from, to string) error { return unix.Renameat(unix.AT_FDCWD, from, unix.AT_FDCWD, to) }
func link(from, to string) error   { return unix.Linkat(unix.AT_FDCWD, from, unix.AT_FDCWD, to, 0) }

// work does what the Go runtime does in a long run: threads, timers, collections, and much memory.
func work() error {
	done := make(chan int)
	for range 20 {
		go func() {
			runtime.LockOSThread()
			time.Sleep(5 * time.Millisecond)
			done <- len(bytes.Repeat([]byte("x"), 8<<20))
		}()
	}
	for range 20 {
		<-done
	}
	runtime.GC()
	return nil
}

// attemptInside enters the sandbox in the folder that is the working directory and does one thing.
func attemptInside(name string) {
	a := attempts[name]
	root, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	cfg := &Config{Network: a.network, Descriptors: testDescriptors, AddressSpace: testAddressSpace}
	for _, tree := range []struct {
		name   string
		access policy.Access
	}{{"rw", everything}, {"ro", policy.Read | policy.Stat}} {
		fd, err := unix.Open(filepath.Join(root, tree.name), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			panic(err)
		}
		cfg.Dirs = append(cfg.Dirs, Dir{FD: fd, Access: tree.access})
	}
	parent = os.Getppid()
	gaps := limit(cfg)
	var core unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_CORE, &core)
	coreLimit = core.Max
	for _, g := range append(gaps, confine(cfg)...) {
		if a.killed && strings.Contains(g.Layer, "seccomp") || a.layer != "" && strings.Contains(g.Layer, a.layer) {
			fmt.Println(g)
			os.Exit(statusGap)
		}
	}
	if err := a.do(root); err != nil {
		var errno syscall.Errno
		if !errors.As(err, &errno) {
			panic(err)
		}
		fmt.Print(int(errno))
		os.Exit(statusRefused)
	}
	os.Exit(0)
}

// TestAttempts tries, each in a process of its own, what guests need and what they must not have.
func TestAttempts(t *testing.T) {
	if raceDetector {
		t.Skip("there is no sandbox in a program with the race detector")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range attempts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for _, dir := range []string{"rw/dir", "ro"} {
				if err := os.MkdirAll(filepath.Join(root, dir), 0o777); err != nil {
					t.Fatal(err)
				}
			}
			for _, file := range []string{"rw/file", "ro/file", "secret"} {
				if err := os.WriteFile(filepath.Join(root, file), []byte("content"), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(self)
			cmd.Dir, cmd.Env = root, []string{attemptVariable + "=" + name}
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, _ := cmd.Output() // its error is the status, which is looked at below
			status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
			switch {
			case status.ExitStatus() == statusGap:
				t.Skipf("this host cannot: %s", out)
			case a.killed && status.Signaled() && status.Signal() == unix.SIGSYS:
			case !a.killed && a.want == nil && status.Exited() && status.ExitStatus() == 0:
			case !a.killed && status.ExitStatus() == statusRefused && a.refusedBy(string(out)):
			default:
				t.Errorf("got %v and %q\n%s", cmd.ProcessState, out, stderr.Bytes())
			}
		})
	}
}

// refusedBy reports whether an errno that was printed is one of those wanted.
func (a *attempt) refusedBy(out string) bool {
	for _, want := range a.want {
		if errno, ok := want.(syscall.Errno); ok && out == fmt.Sprint(int(errno)) {
			return true
		}
	}
	return false
}
