package oracle

import (
	"bytes"
	"fmt"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// outcome is what can be seen of a module after its entry points were called in order.
type outcome struct {
	started wasm.TrapCode // of instantiation; NoTrap if the module was instantiated
	calls   []call
	globals []uint64 // of the exported globals, in the order of the exports; references are 0 or 1
	memory  []byte
}

// call is how one entry point ended.
type call struct {
	export string
	trap   wasm.TrapCode
	values []uint64
	frames []runtime.Frame // of a trap of our runtime
}

// compare returns a Failure for the first difference between what we and another engine did.
func (o *outcome) compare(other *outcome, name string, traps engine.Partition) *Failure {
	if !traps.Same(o.started, other.started) {
		return fail("execute: other trap at the start", "touchstone %v, %s %v", o.started, name, other.started)
	}
	if o.started != wasm.NoTrap {
		return nil // no instance to look at
	}
	for i := range o.calls {
		x, y := &o.calls[i], &other.calls[i]
		if !traps.Same(x.trap, y.trap) {
			return fail("execute: other trap", "%s: touchstone %v, %s %v", x.export, x.trap, name, y.trap)
		}
		for j := range x.values {
			if x.values[j] != y.values[j] {
				return fail("execute: other result", "%s, result %d: touchstone %#x, %s %#x", x.export, j, x.values[j], name, y.values[j])
			}
		}
	}
	for i := range o.globals {
		if o.globals[i] != other.globals[i] {
			return fail("execute: other global", "g%d: touchstone %#x, %s %#x", i, o.globals[i], name, other.globals[i])
		}
	}
	if !bytes.Equal(o.memory, other.memory) {
		return fail("execute: other memory", "%s", firstDifference(o.memory, other.memory, name))
	}
	return nil
}

// trapped returns a Failure if anything trapped.
func (o *outcome) trapped() *Failure {
	if o.started != wasm.NoTrap {
		return fail("generate: guarded code traps", "start: %v", o.started)
	}
	for _, c := range o.calls {
		if c.trap != wasm.NoTrap {
			return fail("generate: guarded code traps", "%s: %v", c.export, c.trap)
		}
	}
	return nil
}

func firstDifference(a, b []byte, name string) string {
	if len(a) != len(b) {
		return fmt.Sprintf("touchstone has %d bytes, %s %d", len(a), name, len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			return fmt.Sprintf("at %#x: touchstone %#02x, %s %#02x", i, a[i], name, b[i])
		}
	}
	return "none"
}
