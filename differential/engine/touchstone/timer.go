package touchstone

import (
	"context"
	"net/netip"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// The names in the list of what is timed of this engine in other states: without the monitor of hostcalls, and with a trace of all
// hostcalls and their effects, which is formatted and thrown away.
const (
	Unmonitored = "unmonitored"
	Traced      = "traced"
)

// OpenTimer starts the engine to be timed, in a process of its own as all others.
func OpenTimer(ctx context.Context) (timing.Timer, error) { return worker.OpenTimer(ctx, spec(Name)) }

// OpenUnmonitoredTimer starts the engine without the monitor, for kernels that make hostcalls. It exists so that the monitor's share
// of the time is known: only a build with a tag of its own is without it.
func OpenUnmonitoredTimer(ctx context.Context) (timing.Timer, error) {
	s := spec(Unmonitored)
	s.Tags = "bench_unmonitored"
	t, err := worker.OpenTimer(ctx, s)
	if err != nil {
		return nil, err
	}
	return hostcallTimer{t}, nil
}

// OpenTracedTimer starts the engine with a trace, for kernels that make hostcalls.
func OpenTracedTimer(ctx context.Context) (timing.Timer, error) {
	t, err := worker.OpenTimer(ctx, spec(Traced))
	if err != nil {
		return nil, err
	}
	return hostcallTimer{t}, nil
}

// PeerRules is what a guest may do on the network whose peer is at an address: connect to it.
func PeerRules(peer netip.AddrPort) []policy.NetRule {
	return []policy.NetRule{{Dir: policy.Out, Proto: policy.TCP, Hosts: policy.Hosts{Prefix: netip.PrefixFrom(peer.Addr(), peer.Addr().BitLen())},
		Ports: policy.Ports{First: peer.Port(), Last: peer.Port()}}}
}

func spec(name string) worker.Spec {
	return worker.Spec{
		Name:    name,
		Package: "github.com/touchstone-wasm/touchstone/differential/engine/touchstone/worker",
		Args:    []string{name},
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{true, false},
	}
}

// hostcallTimer refuses kernels without hostcalls.
type hostcallTimer struct{ timing.Timer }

// Prepare implements [timing.Timer].
func (t hostcallTimer) Prepare(ctx context.Context, k *timing.Kernel) error {
	if k.Dir == "" {
		return &timing.Inapplicable{Reason: "there are no hostcalls to monitor"}
	}
	return t.Timer.Prepare(ctx, k)
}
