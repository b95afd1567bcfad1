package timing

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// pin keeps the calling thread, which must be locked, on one CPU until undo is called: the last that it may run on, since interrupts go to
// the first. Threads that the engine starts meanwhile stay there too. If the system refuses, the thread stays free.
func pin() (undo func()) {
	cpu, before, err := lastCPU()
	if err != nil {
		return func() {}
	}
	var one unix.CPUSet
	one.Set(cpu)
	if unix.SchedSetaffinity(0, &one) != nil {
		return func() {}
	}
	return func() { _ = unix.SchedSetaffinity(0, before) } // it was allowed before
}

// lastCPU returns the CPU to pin to and all that the thread may run on.
func lastCPU() (cpu int, all *unix.CPUSet, err error) {
	all = new(unix.CPUSet)
	if err := unix.SchedGetaffinity(0, all); err != nil {
		return 0, nil, err
	}
	left := all.Count()
	if left < 2 {
		return 0, nil, errors.New("there is one CPU to run on")
	}
	for ; left > 0; cpu++ {
		if all.IsSet(cpu) {
			left--
		}
	}
	return cpu - 1, all, nil
}

// Pinning says in a few words where threads are kept while they are timed.
func Pinning() string {
	cpu, _, err := lastCPU()
	if err != nil {
		return fmt.Sprintf("not pinned: %v", err)
	}
	return fmt.Sprintf("pinned to CPU %d", cpu)
}
