package oracle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// mixedFuel bounds the loops and calls of each entry point, and with them the hostcalls.
const mixedFuel = 12

// Mixed runs modules that compute and make hostcalls, in a sandbox.
type Mixed struct {
	box *Sandbox
	// Witnessed counts what hostcalls returned, by name and errno.
	Witnessed map[string]map[wasi.Errno]int
}

// NewMixed returns an oracle that uses box.
func NewMixed(box *Sandbox) *Mixed {
	return &Mixed{box, map[string]map[wasi.Errno]int{}}
}

// hostEvent is a hostcall as a module has seen it.
type hostEvent struct {
	row   *wasi.Hostcall
	args  []uint64
	errno uint64
	at    uint64 // what it has written begins here
	wrote []byte
}

// Run generates a module from a tape and asserts: it is valid; no hostcall breaks a rule of the monitor, or returns an errno that its
// row does not declare; it ends by itself; nothing outside the preopened directories is touched; when the same is done again in a
// sandbox as it was, it does the same, as far as it does not ask for what the host chooses; and its plain code, given the same
// answers, makes the same hostcalls and does the same to the last bit.
func (x *Mixed) Run(ctx context.Context, tape []byte) *Failure {
	opts := module.Options{Imports: true, Fuel: mixedFuel, Hostcalls: &hostcall.Options{Outside: x.box.Outside()},
		Features: featuresFor(tape, wasm.AllFeatures)}
	m := module.Generate(tape, opts)
	fused, err := (&runtime.Compiler{Deterministic: true}).CompileModule(m)
	if err != nil {
		return fail("generate: module is refused", "%v", err)
	}
	plain, err := (&runtime.Compiler{Deterministic: true, Plain: true}).CompileModule(m)
	if err != nil {
		return fail("generate: module is refused", "plain: %v", err)
	}
	first, log, f := x.sandboxed(ctx, fused)
	if f != nil {
		return f
	}
	replayed, f := x.replayed(ctx, plain, log)
	if f != nil {
		return f
	}
	if f := first.compare(replayed, &mixedPlain); f != nil {
		return f
	}
	if slices.ContainsFunc(log, func(e hostEvent) bool { return asksHost(e.row) }) {
		return nil
	}
	again, _, f := x.sandboxed(ctx, fused)
	if f != nil {
		return f
	}
	return first.compare(again, &mixedAgain)
}

// asksHost reports whether a hostcall tells what is the host's choice: inodes, times, and the order of the entries of a directory.
func asksHost(row *wasi.Hostcall) bool {
	return row.Name == "fd_readdir" || slices.ContainsFunc(row.Params, func(p wasi.Param) bool { return p.Kind == wasi.StatOut })
}

// sandboxed runs a module with real hostcalls in a sandbox as it should be, and logs them.
func (x *Mixed) sandboxed(ctx context.Context, compiled *runtime.Module) (o *outcome, log []hostEvent, f *Failure) {
	if err := x.box.Reset(); err != nil {
		return nil, nil, fail("sandbox: cannot be built", "%v", err)
	}
	cfg := &wasi.Config{
		Args: []string{"guest", "-x"}, Env: []string{"A=b", "LONG=0123456789"},
		Stdin: strings.NewReader("input of the guest\n"), Stdout: io.Discard, Stderr: io.Discard,
		Preopens: x.box.Preopens(),
		Clock:    new(wasi.VirtualClock), Random: wasi.SeededRandom(1), MaxFDs: 32, Strict: true,
	}
	sys, err := wasi.New(cfg)
	if err != nil {
		return nil, nil, fail("wasi: no system", "%v", err)
	}
	ctx, cancel := context.WithTimeout(ctx, sequenceDeadline)
	defer cancel()
	var before []byte
	var stopped *Failure
	o, f = mixedOutcome(ctx, compiled, func(row *wasi.Hostcall) runtime.HostFunc {
		call := sys.Func(row)
		return func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
			e := hostEvent{row: row, args: slices.Clone(stack[:len(row.Type().Params)])}
			mem, _ := caller.Memory().Slice(0, caller.Memory().Size())
			before = append(before[:0], mem...)
			if stopped = judge(&e, call(ctx, caller, stack), stack); stopped != nil {
				return stopped
			}
			e.at, e.wrote = overwritten(before, mem)
			x.witness(row, wasi.Errno(e.errno))
			log = append(log, e)
			return nil
		}
	})
	if stopped != nil {
		f = stopped
	}
	if err := sys.Close(); err != nil && f == nil {
		f = fail("wasi: close fails", "%v", err)
	}
	if f == nil {
		f = x.box.Check()
	}
	return o, log, f
}

// judge asserts that a hostcall has returned a declared errno, and notes it.
func judge(e *hostEvent, err error, stack []uint64) *Failure {
	var violation *policy.Violation
	var contract *wasi.ContractError
	switch e.errno = stack[0]; {
	case errors.As(err, &violation):
		return fail("mixed: violation", "%s%x: %v", e.row.ID(), e.args, err)
	case errors.As(err, &contract), err == nil && !e.row.Declares(wasi.Errno(e.errno)):
		return fail("mixed: undeclared errno", "%s%x: %v, %v", e.row.ID(), e.args, e.errno, err)
	case errors.Is(err, context.DeadlineExceeded):
		return fail("mixed: blocks", "%s%x: %v", e.row.ID(), e.args, err)
	case err != nil:
		return fail("mixed: a hostcall ends the guest", "%s%x: %v", e.row.ID(), e.args, err)
	}
	return nil
}

// overwritten returns what lies between the first and the last byte that has changed.
func overwritten(before, after []byte) (at uint64, data []byte) {
	first := common(before, after, func(b []byte, n int) ([]byte, []byte) { return b[:n], b[n:] })
	if first == len(after) {
		return 0, nil
	}
	before, after = before[first:], after[first:]
	last := common(before, after, func(b []byte, n int) ([]byte, []byte) { return b[len(b)-n:], b[:len(b)-n] })
	return uint64(first), bytes.Clone(after[:len(after)-last])
}

// common returns how many bytes a and b, which are of one length, have in common at the end where split cuts. It goes on in blocks,
// because the memories are large and most of them is the same.
func common(a, b []byte, split func(b []byte, n int) (part, rest []byte)) (n int) {
	for block := page; block > 0; block /= 64 {
		for len(a) >= block {
			x, restA := split(a, block)
			y, restB := split(b, block)
			if !bytes.Equal(x, y) {
				break
			}
			a, b, n = restA, restB, n+block
		}
	}
	return n
}

func (x *Mixed) witness(row *wasi.Hostcall, errno wasi.Errno) {
	if x.Witnessed[row.Name] == nil {
		x.Witnessed[row.Name] = map[wasi.Errno]int{}
	}
	x.Witnessed[row.Name][errno]++
}

// replayed runs a module and answers its hostcalls with those of a log, which must be the same.
func (x *Mixed) replayed(ctx context.Context, compiled *runtime.Module, log []hostEvent) (*outcome, *Failure) {
	var differs *Failure
	next := 0
	o, f := mixedOutcome(ctx, compiled, func(row *wasi.Hostcall) runtime.HostFunc {
		return func(_ context.Context, caller *runtime.Instance, stack []uint64) error {
			if next == len(log) || log[next].row != row || !slices.Equal(log[next].args, stack[:len(row.Type().Params)]) {
				differs = fail("mixed: other hostcall", "%d: %s%x", next, row.ID(), stack)
				return differs
			}
			e := &log[next]
			next++
			mem, _ := caller.Memory().Slice(0, caller.Memory().Size())
			copy(mem[e.at:], e.wrote)
			stack[0] = e.errno
			return nil
		}
	})
	switch {
	case differs != nil:
		return nil, differs
	case f == nil && next < len(log):
		return nil, fail("mixed: fewer hostcalls", "%d of %d", next, len(log))
	}
	return o, f
}

// mixedOutcome instantiates a module with hostcalls and calls its entry points in order.
func mixedOutcome(ctx context.Context, compiled *runtime.Module, hostcalls func(*wasi.Hostcall) runtime.HostFunc) (*outcome, *Failure) {
	var l runtime.Linker
	for row := range wasi.Hostcalls() {
		if row.Shape == "" {
			l.Func(wasi.Module, row.Name, row.Type(), hostcalls(row))
		}
	}
	l.Fallback(hostResult)
	in, err := runtime.New(&runtime.Config{Fuel: executeFuel, MaxMemoryBytes: 64 << 20}).Instantiate(ctx, compiled, &l)
	if err != nil {
		start, f := trapOf(err)
		return &outcome{start: start}, f
	}
	return outcomeOf(ctx, in)
}
