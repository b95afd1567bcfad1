package oracle

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// spoilt reports whether s chooses that the world of the sequence is also asked for with one thing in it that cannot be had, and which.
func (s Setup) spoilt() (*spoiling, bool) {
	const share = 64
	return &spoilings[uint64(s)/share%uint64(len(spoilings))], s != 0 && s%share == 5
}

// spoiling is what there is in a configuration that cannot be had.
type spoiling struct {
	what  string // that the error must name
	spoil func(*wasi.Config)
}

// closed is a file that is closed.
var closed = func() *os.File {
	r, w, err := os.Pipe()
	if err != nil {
		return nil // closed all the same
	}
	w.Close()
	r.Close()
	return r
}()

// spoilings are what can be wrong in a configuration. What comes before it in the order of [wasi.New] is opened by then.
var spoilings = []spoiling{
	{"arguments", func(c *wasi.Config) { c.Args = []string{"a\x00b"} }},
	{"environment", func(c *wasi.Config) { c.Env = []string{"A=1", "B=\x00"} }},
	{"MaxFDs", func(c *wasi.Config) { c.MaxFDs = 2 + len(c.Preopens) }},
	{"quota", func(c *wasi.Config) { c.Quotas.Bound(policy.FDs, 2) }},
	{"Stdin", func(c *wasi.Config) { c.Stdin = closed }},
	{"Stderr", func(c *wasi.Config) { c.Stderr = closed }},
	{"preopen", func(c *wasi.Config) { c.Preopens[1].Guest = "\xff" }},
	{"preopen", func(c *wasi.Config) { c.Preopens[1].Guest = strings.Repeat("x", wasi.MaxPath) }},
	{"preopen", func(c *wasi.Config) {
		c.Preopens[1].Dir, c.Preopens[1].Host = nil, filepath.Join(c.Preopens[1].Host, "nothing")
	}},
	{"listener", func(c *wasi.Config) { c.Listeners = []wasi.Listener{{}} }},
	{"listener", func(c *wasi.Config) { c.Listeners = []wasi.Listener{{File: closed}} }},
	{"listener", func(c *wasi.Config) { // of documentation (RFC 5737), which no host has
		c.Listeners = []wasi.Listener{{Addr: netip.MustParseAddrPort("192.0.2.1:0")}}
	}},
	{"no.test", func(c *wasi.Config) {
		c.Net = []policy.NetRule{{Dir: policy.Out, Proto: policy.TCP, Hosts: policy.Hosts{Name: "no.test"}}}
		c.Lookup = func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("there is no such name") }
	}},
}

// refuses asserts that there is no System for a configuration that cannot be had, that the error says which part of it, and that nothing is left
// open, which the oracle sees after the sequence.
func (h *Hostcalls) refuses(s *spoiling) *Failure {
	cfg, _ := h.config(nil)
	s.spoil(cfg)
	sys, err := wasi.New(cfg)
	switch {
	case err == nil:
		sys.Close()
		return fail("wasi: takes a configuration that cannot be had", "%s", s.what)
	case !strings.Contains(err.Error(), s.what):
		return fail("wasi: an error does not name its cause", "%q, not %q", err, s.what)
	}
	return nil
}
