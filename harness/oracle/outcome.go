package oracle

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero/traps"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// outcome is what can be seen of a module after its entry points were called in order.
type outcome struct {
	start   *runtime.Trap // of instantiation; nil if the module was instantiated
	calls   []call
	globals []uint64 // of the exported globals, in the order of the exports; references are 0 or 1
	memory  []byte

	// refs are all references in results, exported globals and exported tables, in the order in which they were seen: 0 for null, a
	// function's index and 1, or the largest number for anything else. Nil if the engine does not show them.
	refs []uint64
}

// call is how one entry point ended.
type call struct {
	export string
	trap   wasm.TrapCode
	values []uint64
	frames []runtime.Frame // of a trap; nil if the engine does not show them
}

// rival is what an outcome is compared with.
type rival struct {
	target string // begins the keys of failures
	name   string
	traps  engine.Partition // what it tells apart
}

// The rivals.
var (
	specification = rival{"execute", "the specification", engine.Merge()}
	specifiedCode = rival{"lower", "the specification", engine.Merge()}
	linked        = rival{"link", "the specification", engine.Merge()}
	wazeroEngine  = rival{"differential", "wazero", engine.Merge(traps.Merged...)}
	plainLowering = rival{"fused", "the plain lowering", engine.Merge()}
	observedCode  = rival{"observed", "the observed lowering", engine.Merge()}
	rewritten     = rival{"metamorphic", "the module rewritten", engine.Merge()}
	misreading    = rival{"execute", "the other engine", engine.Merge()}
	mixedPlain    = rival{"mixed", "the plain lowering", engine.Merge()}
	mixedAgain    = rival{"mixed", "the second run", engine.Merge()}
	resetInstance = rival{"reset", "the reset instance", engine.Merge()}
	otherInstance = rival{"execute again", "another instance", engine.Merge()}
)

// started returns the trap of the start, or wasm.NoTrap.
func (o *outcome) started() wasm.TrapCode {
	if o.start == nil {
		return wasm.NoTrap
	}
	return o.start.Code
}

// reference notes a reference to x, and returns whether there is one as every engine shows it.
func (o *outcome) reference(null bool, x any) uint64 {
	number, visible := uint64(0), uint64(0)
	if !null {
		number, visible = math.MaxUint64, 1
		if f, ok := x.(fmt.Stringer); ok {
			// A function says "function 3".
			index, _ := strings.CutPrefix(f.String(), "function ")
			if n, err := strconv.ParseUint(index, 10, 32); err == nil {
				number = n + 1
			}
		}
	}
	o.refs = append(o.refs, number)
	return visible
}

// compare returns a Failure for the first difference between what we and a rival did.
func (o *outcome) compare(other *outcome, r *rival) *Failure {
	if !r.traps.Same(o.started(), other.started()) {
		return fail(r.target+": other trap at the start", "touchstone %v, %s %v", o.started(), r.name, other.started())
	}
	if o.start != nil {
		return comparePlaces("the start", o.start.Frames, other.start.Frames, r) // no instance to look at
	}
	for i := range o.calls {
		x, y := &o.calls[i], &other.calls[i]
		if !r.traps.Same(x.trap, y.trap) {
			return fail(r.target+": other trap", "%s: touchstone %v, %s %v", x.export, x.trap, r.name, y.trap)
		}
		if f := comparePlaces(x.export, x.frames, y.frames, r); f != nil {
			return f
		}
		for j := range x.values {
			if x.values[j] != y.values[j] {
				return fail(r.target+": other result", "%s, result %d: touchstone %#x, %s %#x", x.export, j, x.values[j], r.name, y.values[j])
			}
		}
	}
	for i := range o.globals {
		if o.globals[i] != other.globals[i] {
			return fail(r.target+": other global", "g%d: touchstone %#x, %s %#x", i, o.globals[i], r.name, other.globals[i])
		}
	}
	if !bytes.Equal(o.memory, other.memory) {
		return fail(r.target+": other memory", "%s", firstDifference(o.memory, other.memory, r.name))
	}
	if other.refs != nil && !slices.Equal(o.refs, other.refs) {
		return fail(r.target+": other references", "touchstone %v, %s %v", o.refs, r.name, other.refs)
	}
	return nil
}

// comparePlaces compares the functions and instructions in which a trap was, if the rival shows them.
func comparePlaces(where string, a, b []runtime.Frame, r *rival) *Failure {
	same := func(x, y runtime.Frame) bool { return x.Func == y.Func && x.Offset == y.Offset }
	if b == nil || slices.EqualFunc(a, b, same) {
		return nil
	}
	return fail(r.target+": traps elsewhere", "%s: touchstone\n%s%s\n%s", where, runtime.Stack(a), r.name, runtime.Stack(b))
}

// placeless returns what is left of an outcome without places in the module: functions and instructions stand elsewhere in one that was
// changed.
func (o *outcome) placeless() *outcome {
	c := *o
	c.refs = nil
	if o.start != nil {
		c.start = &runtime.Trap{Code: o.start.Code}
	}
	c.calls = slices.Clone(o.calls)
	for i := range c.calls {
		c.calls[i].frames = nil
	}
	return &c
}

// trapped returns a Failure if anything trapped.
func (o *outcome) trapped() *Failure {
	if o.start != nil {
		return fail("generate: guarded code traps", "start: %v", o.start)
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
