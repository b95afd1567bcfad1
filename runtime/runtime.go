// Package runtime compiles WebAssembly modules to register code and runs them.
//
// A [Runtime] is what the specification calls a store: instances that are linked with each other belong to one, and
// live as long as it does. A [Module] is compiled once and instantiated as often as wanted; a [Linker] holds what
// imports resolve to. The package knows nothing of WASI: hostcalls are host functions in a Linker.
//
// A Runtime, its instances and everything that they own are for one goroutine at a time; a Module may be shared.
//
// Whatever bytes a guest is made of, it cannot crash, hang or exhaust the host: calls end with a [Trap] when the limits of
// [Config] or the context say so.
package runtime

import "context"

// Config bounds what guests may use. The zero value means the defaults.
type Config struct {
	// MaxMemoryBytes bounds each memory; growth beyond it fails as the specification allows. 0 means 4 GiB.
	MaxMemoryBytes uint64
	// MaxTableElems bounds all tables of a Runtime together; growth beyond it fails as the specification allows. 0 means
	// 10 000 000.
	MaxTableElems uint64
	// MaxInstances bounds the instances of one Runtime. 0 means 10 000.
	MaxInstances int
	// MaxCallDepth bounds the calls in progress, those between instances and back from the host included; beyond it the guest
	// traps with StackExhausted. 0 means 65 536.
	MaxCallDepth int
	// MaxStackBytes bounds the values of all calls in progress; beyond it the guest traps with StackExhausted. A call takes 8
	// bytes for each local and for each operand of the highest operand stack of the function, 16 for a v128, less its
	// arguments, which it shares with the caller: the same on every host and in every way to compile. 0 means 16 MiB.
	MaxStackBytes int
	// Fuel bounds the taken branches and calls of each call from the host; beyond it the guest traps with FuelExhausted.
	// 0 means no bound.
	Fuel uint64
}

// HostFunc is a function of the host. On entry stack holds the parameters, one slot each, i32 and f32 zero-extended, a v128 in two,
// the low half first; before it returns, the function stores the results from stack[0] on. There are as many slots as
// the parameters or the results take, whichever take more.
// caller is the instance whose code made the call. An error ends the guest: the call from the host returns it
// inside a [HostError]. A panic of a host function goes through to the caller of the instance.
type HostFunc func(ctx context.Context, caller *Instance, stack []uint64) error
