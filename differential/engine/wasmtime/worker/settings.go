//go:build cgo

package main

import (
	"fmt"
	"runtime"
	"slices"

	wt "github.com/bytecodealliance/wasmtime-go/v42"

	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
)

// pulley is the target whose code Wasmtime interprets.
const pulley = "pulley64"

// settings are what the engine's settings do.
var settings = map[string]func(*wt.Config) error{
	wasmtime.OptNone:        optLevel(wt.OptLevelNone),
	wasmtime.OptSpeed:       optLevel(wt.OptLevelSpeed),
	wasmtime.OptSize:        optLevel(wt.OptLevelSpeedAndSize),
	wasmtime.TargetBaseline: func(c *wt.Config) error { return try(c, "SetTarget", triple()) },
	wasmtime.TargetPulley:   func(c *wt.Config) error { return try(c, "SetTarget", pulley) },
	wasmtime.NaNCanonical:   func(c *wt.Config) error { return try(c, "SetCraneliftNanCanonicalization", true) },
}

func optLevel(l wt.OptLevel) func(*wt.Config) error {
	return func(c *wt.Config) error {
		c.SetCraneliftOptLevel(l)
		return nil
	}
}

// triple names this machine's architecture and system. Cranelift asks the processor what it can only if no target is set.
func triple() string {
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	system := map[string]string{"linux": "unknown-linux-gnu", "darwin": "apple-darwin"}[runtime.GOOS]
	return arch + "-" + system
}

// newEngine makes an engine of a configuration to which settings are applied.
func newEngine(c *wt.Config, names []string) (*wt.Engine, error) {
	for _, name := range names {
		apply := settings[name]
		if apply == nil {
			return nil, fmt.Errorf("unknown setting %q", name)
		}
		if err := apply(c); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	eng := wt.NewEngineWithConfig(c)
	if asked := slices.Contains(names, wasmtime.TargetPulley); isPulley(eng) != asked {
		return nil, fmt.Errorf("settings %q, and the engine says that it interprets: %v", names, isPulley(eng))
	}
	return eng, nil
}
