package oracle

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasi/model"
)

// Hostcalls runs sequences of hostcalls in a sandbox and on the loopback interface.
type Hostcalls struct {
	box   *Sandbox
	guest *runtime.Instance // the same for all sequences, reset for each
	sys   *wasi.System      // of the current sequence
	only  string
	net   *loopback
	ports []uint64     // of the network, and
	hosts []netip.Addr // those of its rules' edges
	fds   *Descriptors
	// streams are the standard streams of some sequences.
	streams *streams
	open    OpenSet // descriptors that were open after the last sequence
	rows    map[*wasi.Hostcall]*entry

	deadlines deadlines
	shadow    shadow      // of the guest's memory
	clean     bool        // the guest's memory is what the shadow says
	modelTree *model.Tree // of each preopened directory
	world     model.Config
	model     model.Model // of what calls may do in that world

	returned func(wasi.Errno) // is told what each call returned; may be nil
}

// entry is what is needed to make a hostcall.
type entry struct {
	id        string
	function  *runtime.Func
	witnessed [wasi.ENOTCAPABLE + 1]int // how often it returned each errno
}

// NewHostcalls returns an oracle that uses box. Most calls are of the hostcall named only, if it is not empty.
func NewHostcalls(box *Sandbox, only string) (*Hostcalls, error) {
	if only != "" && hostcall.Find(only) == nil {
		return nil, fail("hostcall: unknown name", "%q is not in the table of hostcalls", only)
	}
	net, err := newLoopback()
	if err != nil {
		return nil, err
	}
	h := &Hostcalls{box: box, only: only, net: net, ports: net.ports(), hosts: net.hosts(), fds: NewDescriptors(),
		modelTree: modelTree(box.Outside())}
	if h.streams, err = newStreams(); err != nil {
		return nil, errors.Join(err, net.close(), h.fds.Close())
	}
	if h.guest, err = h.instantiate(); err == nil {
		h.open, err = h.fds.Open()
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.rows = map[*wasi.Hostcall]*entry{}
	for row := range wasi.Hostcalls() {
		h.rows[row] = &entry{id: row.ID(), function: h.guest.Func(row.ID())}
	}
	return h, nil
}

// Witnessed returns how often calls returned what, by hostcall and errno: a test of a denial is worth something only if the same
// call also succeeds.
func (h *Hostcalls) Witnessed() map[string]map[wasi.Errno]int {
	all := map[string]map[wasi.Errno]int{}
	for _, row := range h.rows {
		all[row.id] = map[wasi.Errno]int{}
		for errno, n := range row.witnessed {
			if n > 0 {
				all[row.id][wasi.Errno(errno)] = n
			}
		}
	}
	return all
}

// instantiate returns a guest whose hostcalls go to the System of the sequence that is current when they are made. An
// instance for each sequence would cost as much as its hostcalls.
func (h *Hostcalls) instantiate() (*runtime.Instance, error) {
	m, err := runtime.CompileModule(hostcall.Trampoline())
	if err != nil {
		return nil, err
	}
	var l runtime.Linker
	for row := range wasi.Hostcalls() {
		l.Overload(wasi.Module, row.Name, row.Type(), func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
			return h.sys.Func(row)(ctx, caller, stack)
		})
	}
	return runtime.New(nil).Instantiate(context.Background(), m, &l)
}

// Close closes the listener and the streams.
func (h *Hostcalls) Close() error {
	h.deadlines.close()
	return errors.Join(h.net.close(), h.streams.close(), h.fds.Close())
}

// Run runs the sequence that a tape describes, some under a policy of few access modes and small quotas, and asserts: no call
// panics, blocks, breaks a rule of the monitor or returns an errno that its row does not declare; memory changes only where the
// call may write; what each call returns, and the files in the end, are what package model allows; nothing outside the preopened
// directories is touched, nor anything in the read-only one; and no descriptor of the host is left open.
func (h *Hostcalls) Run(ctx context.Context, tape []byte) *Failure {
	calls := hostcall.Generate(tape, hostcall.Options{Only: h.only, Outside: h.box.Outside(), Hosts: h.hosts})
	return h.run(ctx, calls, setupOf(tape), nil)
}

// Program is Run for a sequence that somebody wrote, in a world that setup chooses, with a trace to w.
func (h *Hostcalls) Program(ctx context.Context, calls []hostcall.Call, setup Setup, w io.Writer) *Failure {
	return h.run(ctx, calls, setup, w)
}

// run runs a sequence, with a trace to w unless it is nil. A failure has the setup and the text form of the sequence in its detail.
func (h *Hostcalls) run(ctx context.Context, calls []hostcall.Call, setup Setup, w io.Writer) *Failure {
	f := h.twice(ctx, calls, setup, w)
	if f != nil {
		f.Detail += fmt.Sprintf("\n# -setup %#x\n%s", uint64(setup), hostcall.Format(calls))
	}
	return f
}

// twice runs a sequence, mostly once. What was open after the sequence before stands for what is
// open before this one. If that is not so, it is run again.
func (h *Hostcalls) twice(ctx context.Context, calls []hostcall.Call, setup Setup, w io.Writer) *Failure {
	var before OpenSet
	for range 2 {
		if f := h.once(ctx, calls, setup, w); f != nil {
			return f
		}
		var err error
		before = h.open
		if h.open, err = h.fds.Open(); err != nil {
			return fail("sandbox: descriptors cannot be listed", "%v", err)
		}
		if before == h.open {
			return nil
		}
	}
	return fail("hostcall: descriptors of the host are left open", "before %v, after %v", before, h.open)
}

// once runs calls in a sandbox as it should be and looks at it afterwards.
func (h *Hostcalls) once(ctx context.Context, calls []hostcall.Call, setup Setup, w io.Writer) *Failure {
	if err := h.box.Reset(); err != nil {
		return fail("sandbox: cannot be built", "%v", err)
	}
	if f := h.sequence(ctx, calls, setup, w); f != nil {
		return f
	}
	if f := h.net.check(); f != nil {
		return f
	}
	return h.box.Check()
}

// sequence runs calls as one guest.
func (h *Hostcalls) sequence(ctx context.Context, calls []hostcall.Call, setup Setup, w io.Writer) (f *Failure) {
	if s, yes := setup.spoilt(); yes {
		if f := h.refuses(s); f != nil {
			return f
		}
	}
	defer h.net.hangUp()
	cfg, fds := h.config(calls)
	used, err := setup.apply(cfg, h.streams)
	defer func() {
		for _, c := range used {
			c.Close()
		}
	}()
	if err != nil {
		return fail("sandbox: no streams", "%v", err)
	}
	if w != nil {
		cfg.Trace = w
	}
	if setup.walks() {
		defer wasi.ResolveByWalk()()
	}
	told := newEvents(cfg)
	sys, err := wasi.New(cfg)
	if err != nil {
		return fail("wasi: no system", "%v", err)
	}
	defer func() {
		if err := sys.Close(); err != nil && f == nil {
			f = fail("wasi: close fails", "%v", err)
		}
	}()
	if !h.clean || setup.resets() {
		if err := h.guest.Reset(ctx); err != nil {
			return fail("runtime: no reset", "%v", err)
		}
	}
	h.clean = false
	h.sys = sys
	g := h.newGuest(cfg, fds)
	g.told = told
	ctx = h.deadlines.context()
	if g.pipes = slices.ContainsFunc(calls, makesPipe); g.pipes {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, pipeDeadline)
		defer cancel()
	}
	for i := range calls {
		errno, f := g.call(ctx, &calls[i])
		if f != nil {
			return f
		}
		if g.ended {
			break
		}
		if h.returned != nil {
			h.returned(errno)
		}
	}
	if f := g.look(ctx, calls); f != nil {
		return f
	}
	if n := sys.Undeclared(); n != 0 {
		return fail("hostcall: undeclared errno", "%d of them, and none was seen", n)
	}
	if !g.shadow.all() {
		return fail("hostcall: writes elsewhere", "some call did, at %#x", g.shadow.differs())
	}
	h.clean = !g.ended
	return g.checkTree()
}

// newGuest returns the state of a sequence at its beginning.
func (h *Hostcalls) newGuest(cfg *wasi.Config, fds []uint64) *guest {
	h.resetModel(cfg)
	g := &guest{box: h.box, rows: h.rows, shadow: &h.shadow, fds: fds, standard: len(fds),
		sockets: slices.Clone(fds[5:]), ports: h.ports, model: &h.model}
	if len(cfg.Listeners) > 0 {
		g.net = h.net
		g.hearsAll = len(cfg.Net) > 0 && &cfg.Net[0] == &h.net.rules[0]
	}
	g.clock, _ = cfg.Clock.(*clock)
	g.sleep, _ = cfg.Quotas.Max(policy.SleepTime)
	if _, bounded := cfg.Quotas.Max(policy.SleepTime); !bounded {
		g.sleep = math.MaxUint64
	}
	g.mostSleep = g.sleep
	g.memory, _ = h.guest.Memory().Slice(0, hostcall.MemorySize)
	g.shadow.begin(g.memory, cfg.ProtectedMemory)
	return g
}

// config returns what a guest is given to make calls, and the descriptors that it finds open.
func (h *Hostcalls) config(calls []hostcall.Call) (*wasi.Config, []uint64) {
	cfg := &wasi.Config{
		Args: []string{"guest", "-x"}, Env: []string{"A=b", "LONG=0123456789"},
		Stdin: strings.NewReader(input), Stdout: io.Discard, Stderr: io.Discard,
		Preopens: h.box.Preopens(), Clock: new(clock), Random: wasi.SeededRandom(1), MaxFDs: maxFDs, Strict: true,
	}
	fds := []uint64{3, 4, 0, 1, 2}
	if h.net.grant(cfg, calls) {
		fds = append(fds, listenerFD)
	}
	return cfg, fds
}

// maxFDs is the number of descriptors that a guest may have; the lowest that is free is given first.
const maxFDs = 32

// listenerFD is the descriptor of the listener, in sequences with sockets: the one after the standard streams and the preopened
// directories.
const listenerFD = 5

// guestDirs are the preopened directories; the one that can be changed is tried more often.
var guestDirs = []uint64{3, 3, 3, 4}

// guest is the state of one sequence.
type guest struct {
	box     *Sandbox
	net     *loopback // nil if the guest has no network
	rows    map[*wasi.Hostcall]*entry
	memory  []byte
	shadow  *shadow
	model   *model.Model  // what calls may do
	outcome model.Outcome // of the call that was made
	fault   *bool         // whether a system call failed in the call that is made; nil if none is to
	fds     []uint64      // that the sequence has had, for its arguments
	// standard is the number of those that the sequence began with.
	standard int
	// sockets are those of fds that are or were sockets, and ports those where something is.
	sockets, ports []uint64
	hearing, heard bool   // what the host sent was received in this call, and at all
	hearsAll       bool   // the rules are those by which everybody may send to the guest
	clock          *clock // of the guest; nil if it is another
	sleep          uint64 // that the guest may have left in nanoseconds
	mostSleep      uint64 // that it began with
	told           *events
	ended          bool
	expected       expected
	pipes          bool // the host makes pipes, so that calls may wait

	args  []uint64 // of the call that is made
	stack []uint64 // for them and the result
}

// call lets the host do what it does before a call, and makes the call.
func (g *guest) call(ctx context.Context, c *hostcall.Call) (wasi.Errno, *Failure) {
	for i := range c.Before {
		g.act(&c.Before[i])
		g.forget(&c.Before[i])
	}
	switch {
	case c.Fault == nil:
		return g.make(ctx, c)
	case c.Fault.Kind == hostcall.Cancel:
		return g.withCancel(ctx, c)
	case c.Fault.Kind == hostcall.Distrust:
		return g.withDistrust(ctx, c)
	}
	return g.withFault(ctx, c)
}

// make makes one call and checks what it did. It returns what the call returned.
func (g *guest) make(ctx context.Context, c *hostcall.Call) (wasi.Errno, *Failure) {
	row, args := g.rows[c.Row], g.resolve(c)
	if !g.shadow.reach(c) {
		return 0, fail("hostcall: writes elsewhere", "a call before %s%x, at %#x", row.id, args, g.shadow.differs())
	}
	for _, w := range c.Writes {
		g.shadow.put(w.Addr, w.Data)
	}
	g.stack = append(append(g.stack[:0], args...), 0)
	if g.clock != nil {
		g.clock.begin()
	}
	g.told.begin()
	queue := g.queued(c, args)
	start := time.Now()
	err := row.function.CallStack(ctx, g.stack)
	if took := time.Since(start); took > callDeadline {
		return 0, fail("hostcall: blocks", "%s%x took %v", row.id, args, took)
	}
	judged := g.judge(c, args, err)
	if err == nil && g.stack[0] != uint64(wasi.ESUCCESS) {
		judged = cmp.Or(judged, g.kept(c, args))
	}
	g.hears(c)
	if !g.shadow.same(c.Out) {
		return 0, fail("hostcall: writes elsewhere", "%s%x: at %#x; it may write %v", row.id, args, g.shadow.differs(), c.Out)
	}
	errno := wasi.Errno(g.stack[0])
	if g.clock != nil && g.sleep != math.MaxUint64 { // else there is no quota
		if g.clock.slept > g.sleep {
			return 0, fail("hostcall: sleeps more than the quota", "%s%x: %d ns, %d are left", row.id, args, g.clock.slept, g.sleep)
		}
		g.sleep -= g.clock.slept
	}
	if f := g.clock.shown(c.Row, args, errno, g.memory); f != nil && err == nil {
		return 0, f
	}
	if f := g.told.check(c, args, errno, err != nil, g.memory); f != nil && judged == nil {
		judged = f
	}
	if err != nil {
		return 0, cmp.Or(g.stopped(c, args, err), judged)
	}
	if uint64(errno) != g.stack[0] || !c.Row.Declares(errno) {
		return 0, fail("hostcall: undeclared errno", "%s%x: %v", row.id, args, errno)
	}
	row.witnessed[errno]++
	if judged == nil && errno == wasi.ESUCCESS {
		g.succeeded(c, args)
		judged = cmp.Or(g.checkAddress(c, args), g.checkCut(c, args, queue))
	}
	return errno, judged
}

// kept asserts that a call which failed has stored no number and no structure: programs find there what they had.
func (g *guest) kept(c *hostcall.Call, args []uint64) *Failure {
	slot := 0
	for i := range c.Row.Params {
		k := c.Row.Params[i].Kind
		at, n := uint64(uint32(args[slot])), k.Size()
		slot += len(k.Core)
		if !k.IsResult() || at+n > uint64(len(g.memory)) || c.Overlaps(at, n) {
			continue
		}
		if !bytes.Equal(g.memory[at:at+n], g.shadow.want[at:at+n]) {
			return fail("hostcall: a call that fails stores a result", "%s%x: %x at %#x", c.Row.ID(), args, g.memory[at:at+n], at)
		}
	}
	return nil
}

// resolve returns the arguments as numbers: descriptors are those of the guest. The next call overwrites them.
func (g *guest) resolve(c *hostcall.Call) []uint64 {
	g.args = g.args[:0]
	for i := range c.Args {
		v := c.Args[i].Value
		if list := g.resources(c.Args[i].From); len(list) > 0 {
			v = list[v%uint64(len(list))]
		}
		g.args = append(g.args, v)
	}
	return g.args
}

// resources returns the descriptors that an argument is one of; none for numbers.
func (g *guest) resources(from hostcall.Resource) []uint64 {
	switch {
	case from == hostcall.Number:
		return nil
	case from == hostcall.DirFD:
		return guestDirs
	case from == hostcall.SocketFD:
		return g.sockets
	case from == hostcall.LastFD:
		return g.fds[len(g.fds)-1:]
	case from == hostcall.PeerPort:
		return g.ports
	case from == hostcall.OpenFD && len(g.fds) > g.standard:
		return g.fds[g.standard:]
	}
	return g.fds
}

// makesPipe reports whether the host makes a named pipe before the call.
func makesPipe(c hostcall.Call) bool {
	return slices.ContainsFunc(c.Before, func(a hostcall.Action) bool { return a.Do == hostcall.Fifo })
}

// stopped judges a call that did not return.
func (g *guest) stopped(c *hostcall.Call, args []uint64, err error) *Failure {
	var exit *runtime.ExitError
	var violation *policy.Violation
	var contract *wasi.ContractError
	switch {
	case g.expected.is(err):
		g.ended = true
		return nil
	case errors.As(err, &violation):
		return fail("hostcall: violation", "%s%x: %v", c.Row.ID(), args, err)
	case errors.As(err, &contract):
		return fail("hostcall: undeclared errno", "%s%x: %v", c.Row.ID(), args, err)
	case errors.As(err, &exit) && c.Row.Ops().Has(policy.Exit):
		g.ended = true
		g.rows[c.Row].witnessed[wasi.ESUCCESS]++
		return nil
	case errors.Is(err, context.DeadlineExceeded) && g.pipes:
		g.ended = true
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return fail("hostcall: blocks", "%s%x: %v", c.Row.ID(), args, err)
	}
	return fail("hostcall: ends the guest", "%s%x: %v", c.Row.ID(), args, err)
}

// succeeded keeps the descriptors that later calls can be made with.
func (g *guest) succeeded(c *hostcall.Call, args []uint64) {
	slot := 0
	for i := range c.Row.Params {
		p := &c.Row.Params[i]
		switch arg := args[slot]; p.Kind {
		case wasi.NewFD:
			g.fds = append(g.fds, arg)
			if slices.Contains(g.sockets, args[0]) {
				g.sockets = append(g.sockets, arg)
			}
		case wasi.FDOut:
			fd := uint64(binary.LittleEndian.Uint32(g.memory[arg:]))
			g.fds = append(g.fds, fd)
			if c.Row.Ops().Has(policy.SockOpen) {
				g.sockets = append(g.sockets, fd)
			}
		}
		slot += len(p.Kind.Core)
	}
}
