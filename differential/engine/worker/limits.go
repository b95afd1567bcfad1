package worker

import (
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// What one worker may use. Address space is not bounded: engines reserve gigabytes of it for each memory and touch
// little. The bound on memory is therefore on what is resident.
const (
	maxCPU    = 3600      // seconds, of one process; the driver's watchdog acts long before
	maxFile   = 256 << 20 // bytes of one file that a guest writes
	maxFiles  = 512       // open at a time
	baseRSS   = 1 << 30   // bytes beyond the memory that the job allows
	retireRSS = 768 << 20 // bytes after which a process is replaced at the next occasion
)

// takeStreams moves the pipes of the protocol away from descriptors 0 and 1 and puts the null device and stderr there.
func takeStreams() (in, out *os.File, err error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, nil, err
	}
	defer null.Close()
	if in, err = moveAway(0, int(null.Fd()), "requests"); err != nil {
		return nil, nil, err
	}
	out, err = moveAway(1, 2, "responses")
	return in, out, err
}

func moveAway(fd, instead int, name string) (*os.File, error) {
	moved, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("duplicate descriptor %d: %w", fd, err)
	}
	if err := unix.Dup2(instead, fd); err != nil {
		return nil, fmt.Errorf("replace descriptor %d: %w", fd, err)
	}
	return os.NewFile(uintptr(moved), name), nil
}

// confine bounds what this process may use. A Ctrl-C goes to the whole foreground of a terminal; it is the driver that decides
// what it means.
func confine() error {
	signal.Ignore(syscall.SIGINT)
	signal.Ignore(syscall.SIGXFSZ) // a write beyond the bound then fails with EFBIG
	for _, l := range []struct {
		resource int
		max      uint64
		name     string
	}{
		{unix.RLIMIT_CORE, 0, "core"},
		{unix.RLIMIT_CPU, maxCPU, "cpu"},
		{unix.RLIMIT_FSIZE, maxFile, "file size"},
		{unix.RLIMIT_NOFILE, maxFiles, "open files"},
	} {
		var have unix.Rlimit
		if err := unix.Getrlimit(l.resource, &have); err != nil {
			return fmt.Errorf("limit on %s: %w", l.name, err)
		}
		want := unix.Rlimit{Cur: min(l.max, have.Max), Max: min(l.max, have.Max)}
		if err := unix.Setrlimit(l.resource, &want); err != nil {
			return fmt.Errorf("limit on %s: %w", l.name, err)
		}
	}
	return nil
}

// setBudget sets the budget for a job whose memories may have the given size. Go's collector works harder before it is met.
func setBudget(budget *atomic.Uint64, memory uint64) {
	b := baseRSS + memory
	budget.Store(b)
	debug.SetMemoryLimit(int64(b / 2))
}

// watchMemory ends the process when it has more memory resident than the returned budget says.
func watchMemory() *atomic.Uint64 {
	budget := new(atomic.Uint64)
	budget.Store(baseRSS)
	go func() {
		for range time.Tick(20 * time.Millisecond) {
			if rss := peakRSS(); rss > budget.Load() {
				fmt.Fprintf(os.Stderr, "memory: %d MiB resident, at most %d\n", rss>>20, budget.Load()>>20)
				os.Exit(exitMemory)
			}
		}
	}()
	return budget
}
