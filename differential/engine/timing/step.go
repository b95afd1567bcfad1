package timing

import (
	"errors"
	"runtime"
	"time"
)

// Step is what a batch is made of: a call of the export, or a part of the way there.
type Step uint8

// The steps. Each of them is done Calls times.
const (
	Call        Step = iota // the export is called
	Whole                   // all of the way from the bytes to the result of a call
	Decode                  // the bytes become a module in memory, nothing is checked that decoding does not need
	Validate                // the bytes are decoded and validated, and no code is made
	Compile                 // the bytes become what can be instantiated
	Instantiate             // an instance is made of what was compiled, and dropped
	First                   // the first call in an instance
	Footprint               // no time: the memory that instances take that were called once, all of them alive
)

// Decoder is a [Subject] whose binding decodes modules apart from validating them.
type Decoder interface{ Decode(module []byte) error }

// Validator is a [Subject] whose binding validates modules apart from compiling them.
type Validator interface{ Validate(module []byte) error }

// Inseparable is the error of a step that an engine's binding cannot do alone.
type Inseparable struct{ Reason string }

// Error returns the reason.
func (e *Inseparable) Error() string { return e.Reason }

// alive is how many instances are alive at a time where their making is not in the figure.
const alive = 64

// step times a batch of a part of the way to a call. Its result is always that of a call.
func (s *Session) step(b Batch) (Sample, error) {
	result, err := s.instance.Call(b.Arg)
	if err != nil {
		return Sample{}, err
	}
	subject, err := s.open()
	if err != nil {
		return Sample{}, err
	}
	defer subject.Close()
	var sample Sample
	switch b.Step {
	case First:
		sample, err = s.first(b)
	case Footprint:
		sample, err = s.footprint(b)
	default:
		var once func() error
		if once, err = s.once(b.Step, subject); err == nil {
			sample, err = measure(processTime, b, func(uint32) (uint32, error) { return 0, once() })
		}
	}
	sample.Result = result
	return sample, err
}

// once returns what does a step once.
func (s *Session) once(step Step, subject Subject) (func() error, error) {
	switch step {
	case Decode:
		if d, ok := subject.(Decoder); ok {
			return func() error { return d.Decode(s.kernel.Module) }, nil
		}
		return nil, &Inseparable{"the binding does not decode a module without compiling or validating it"}
	case Validate:
		if v, ok := subject.(Validator); ok {
			return func() error { return v.Validate(s.kernel.Module) }, nil
		}
		return nil, &Inseparable{"the binding does not validate a module without compiling it"}
	case Compile:
		return func() error {
			m, err := subject.Compile(s.kernel)
			if err == nil {
				m.Close()
			}
			return err
		}, nil
	case Instantiate:
		return func() error {
			in, err := s.module.Instantiate()
			if err == nil {
				in.Close()
			}
			return err
		}, nil
	}
	return nil, errors.New("no such step")
}

// first times first calls, those of a group of instances in a row.
func (s *Session) first(b Batch) (total Sample, err error) {
	for left := b.Calls; left > 0; left -= alive {
		group, err := s.group(min(left, alive))
		if err == nil {
			var one Sample
			next := 0
			one, err = measurePinned(Batch{Arg: b.Arg, Calls: len(group)}, func(arg uint32) (uint32, error) {
				next++
				return group[next-1].Call(arg)
			})
			total.CPU, total.Wall = total.CPU+one.CPU, total.Wall+one.Wall
		}
		closeAll(group)
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// footprint returns how much more memory is resident when so many instances are alive, each called once. It says that no time passed.
func (s *Session) footprint(b Batch) (Sample, error) {
	before, err := residentAfterCollection()
	if err != nil {
		return Sample{}, err
	}
	group, err := s.group(b.Calls)
	defer func() { closeAll(group) }()
	for _, in := range group {
		if err == nil {
			_, err = in.Call(b.Arg)
		}
	}
	if err != nil {
		return Sample{}, err
	}
	after, err := residentAfterCollection()
	runtime.KeepAlive(group)
	return Sample{Bytes: max(after, before) - before}, err
}

// residentAfterCollection returns the resident memory of this process, without garbage.
func residentAfterCollection() (uint64, error) {
	for range 2 { // what finalizers hold goes with the second
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	return resident()
}

// group makes instances.
func (s *Session) group(n int) (group []Instance, err error) {
	for range n {
		in, err := s.module.Instantiate()
		if err != nil {
			return group, err
		}
		group = append(group, in)
	}
	return group, nil
}

func closeAll(group []Instance) {
	for _, in := range group {
		in.Close()
	}
}
