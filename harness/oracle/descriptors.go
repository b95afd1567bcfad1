package oracle

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// watched is the number of descriptors that an OpenSet tells of, from 0: more than a guest, the fuzzing engine and the oracle have
// together. A system gives the lowest that is free, so that what is left open is soon among them.
const watched = 128

// OpenSet says which of the lowest descriptors of this process are open.
type OpenSet [watched]bool

// String returns the descriptors.
func (s OpenSet) String() string {
	var list []int
	for fd, open := range s {
		if open {
			list = append(list, fd)
		}
	}
	return fmt.Sprint(list)
}

// Descriptors looks which descriptors are open, by one system call: listing them takes as long as a short sequence.
type Descriptors struct{ lowest []unix.PollFd }

// NewDescriptors returns what looks.
func NewDescriptors() *Descriptors {
	d := &Descriptors{make([]unix.PollFd, watched)}
	for fd := range d.lowest {
		d.lowest[fd].Fd = int32(fd)
	}
	return d
}

// Open returns the descriptors that are open.
func (d *Descriptors) Open() (open OpenSet, err error) {
	for {
		if _, err = unix.Poll(d.lowest, 0); err != unix.EINTR {
			break
		}
	}
	for fd := range d.lowest {
		open[fd] = d.lowest[fd].Revents&unix.POLLNVAL == 0
	}
	return open, err
}
