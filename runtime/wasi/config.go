package wasi

import (
	"context"
	"io"
	"net/netip"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
)

// Limits of one guest. The counts come from POSIX (IOV_MAX, PATH_MAX) and are part of the interface: a call above them
// fails with EINVAL or ENAMETOOLONG.
const (
	// MaxIovecs is the largest number of buffers that one call may name.
	MaxIovecs = 1024
	// MaxPath is the size in bytes that a path must stay below, so that it fits the host's PATH_MAX with its end.
	MaxPath = 4096
	// MaxSubscriptions is the largest number of subscriptions of one poll_oneoff.
	MaxSubscriptions = 4096
	// DefaultMaxFDs is the number of descriptors that a guest may have open if [Config] does not say otherwise.
	DefaultMaxFDs = 1024
)

// Preopen is a directory of the host that a guest finds open, from descriptor 3 on in the order of [Config].
type Preopen struct {
	// Host is the directory's path on the host. Symbolic links in it are followed: it is the embedder's.
	Host string
	// Dir is the directory itself, opened before; nil means that the System opens it. Host is then only its name.
	Dir *Directory
	// Guest is the name under which the guest sees the directory, for example "/" or "data". Empty means Host.
	Guest string
	// Access is what may be done below the directory, and looking at metadata always; the rest fails with EPERM. 0 means
	// everything.
	Access policy.Access
	// ReadOnly takes every change away from Access: opening for writing, creating, truncating, deleting, renaming and
	// setting times fail with EPERM.
	ReadOnly bool
}

// granted returns what may be done below the directory.
func (p *Preopen) granted() policy.Access {
	access := p.Access
	if access == 0 {
		access = policy.Read | policy.Change
	}
	if p.ReadOnly {
		access &^= policy.Change
	}
	return access | policy.Stat
}

// Config is the world that one guest sees. The zero value is a guest without arguments, environment, input,
// directories and network, whose output is discarded.
type Config struct {
	// Args are the program's arguments; Args[0] is its name. An argument must not contain a NUL byte.
	Args []string
	// Env is the environment, each entry in the form "KEY=VALUE" and without a NUL byte.
	Env []string

	// Stdin is descriptor 0; nil means an input that is at its end. A *os.File is read by system calls on a duplicate of
	// its descriptor, so that polling, seeking and terminals work.
	Stdin io.Reader
	// Stdout and Stderr are descriptors 1 and 2; nil means that output is discarded. A *os.File is written by system
	// calls on a duplicate of its descriptor. A Writer that is not a *os.File is called from one goroutine at a time, but
	// may still be in a call after the guest ended if the guest was cancelled while the Writer was blocked.
	Stdout, Stderr io.Writer

	// Preopens are the directories that the guest may use.
	Preopens []Preopen

	// ProtectedMemory are ranges of the guest's memory that hostcalls do not write: a call that would is EFAULT.
	ProtectedMemory []policy.Range
	// Net are the rules by which the guest may use the network; what none of them allows is refused with EACCES, or ENOTCAPABLE if
	// there is none for the protocol. Names in them are resolved once, by [New].
	Net []policy.NetRule
	// Lookup resolves the names in Net; nil means the host's resolver.
	Lookup func(ctx context.Context, name string) ([]netip.Addr, error)
	// Listeners are sockets that accept connections and that the guest finds open.
	Listeners []Listener
	// NetTimeout bounds how long one call waits for the network; then it returns ETIMEDOUT. A call waits for
	// whole milliseconds of it, with less not at all. 0 means no bound but the context's.
	NetTimeout time.Duration

	// NetRefused is called when the rules or the listeners keep the guest from using the network; nil means that nobody is.
	NetRefused func(*policy.NetRefusal)

	// Trace receives one line a hostcall, in the form that package trace describes; nil means no trace. A Trace that
	// blocks costs events, never the guest's progress: what was lost is counted and said in the trace. [System.Close]
	// waits for the rest to be written.
	Trace io.Writer

	// Events is called at the end of each hostcall, with what its line says, before the guest goes on; nil means that nobody is. The
	// event is valid during the call.
	Events func(*trace.Event)

	// TraceEffects adds to each line what the call did, in the notation of package policy.
	TraceEffects bool

	// Clock is what the guest's clocks show; nil means the host's clocks. Tests and fuzzers set it, so that runs are
	// repeatable and sleep no real time.
	Clock Clock
	// Random is where random_get takes its bytes; nil means the host's cryptographic source. A guest that reads beyond
	// the end gets EIO.
	Random io.Reader

	// MaxFDs bounds the descriptors that are open at the same time, the standard streams and preopens included.
	// 0 means DefaultMaxFDs.
	MaxFDs int

	// Quotas bound what the guest uses up. A guest that asks for more gets EDQUOT; ENOSPC for the standard streams, EMFILE for
	// descriptors and sockets. The quota of descriptors bounds MaxFDs, too.
	Quotas policy.Quotas
	// Refused is called when a hostcall fails, or a write is cut, because the preopens or quotas do not allow it; nil means that nobody
	// is. It is called in the guest's goroutine and may keep the refusal. A guest can make it be called very often.
	Refused func(*policy.Refusal)

	// Strict ends a guest with a *ContractError if a handler returns an errno that its row does not declare, and makes the
	// monitor ask the host where what it found for a path lies, which takes two more system calls for each path. Nobody may
	// rename the preopens meanwhile. Tests and fuzzers set it; without it the errno is counted, see [System.Undeclared], and
	// passed on to the guest.
	Strict bool
}

// Clock is a source of time for a guest.
type Clock interface {
	// Now returns the time of a clock in nanoseconds: since 1970-01-01T00:00:00Z for [ClockRealtime], since an arbitrary
	// moment for [ClockMonotonic], which never goes back.
	Now(id ClockID) uint64
	// Resolution returns the resolution of a clock in nanoseconds, at least 1.
	Resolution(id ClockID) uint64
	// Sleep returns after d nanoseconds of the monotonic clock, or earlier with ctx's error.
	Sleep(ctx context.Context, d uint64) error
}

// ClockID names a clock.
type ClockID uint32

// The clocks of preview 1. The CPU-time clocks are refused with EINVAL: they would be a fine-grained side channel.
const (
	ClockRealtime ClockID = iota
	ClockMonotonic
	ClockProcessCPUTime
	ClockThreadCPUTime
)
