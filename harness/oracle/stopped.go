package oracle

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// errCancelled is why the context of a call ends; see [hostcall.Cancel].
var errCancelled = errors.New("the context of the call ends")

// expected is an end of the guest that is no failure: the oracle has brought it about.
type expected struct {
	cancelled bool         // the context of the call has ended
	effects   policy.OpSet // what the monitor takes for undeclared
}

// is reports whether err is that end.
func (e *expected) is(err error) bool {
	var violation *policy.Violation
	if errors.As(err, &violation) {
		return e.effects.Has(violation.Effect.Op) && violation.Rule == "declared-effect"
	}
	return e.cancelled && errors.Is(err, runtime.Interrupted) && errors.Is(err, errCancelled)
}

// withCancel makes a call whose context ends before one of its system calls, or while it waits for the guest's clock. It may return as if it
// had not, or end the guest, but not wait.
func (g *guest) withCancel(ctx context.Context, c *hostcall.Call) (wasi.Errno, *Failure) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	cancel := func() {
		g.expected.cancelled = true
		end(errCancelled)
	}
	calls := 0
	restore := wasi.InjectFaults(func() wasi.Fault {
		if calls == int(c.Fault.Nth) {
			cancel()
		}
		calls++
		return wasi.Fault{}
	})
	defer restore()
	if g.clock != nil && c.Fault.Nth == 0 {
		g.clock.sleeps = cancel
		defer func() { g.clock.sleeps = nil }()
	}
	return g.make(ctx, c)
}

// told are the effects that a monitor learns of afterwards: files may have been changed by then.
var told = policy.Ops(policy.Moved, policy.Stored, policy.Resolved, policy.FdOpen, policy.Refund)

// withDistrust makes a call of which the monitor takes one of the declared effects for undeclared. If the call has it, the guest ends,
// and no file has changed.
func (g *guest) withDistrust(ctx context.Context, c *hostcall.Call) (wasi.Errno, *Failure) {
	op, some := nth(c.Row.Ops(), int(c.Fault.Nth))
	if !some {
		return g.make(ctx, c)
	}
	before, err := g.box.files()
	if err != nil {
		return 0, fail("sandbox: cannot be read", "%v", err)
	}
	g.model.ForgetAccess() // the contents were read
	g.expected.effects = policy.Ops(op)
	restore := wasi.Distrust(g.expected.effects)
	errno, f := g.make(ctx, c)
	restore()
	switch {
	case f != nil || g.ended && errno != 0:
		return errno, f
	case !g.ended && errno == wasi.ESUCCESS && mustTell(c.Row, g.args, op):
		return errno, fail("hostcall: the monitor does not end the guest", "%s: %v", c, op)
	case !g.ended:
		return errno, nil
	case told.Has(op):
		g.model.Forget()
		return errno, nil
	}
	after, err := g.box.files()
	if err != nil {
		return errno, fail("sandbox: cannot be read", "%v", err)
	}
	g.model.ForgetAccess()
	if !maps.Equal(before, after) {
		return errno, fail("hostcall: changes files before the monitor knows", "%s: %v\nbefore %v\nafter  %v", c, op, before, after)
	}
	return errno, nil
}

// mustTell reports whether a call that succeeds has an effect for certain.
func mustTell(row *wasi.Hostcall, args []uint64, op policy.Op) bool {
	return op == policy.Moved || slices.ContainsFunc(implied(row, args), func(effect string) bool { return strings.HasPrefix(effect, op.String()+":") })
}

// nth returns the n-th member of a set, counted around, if there is any.
func nth(ops policy.OpSet, n int) (policy.Op, bool) {
	var list []policy.Op
	for op := range ops.All() {
		list = append(list, op)
	}
	if len(list) == 0 {
		return 0, false
	}
	return list[n%len(list)], true
}
