package oracle

import (
	"cmp"
	"errors"
	"io"
	"runtime"
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	rt "github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasi/model"
)

// guestFD is the descriptor of the directory that the guest may change.
const guestFD = 3

// resetModel makes the model that of the guest that cfg describes.
func (h *Hostcalls) resetModel(cfg *wasi.Config) {
	world := &h.world
	*world = model.Config{OS: runtime.GOOS, Ours: true, Args: cfg.Args, Env: cfg.Env, Stdin: input, MaxFDs: cfg.MaxFDs, Quotas: cfg.Quotas,
		Protected: cfg.ProtectedMemory, Preopens: world.Preopens[:0]}
	_, plain := cfg.Stdin.(*strings.Reader)
	world.AnyStreams = !plain || cfg.Stdout != io.Discard || cfg.Stderr != io.Discard
	_, world.RandomEnds = cfg.Random.(*io.LimitedReader)
	if len(cfg.Listeners) > 0 {
		world.Listeners = []uint32{listenerFD}
		world.NoPeers = noPeers(cfg)
	}
	if max, bounded := cfg.Quotas.Max(policy.FDs); bounded {
		world.MaxFDs = int(min(max, uint64(world.MaxFDs)))
	}
	for i, p := range cfg.Preopens {
		access := p.Access
		if access == 0 {
			access = policy.Read | policy.Change
		}
		if p.ReadOnly {
			access &^= policy.Change
		}
		world.Preopens = append(world.Preopens, model.Preopen{FD: uint32(guestFD + i), Name: cmp.Or(p.Guest, p.Host), Access: access | policy.Stat,
			Tree: h.modelTree, Unknown: p.Host != h.box.Guest() && p.Host != h.box.Frozen()})
	}
	h.model.Reset(world)
}

// modelTree returns the tree of a preopened directory as the model wants it.
func modelTree(outside string) *model.Tree {
	var list []model.Entry
	for _, e := range hostcall.Tree(outside) {
		list = append(list, model.Entry(e))
	}
	return model.NewTree(list)
}

// judge asks the model whether what a call did is allowed. A call that ended the guest otherwise than by exiting is judged elsewhere.
func (g *guest) judge(c *hostcall.Call, args []uint64, err error) *Failure {
	o := &g.outcome
	*o = model.Outcome{Row: c.Row, Args: args, Before: g.shadow.want[:], After: g.memory, Fault: g.fault != nil && *g.fault}
	if o.Timed = g.clock != nil; o.Timed {
		o.Now, o.Slept = g.clock.before, g.clock.slept
	}
	var exit *rt.ExitError
	switch {
	case errors.As(err, &exit):
		o.Exited, o.Status = true, exit.Code
	case err != nil:
		return nil
	case len(args) < len(g.stack):
		o.Errno = wasi.Errno(g.stack[0])
	}
	return failureOf(g.model.Judge(o))
}

// forget tells the model what another program may have changed in the guest's directory.
func (g *guest) forget(a *hostcall.Action) {
	if a.Do.OnNetwork() {
		return
	}
	g.model.ForgetTree(0, a.Path)
	if a.Do == hostcall.Rename || a.Do == hostcall.Link {
		g.model.ForgetTree(0, a.To)
	}
}

// checkTree compares the guest's directory with the model.
func (g *guest) checkTree() *Failure {
	return failureOf(g.model.CheckTree(0, g.box.Guest(), g.box.tree.unchanged()))
}

// failureOf returns a breach as a failure.
func failureOf(b *model.Breach) *Failure {
	if b == nil {
		return nil
	}
	return &Failure{Key: "model: " + b.Key, Detail: b.Detail}
}
