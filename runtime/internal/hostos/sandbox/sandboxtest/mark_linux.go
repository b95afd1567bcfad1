package sandboxtest

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// markVariable says that the process runs under [Log].
const markVariable = "TOUCHSTONE_TEST_MARK"

// Marks are calls of getpgid, which nothing in a guest's process makes, for processes that do not exist: markEnd, and from the next
// number on the numbers that Begin is given.
const (
	markEnd  = 0x70000000
	maxMarks = 1 << 16
)

// Begin marks for [Log] that what the goroutine does until it calls the function returned is work of the given number, below maxMarks.
// Without a Log it does nothing.
func Begin(number int) (end func()) {
	if os.Getenv(markVariable) == "" {
		return func() {}
	}
	runtime.LockOSThread()
	unix.Getpgid(markEnd + 1 + number%maxMarks)
	return func() {
		unix.Getpgid(markEnd)
		runtime.UnlockOSThread()
	}
}
