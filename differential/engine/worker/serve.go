package worker

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Program is an engine as a worker program offers it.
type Program struct {
	Name     string
	Version  string
	Features engine.Features
	// Accepts reports whether the engine compiles a module with every proposal switched on that it can.
	Accepts func(module []byte) bool
	// NewGuest returns a guest for one job. Nil means that the program only times kernels.
	NewGuest func() engine.Guest
	// Native tells that guests run outside of Go.
	Native bool
	// NewSubject returns the engine as it is timed.
	NewSubject func() (timing.Subject, error)
}

// Exit statuses by which a worker says why it ended itself.
const (
	exitUsage  = 2
	exitMemory = 97
	exitCannot = 98
)

// MissingCgo is the main function of a worker program that was built without cgo.
func MissingCgo(name string) {
	fmt.Fprintf(os.Stderr, "the %s worker needs cgo: build it with CGO_ENABLED=1 and a C compiler\n", name)
	os.Exit(exitUsage)
}

// Cannot ends a worker program whose engine cannot do what its arguments ask for. The engine is then unavailable, for the reason given.
func Cannot(reason error) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(exitCannot)
}

// Serve runs jobs until the input ends, and does not return.
func Serve(p *Program) {
	in, out, err := takeStreams()
	if err == nil {
		err = confine()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s worker: %v\n", p.Name, err)
		os.Exit(exitUsage)
	}
	budget := watchMemory()
	w := newWriter(out)
	h := hello{Protocol: protocol, Name: p.Name, Version: p.Version, Features: p.Features}
	for _, probe := range Probes {
		h.Probes = append(h.Probes, p.Accepts(probe.Module))
	}
	if err := w.send(&h); err != nil {
		os.Exit(exitUsage)
	}
	// An empty response carries the types, so that a too big first one cannot take them with it.
	if err := w.send(&response{}); err != nil {
		os.Exit(exitUsage)
	}
	session := timing.NewSession(p.NewSubject)
	frugal := sync.OnceFunc(p.frugal)
	for req := range requests(in) {
		if req.Kernel != nil || req.Batch != nil {
			setBudget(budget, engine.DefaultMaxMemory)
			r := serveTiming(session, req)
			answer(w, &r)
			continue
		}
		frugal()
		for _, one := range append([]request{*req}, req.More...) {
			job := one.job()
			setBudget(budget, job.MaxPages()*wasm.PageSize)
			answer(w, &response{Result: *serve(p, job)})
		}
	}
}

// gcPercent is how much a worker's heap may grow between two collections: little of it lives for longer than a job.
const gcPercent = 400

// frugal makes what is Go in a worker that compares take less of the processors, which other engines want. What waits for a guest that runs outside of
// Go needs no second thread for that. Nothing is timed afterwards that would count on it: a worker is of one kind.
func (p *Program) frugal() {
	debug.SetGCPercent(gcPercent)
	if p.Native {
		runtime.GOMAXPROCS(1)
	}
}

// answer sends a response with the state of the process, or ends the process if nobody hears it.
func answer(w *writer, r *response) {
	r.PeakRSS = peakRSS()
	r.Retire = r.PeakRSS > retireRSS
	err := w.send(r)
	if err == errFrameTooBig {
		err = w.send(&response{Result: engine.Result{Stage: engine.StageLimit, Message: "the result is too big to be passed on"}})
	}
	if err != nil {
		os.Exit(exitUsage)
	}
}

// requests reads ahead on a goroutine of its own, so that a worker notices at once when its driver is gone, busy or not.
func requests(in *os.File) <-chan *request {
	ch := make(chan *request)
	go func() {
		r := newReader(in)
		for {
			req := new(request)
			if err := r.receive(req); err != nil {
				os.Exit(0)
			}
			ch <- req
		}
	}()
	return ch
}

// serve runs one job. A panic of the engine's Go code counts as its crash, but the process lives on.
func serve(p *Program, job *engine.Job) (res *engine.Result) {
	defer func() {
		if v := recover(); v != nil {
			res = &engine.Result{Stage: engine.StageCrash, Message: fmt.Sprintf("panic: %v\n%s", v, shorten(debug.Stack()))}
		}
	}()
	if p.NewGuest == nil {
		return &engine.Result{Stage: engine.StageUnsupported, Message: "this worker only times kernels"}
	}
	return engine.Drive(context.Background(), job, p.NewGuest())
}

// serveTiming prepares a kernel or times a batch.
func serveTiming(s *timing.Session, req *request) (r response) {
	defer func() {
		if v := recover(); v != nil {
			r = response{Failure: fmt.Sprintf("panic: %v\n%s", v, shorten(debug.Stack()))}
		}
	}()
	var err error
	if req.Kernel != nil {
		err = s.Prepare(req.Kernel)
	} else {
		r.Sample, err = s.Time(*req.Batch)
	}
	if err != nil {
		r.Failure = err.Error()
	}
	return r
}
