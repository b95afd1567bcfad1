package wasi

import "github.com/touchstone-wasm/touchstone/runtime"

// Module is the name under which guests import the hostcalls.
const Module = "wasi_snapshot_preview1"

// System is WASI for one guest: its descriptors, arguments and streams. Like the instance that uses it, a System is for
// one goroutine at a time.
type System struct{}

// New opens the preopens and duplicates the streams of cfg. A nil cfg means the zero Config. Errors name the entry of
// the configuration that cannot be had.
func New(cfg *Config) (*System, error) { panic("being written") }

// Define defines every hostcall under [Module] in l. The functions belong to this System: a module that is
// instantiated with l shares its descriptors with every other one that is.
func (s *System) Define(l *runtime.Linker) { panic("being written") }

// Close closes every descriptor that the guest left open and writes out the trace. The streams and the trace's Writer
// of the Config stay open. The error is the first that closing or tracing met.
func (s *System) Close() error { panic("being written") }
