package oracle

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// TestBacklog: a guest that makes the backlog of the listener small keeps neither the host that dials, for the minutes that its system
// would try again, nor the guests that come later from connections.
func TestBacklog(t *testing.T) {
	n, err := newLoopback()
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	calls, err := hostcall.Parse("sock_listen.wasmedge(0x5, 0x0)\n")
	if err != nil {
		t.Fatal(err)
	}
	guest := func() int {
		n.hangUp()
		if !n.grant(new(wasi.Config), calls) {
			t.Fatal("a guest that listens gets no network")
		}
		for range 4 {
			n.dial()
		}
		return len(n.dialed)
	}
	if got := guest(); got != 4 {
		t.Fatalf("the host made %d connections of 4 to a listener as it is in the beginning", got)
	}
	n.hangUp()
	n.raw.Control(func(listener uintptr) {
		n.drain(int(listener))
		err = unix.Listen(int(listener), 0)
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 4 { // of which the listener keeps the first, or what the system thinks right
		n.dial()
	}
	if got := guest(); got != 4 {
		t.Errorf("the host made %d connections of 4 after a guest that wanted a backlog of 0", got)
	}
}
