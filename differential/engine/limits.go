package engine

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The bounds of a job that does not say otherwise, and those that hold for every job. They are the same on all engines, so
// that a guest which meets one of them meets it everywhere.
const (
	DefaultTimeout   = 10 * time.Second
	DefaultMaxMemory = 256 << 20 // bytes of one memory
	MaxTableElems    = 1 << 17   // elements of one table
	MaxHostCalls     = 10_000    // logged calls of host functions
	MaxOutput        = 16 << 20  // bytes of stdout and of stderr
	MaxKept          = 4 << 20   // bytes of one memory that is kept
	maxMessage       = 1 << 10   // bytes of one message
	maxGuessed       = 1000      // calls with arguments that nobody asked for
	// maxGuessing bounds the time for all calls with such arguments: many make a guest run for ever.
	maxGuessing = 2 * time.Second
)

// WASIModule is the module name under which WASI preview 1 is imported.
const WASIModule = "wasi_snapshot_preview1"

// Deadline returns the time that the job may take.
func (j *Job) Deadline() time.Duration {
	if j.Timeout <= 0 {
		return DefaultTimeout
	}
	return j.Timeout
}

// MaxPages returns the bound on each memory in pages.
func (j *Job) MaxPages() uint64 {
	if j.MaxMemory == 0 {
		return DefaultMaxMemory / wasm.PageSize
	}
	return min(j.MaxMemory/wasm.PageSize, wasm.MaxPages)
}

// Check reports what is wrong with a job in itself, whatever the module does. Engines return it as their error.
func (j *Job) Check() error {
	if j.WASI == nil {
		return nil
	}
	if len(j.WASI.Args) == 0 {
		return errors.New("job: a WASI program needs at least one argument, its name")
	}
	for _, s := range append(append([]string(nil), j.WASI.Args...), j.WASI.Env...) {
		if strings.ContainsRune(s, 0) {
			return fmt.Errorf("job: argument or environment variable %q has a zero byte, which WASI cannot pass", s)
		}
	}
	for _, kv := range j.WASI.Env {
		if name, _, ok := strings.Cut(kv, "="); !ok || name == "" {
			return fmt.Errorf("job: environment variable %q is not of the form NAME=VALUE", kv)
		}
	}
	return nil
}

// Unavailable says that an engine cannot be used on this machine, and why. It is no failure: whoever uses engines says it
// once and goes on without.
type Unavailable struct {
	Engine string
	Reason string // for example "needs a C compiler"
	Err    error  // the cause, if there is one
}

// Error returns the engine, the reason and the cause.
func (e *Unavailable) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("engine %s is unavailable: %s: %v", e.Engine, e.Reason, e.Err)
	}
	return fmt.Sprintf("engine %s is unavailable: %s", e.Engine, e.Reason)
}

// Unwrap returns the cause.
func (e *Unavailable) Unwrap() error { return e.Err }
