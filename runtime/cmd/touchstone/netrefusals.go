package main

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// maxNetRefusals bounds the refusals that are shown.
const maxNetRefusals = 5

// netRefusals keeps what of the network guests were refused, each once.
type netRefusals struct {
	mu   sync.Mutex // a guest that was left behind in a system call may come back while the command ends
	list []netRefused
}

type netRefused struct {
	module string
	policy.NetRefusal
}

// add takes in a refusal of a module, or of the program if the name is empty.
func (l *netRefusals) add(module string, r *policy.NetRefusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := (netRefused{module, *r}); !slices.Contains(l.list, n) && len(l.list) < maxNetRefusals {
		l.list = append(l.list, n)
	}
}

// print says what of the network was refused, and how to allow it.
func (l *netRefusals) print(w io.Writer, path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.list {
		r, hint := &l.list[i], ""
		if rule, ok := r.Missing(); ok {
			hint = fmt.Sprintf(" (-%s '%s' allows it)", flagName("net", r.module), rule)
		} else if r.Dir == 0 {
			hint = fmt.Sprintf(" (-%s 'allow out %s HOST:PORTS' would allow a part of it)", flagName("net", r.module), r.Proto)
		}
		from := path
		if r.module != "" {
			from += fmt.Sprintf(": module %q", r.module)
		}
		report(w, from+": "+r.String()+hint)
	}
}

// announce says which ports the host chose for listeners.
func announce(w io.Writer, listeners []wasi.Listener, addrs []netip.AddrPort) {
	for i, l := range listeners {
		if l.Addr.Port() == 0 {
			report(w, "listening on "+addrs[i].String())
		}
	}
}
