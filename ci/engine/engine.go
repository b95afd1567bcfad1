// Package engine runs fuzzing engines: libFuzzer, and that of go test. Both work on folders of raw inputs.
package engine

import (
	"context"
	"time"

	"github.com/touchstone-wasm/touchstone/harness"
)

// Engine fuzzes targets.
type Engine interface {
	// Name is what the flag -engine takes.
	Name() string
	// Fuzz runs a target until its time is over, an input fails, or ctx ends. The error is that of an engine that does not work; what
	// a target does is none.
	Fuzz(ctx context.Context, job *Job) (*Session, error)
	// Merge makes the folder into, which is empty, hold as few inputs of the folder from as cover what all of them do.
	Merge(ctx context.Context, target harness.Target, from, into, scratch string) (*Coverage, error)
}

// Job is what to fuzz.
type Job struct {
	Target    harness.Target
	Corpus    string // the folder of the inputs to begin with; new ones are added to it
	Artifacts string // the folder for inputs that fail
	Last      string // the folder for the inputs that are being worked on, see package last
	Pending   string // the folder for what the engine has not yet added to Corpus and Artifacts, see [Recover]
	Scratch   string // a folder for temporary files
	Time      time.Duration
	Processes int  // that fuzz at the same time and share the corpus
	Fork      bool // libFuzzer: one process that manages the others and goes on after crashes
	// Progress is told how far the session is.
	Progress func(Session)
}

// Session is what became of a job.
type Session struct {
	Executions int64
	Rate       float64 // executions a second, as the engine says
	Coverage   Coverage
	Status     string // how the process ended, if not as it should
	Output     string // the end of what it said
}

// Coverage is what a corpus covers, in the units of the engine that measured it.
type Coverage struct {
	Inputs   int     `json:"inputs,omitempty"`
	Edges    int     `json:"edges,omitempty"`    // libFuzzer
	Features int     `json:"features,omitempty"` // libFuzzer: edges with classes of counts, and comparisons
	Percent  float64 `json:"percent,omitempty"`  // of the statements, without libFuzzer
}
