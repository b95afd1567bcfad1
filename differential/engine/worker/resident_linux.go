package worker

import (
	"bytes"
	"os"
	"strconv"
)

// peakRSS returns the most memory that this program had resident, in bytes. What getrusage says would hold the most that the
// process had before it became this program: that of who started it.
func peakRSS() uint64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	kib, _, _ := bytes.Cut(rest, []byte("kB"))
	n, err := strconv.ParseUint(string(bytes.TrimSpace(kib)), 10, 64)
	if err != nil {
		return 0
	}
	return n << 10
}
