package timing

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Subject is one engine object with the settings that its authors recommend for speed: nothing that meters or
// interrupts guests, and compilation on the calling thread.
type Subject interface {
	// Load decodes, validates, compiles and instantiates a kernel, whose host function is [HostFunc] in the fastest form
	// that the binding offers.
	Load(k *Kernel) (Instance, error)
	// Close frees the engine object.
	Close()
}

// Instance is an instance of a kernel.
type Instance interface {
	// Call calls the kernel's export.
	Call(arg uint32) (uint32, error)
	// Close frees the instance and what was compiled for it.
	Close()
}

// Session times one kernel after the other on an engine of this process. It is for one goroutine at a time.
type Session struct {
	open     func() (Subject, error)
	kernel   *Kernel
	subject  Subject
	instance Instance
}

// NewSession returns a session on the engine objects that open makes: a new one for each kernel and each fresh batch.
func NewSession(open func() (Subject, error)) *Session { return &Session{open: open} }

// Prepare drops the last kernel and loads k.
func (s *Session) Prepare(k *Kernel) (err error) {
	s.Close()
	s.kernel = k
	if s.subject, err = s.open(); err != nil {
		return err
	}
	if s.instance, err = s.subject.Load(k); err != nil {
		s.Close()
	}
	return err
}

// Close drops what is loaded.
func (s *Session) Close() {
	if s.instance != nil {
		s.instance.Close()
	}
	if s.subject != nil {
		s.subject.Close()
	}
	s.kernel, s.instance, s.subject = nil, nil, nil
}

// Time times a batch. All calls must return the same.
func (s *Session) Time(b Batch) (Sample, error) {
	if s.instance == nil {
		return Sample{}, errors.New("no kernel is prepared")
	}
	if b.Calls < 1 {
		return Sample{}, errors.New("a batch without calls")
	}
	if b.Fresh {
		subject, err := s.open()
		if err != nil {
			return Sample{}, err
		}
		defer subject.Close()
		return measure(processTime, b, func(arg uint32) (uint32, error) {
			in, err := subject.Load(s.kernel)
			if err != nil {
				return 0, err
			}
			defer in.Close()
			return in.Call(arg)
		})
	}
	return measure(threadTime, b, s.instance.Call)
}

// measure makes the calls of a batch on one thread, by a clock of processor time.
func measure(clock func() (time.Duration, error), b Batch, call func(uint32) (uint32, error)) (Sample, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var first uint32
	wall := time.Now()
	begin, err := clock()
	if err != nil {
		return Sample{}, err
	}
	for i := range b.Calls {
		result, err := call(b.Arg)
		switch {
		case err != nil:
			return Sample{}, err
		case i == 0:
			first = result
		case result != first:
			return Sample{}, fmt.Errorf("call %d returned %d, the first one %d", i, result, first)
		}
	}
	end, err := clock()
	return Sample{Result: first, CPU: end - begin, Wall: time.Since(wall)}, err
}

// threadTime returns the processor time of this thread.
func threadTime() (time.Duration, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		return 0, fmt.Errorf("processor time of the thread: %w", err)
	}
	return time.Duration(ts.Nano()), nil
}

// processTime returns the processor time of this process. Its clock is no use: on Linux it stands still between ticks if a limit on
// processor time is set, as it is in workers.
func processTime() (time.Duration, error) {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("processor time of the process: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
