package oracle

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// watched is the number of descriptors that an OpenSet tells of, from 0: more than a guest, the fuzzing engine and the oracle have
// together. A system gives the lowest that is free, so that what is left open is soon among them.
const watched = 128

// OpenSet says how many descriptors of this process are open, and which of the lowest.
type OpenSet struct {
	count int64 // 0 if the system does not tell
	low   [watched]bool
}

// String returns the descriptors.
func (s OpenSet) String() string {
	var list []int
	for fd, open := range s.low {
		if open {
			list = append(list, fd)
		}
	}
	return fmt.Sprintf("%d, of which are known %v", s.count, list)
}

// Descriptors looks which descriptors are open: listing them takes as long as a short sequence.
type Descriptors struct {
	lowest []unix.PollFd
	list   int // the directory that lists them, or -1
	last   OpenSet
	looks  int
}

// often is after how many looks all of the lowest are looked at, although their number is what it was.
const often = 16

// NewDescriptors returns what looks.
func NewDescriptors() *Descriptors {
	d := &Descriptors{lowest: make([]unix.PollFd, watched)}
	for fd := range d.lowest {
		d.lowest[fd].Fd = int32(fd)
	}
	var err error
	if d.list, err = unix.Open("/proc/self/fd", openItself|unix.O_CLOEXEC, 0); err != nil {
		d.list = -1
	}
	return d
}

// Open returns the descriptors that are open. Linux tells how many there are since 6.2, and only so of those that stand for a place (O_PATH);
// if their number is what it was, Open mostly takes them for the same.
func (d *Descriptors) Open() (OpenSet, error) {
	now := OpenSet{count: d.count()}
	d.looks++
	if now.count > 0 && now.count == d.last.count && d.looks%often != 0 {
		return d.last, nil
	}
	for {
		if _, err := unix.Poll(d.lowest, 0); err == nil {
			break
		} else if err != unix.EINTR {
			return now, err
		}
	}
	for fd := range d.lowest {
		now.low[fd] = d.lowest[fd].Revents&unix.POLLNVAL == 0
	}
	d.last = now
	return now, nil
}

// count returns how many descriptors are open, or 0.
func (d *Descriptors) count() int64 {
	var st unix.Stat_t
	if d.list < 0 || unix.Fstat(d.list, &st) != nil {
		return 0
	}
	return st.Size
}

// Close ends it.
func (d *Descriptors) Close() error {
	if d.list < 0 {
		return nil
	}
	return unix.Close(d.list)
}
