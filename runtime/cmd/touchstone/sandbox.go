package main

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos/sandbox"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// The modes of -sandbox.
const (
	sandboxAuto   = "auto"
	sandboxStrict = "strict"
	sandboxOff    = "off"
)

var sandboxModes = []string{sandboxAuto, sandboxStrict, sandboxOff}

// defaultSandbox is the mode without the flag. Tests of other things change it on hosts that cannot give all.
var defaultSandbox = sandboxAuto

// What the process of a guest needs besides what the guest may use.
const (
	ownDescriptors = 64      // the Go runtime, the trace, the directories of a path on their way
	ownAddresses   = 6 << 30 // the Go runtime reserves more than 1 GiB; the tables and the stack of a guest
	defaultMemory  = 4 << 30 // of -max-memory
	perModuleByte  = 64      // of compiled code and what it is made with
	perTableElem   = 2 * 16  // a table that grows is copied
)

// confine takes from this process what the guest does not need. The error says what the host could not give, in strict mode.
func (g *guest) confine(mode string, s streams) error {
	memory := uint64(g.world.limits.maxMemory)
	if memory == 0 {
		memory = defaultMemory
	}
	systems, source := []*wasi.System{g.system}, uint64(len(g.source))
	for _, l := range g.links {
		systems, source = append(systems, l.system), source+uint64(len(l.source))
	}
	cfg := &sandbox.Config{
		Descriptors: uint64(len(systems))*wasi.DefaultMaxFDs + ownDescriptors,
		// A memory that grows is copied, so that there are two for a moment.
		AddressSpace: ownAddresses + uint64(len(systems))*2*memory + perModuleByte*source + perTableElem*min(g.world.limits.maxTable, 1<<40) +
			2*min(uint64(g.world.limits.maxStack), 1<<40),
	}
	for _, system := range systems {
		for fd, access := range system.Roots() {
			cfg.Dirs = append(cfg.Dirs, sandbox.Dir{FD: fd, Access: access})
		}
	}
	cfg.Network = g.world.policy.Networked()
	gaps := sandbox.Enter(cfg)
	if mode == sandboxStrict && len(gaps) > 0 {
		return fmt.Errorf("-sandbox strict: this host cannot give %s", gaps[0])
	}
	for _, gap := range gaps {
		report(s.err, fmt.Sprintf("-sandbox auto: going on without %s", gap))
	}
	return nil
}
