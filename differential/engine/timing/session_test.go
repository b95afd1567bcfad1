package timing

import (
	"errors"
	"testing"
	"time"
)

// fake is an engine that counts what is done with it.
type fake struct {
	opened, loaded, called, closed int
	refuse                         bool
	drift                          uint32 // added to each result more than to the one before
	work                           time.Duration
}

func (f *fake) open() (Subject, error) { f.opened++; return f, nil }

func (f *fake) Compile(*Kernel) (Module, error) {
	if f.refuse {
		return nil, errors.New("refused")
	}
	return Uncompiled(func() (Instance, error) { f.loaded++; return (*fakeInstance)(f), nil }), nil
}

func (f *fake) Close() { f.closed++ }

type fakeInstance fake

func (f *fakeInstance) Call(arg uint32) (uint32, error) {
	f.called++
	for start := time.Now(); time.Since(start) < f.work; {
	}
	return 2*arg + uint32(f.called)*f.drift, nil
}

func (f *fakeInstance) Close() { f.closed++ }

func TestSession(t *testing.T) {
	f := &fake{work: time.Millisecond}
	s := NewSession(f.open)
	if _, err := s.Time(Batch{Calls: 1}); err == nil {
		t.Error("a batch without a kernel")
	}
	if err := s.Prepare(new(Kernel)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Time(Batch{}); err == nil {
		t.Error("a batch without calls")
	}
	got, err := s.Time(Batch{Arg: 21, Calls: 5})
	if err != nil || got.Result != 42 || f.called != 5 || f.loaded != 1 {
		t.Errorf("sample %+v, error %v, engine %+v", got, err, f)
	}
	// The thread can have had the processor for no longer than the calls lasted; how much of that it had is the machine's affair.
	if got.CPU <= 0 || got.CPU > got.Wall+time.Millisecond || got.Wall < 5*time.Millisecond {
		t.Errorf("sample %+v", got)
	}
	got, err = s.Time(Batch{Arg: 1, Calls: 3, Step: Whole})
	if err != nil || got.Result != 2 || got.CPU <= 0 || f.opened != 2 || f.loaded != 4 || f.called != 8 || f.closed != 4 {
		t.Errorf("sample %+v, error %v, engine %+v", got, err, f)
	}
	s.Close()
	s.Close()
	if f.closed != 6 {
		t.Errorf("closed %d times", f.closed)
	}
}

func TestSessionFailures(t *testing.T) {
	s := NewSession((&fake{refuse: true}).open)
	if err := s.Prepare(new(Kernel)); err == nil || err.Error() != "refused" {
		t.Errorf("error %v", err)
	}
	if _, err := s.Time(Batch{Calls: 1}); err == nil {
		t.Error("a batch of a refused kernel")
	}
	s = NewSession((&fake{drift: 1}).open)
	if err := s.Prepare(new(Kernel)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Time(Batch{Calls: 2}); err == nil {
		t.Error("calls that return different results were taken")
	}
}
