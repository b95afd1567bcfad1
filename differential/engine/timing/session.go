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
	// Compile decodes, validates and compiles a kernel.
	Compile(k *Kernel) (Module, error)
	// Close frees the engine object.
	Close()
}

// Module is a kernel that was compiled.
type Module interface {
	// Instantiate makes an instance, whose host function is [HostFunc] in the fastest form that the binding offers.
	Instantiate() (Instance, error)
	// Close frees what was compiled; its instances are closed already.
	Close()
}

// Uncompiled is a [Module] for what needs no compiling: it makes an instance.
type Uncompiled func() (Instance, error)

// Instantiate implements [Module].
func (f Uncompiled) Instantiate() (Instance, error) { return f() }

// Close implements [Module].
func (Uncompiled) Close() {}

// Instance is an instance of a kernel.
type Instance interface {
	// Call calls the kernel's export. Of a program it returns the status that it ended with.
	Call(arg uint32) (uint32, error)
	// Close frees the instance.
	Close()
}

// Session times one kernel after the other on an engine of this process. It is for one goroutine at a time.
type Session struct {
	open     func() (Subject, error)
	kernel   *Kernel
	subject  Subject
	module   Module
	instance Instance // nil for programs, of which each call has one
	checked  string   // the digest of what a program wrote that was judged last
	leave    func()   // the peer; nil without one
}

// NewSession returns a session on the engine objects that open makes: a new one for each kernel and each fresh batch.
func NewSession(open func() (Subject, error)) *Session { return &Session{open: open} }

// Prepare drops the last kernel and loads k.
func (s *Session) Prepare(k *Kernel) (err error) {
	s.Close()
	s.kernel = k
	if k.Accepts {
		mine := *k
		s.kernel = &mine
		if mine.Listen, s.leave, err = Visit(k.Peer); err != nil {
			return err
		}
	}
	if s.subject, err = s.open(); err != nil {
		s.Close()
		return err
	}
	if s.module, err = s.subject.Compile(s.kernel); err == nil && k.Program == nil {
		s.instance, err = s.module.Instantiate()
	}
	if err != nil {
		s.Close()
	}
	return err
}

// Close drops what is loaded.
func (s *Session) Close() {
	if s.instance != nil {
		s.instance.Close()
	}
	if s.module != nil {
		s.module.Close()
	}
	if s.subject != nil {
		s.subject.Close()
	}
	if s.leave != nil {
		s.leave()
	}
	*s = Session{open: s.open}
}

// Time times a batch. All calls must return the same.
func (s *Session) Time(b Batch) (Sample, error) {
	switch {
	case s.module == nil:
		return Sample{}, errors.New("no kernel is prepared")
	case b.Calls < 1:
		return Sample{}, errors.New("a batch without calls")
	case s.kernel.Program != nil:
		return s.program(b)
	case b.Step == Whole:
		return s.whole(b)
	case b.Step != Call:
		return s.step(b)
	}
	return measurePinned(b, s.instance.Call)
}

// whole times the way from the bytes to the result of a call.
func (s *Session) whole(b Batch) (Sample, error) {
	subject, err := s.open()
	if err != nil {
		return Sample{}, err
	}
	defer subject.Close()
	return measure(processTime, b, func(arg uint32) (uint32, error) {
		m, err := subject.Compile(s.kernel)
		if err != nil {
			return 0, err
		}
		defer m.Close()
		in, err := m.Instantiate()
		if err != nil {
			return 0, err
		}
		defer in.Close()
		return in.Call(arg)
	})
}

// measurePinned makes the calls of a batch on one thread that stays on one CPU, by the thread's processor time.
func measurePinned(b Batch, call func(uint32) (uint32, error)) (Sample, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer pin()()
	return measure(threadTime, b, call)
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
