package worker

import (
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// protocol is the version of the messages. A prebuilt worker of another version is refused.
const protocol = 5

// hello is the first message of a worker.
type hello struct {
	Protocol int
	Name     string
	Version  string
	Features engine.Features
	Probes   []bool // by the order of [Probes]: the engine accepts the module
}

// request is a kernel to prepare or a batch to time, if it has one, and else a job with what gob loses: it does not tell nil from
// empty.
type request struct {
	Job       engine.Job
	AutoCalls bool // Job.Calls is nil
	HasWASI   bool

	// More are jobs to run after Job. Each gets a response of its own, in order, so that it is known at which of them a worker ended.
	More []request

	Kernel *timing.Kernel
	Batch  *timing.Batch
}

func newRequest(job *engine.Job) *request {
	return &request{Job: *job, AutoCalls: job.Calls == nil, HasWASI: job.WASI != nil}
}

func (r *request) job() *engine.Job {
	job := r.Job
	switch {
	case r.AutoCalls:
		job.Calls = nil
	case job.Calls == nil:
		job.Calls = []engine.Call{}
	}
	if r.HasWASI && job.WASI == nil {
		job.WASI = &engine.WASI{}
	}
	return &job
}

// response is a result, or a sample or why there is none, with the worker's state.
type response struct {
	Result  engine.Result
	Sample  timing.Sample
	Failure string // of a kernel or batch; empty if it succeeded
	PeakRSS uint64 // of the process since its start, in bytes
	// Retire asks the driver to start a new process before the next job.
	Retire bool
}
