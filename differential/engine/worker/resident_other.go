//go:build !linux

package worker

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// peakRSS returns the most memory that this process had resident, in bytes.
func peakRSS() uint64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return uint64(u.Maxrss)
	}
	return uint64(u.Maxrss) << 10
}
