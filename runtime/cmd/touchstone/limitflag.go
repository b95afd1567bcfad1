package main

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// limitOptions are the flags that bound a module and its guest. What is 0 has the default.
type limitOptions struct {
	fuel          uint64
	maxMemory     byteSize
	maxTable      uint64
	maxStack      byteSize
	maxDepth      uint
	maxModuleSize byteSize
	module        moduleLimits
}

// declare declares the flags.
func (o *limitOptions) declare(fs *flag.FlagSet) {
	fs.Uint64Var(&o.fuel, "fuel", 0, "stop the guest after `N` taken branches and calls (default no bound)")
	fs.Var(&o.maxMemory, "max-memory", "bound each memory of the guest to `BYTES`; KiB, MiB and GiB may follow the number (default 4GiB)")
	fs.Uint64Var(&o.maxTable, "max-table", 0, "bound the elements of all tables of the guest to `N` (default 10000000)")
	fs.Var(&o.maxStack, "max-stack", "bound the locals and operands of all calls in progress to `BYTES` (default 16MiB)")
	fs.UintVar(&o.maxDepth, "max-depth", 0, "bound the calls in progress to `N` (default 65536)")
	fs.Var(&o.maxModuleSize, "max-module-size", "refuse a file of more than `BYTES` (default 1GiB)")
	fs.Var(&o.module, "limit", "bound what a module consists of, as `NAME=N`; may be repeated. The names and the defaults:\n"+limitNames())
}

// config returns the limits of the guest.
func (o *limitOptions) config() *runtime.Config {
	return &runtime.Config{MaxMemoryBytes: uint64(o.maxMemory), MaxTableElems: o.maxTable, MaxStackBytes: int(min(o.maxStack, 1<<40)),
		MaxCallDepth: int(min(o.maxDepth, 1<<30)), Fuel: o.fuel}
}

// modules returns the limits of the module.
func (o *limitOptions) modules() *wasm.ModuleLimits {
	limits := wasm.ModuleLimits(o.module)
	if o.maxModuleSize != 0 {
		limits[wasm.LimitBytes] = uint64(o.maxModuleSize)
	}
	return &limits
}

// moduleLimits collects the -limit flags.
type moduleLimits wasm.ModuleLimits

// String returns nothing: the usage shows the defaults.
func (*moduleLimits) String() string { return "" }

// Set sets one limit.
func (m *moduleLimits) Set(s string) error {
	name, number, _ := strings.Cut(s, "=")
	all := slices.Collect(wasm.AllLimits())
	i := slices.IndexFunc(all, func(l wasm.Limit) bool { return l.String() == name })
	if i < 0 {
		return fmt.Errorf("there is no limit %q; write NAME=N with one of the names in the help", name)
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || n == 0 {
		return fmt.Errorf("write %s=N with a positive number N", name)
	}
	if l := all[i]; l.Fixed() && n > l.Default() {
		return fmt.Errorf("%s can be lowered only: it is at most %d", name, l.Default())
	}
	m[all[i]] = n
	return nil
}

// limitNames lists the limits with their defaults, in lines of some names each.
func limitNames() string {
	var b strings.Builder
	line := 0
	for l := range wasm.AllLimits() {
		entry := fmt.Sprintf("%s=%d", l, l.Default())
		if line+len(entry) > 90 {
			b.WriteString("\n")
			line = 0
		} else if line > 0 {
			b.WriteString(" ")
		}
		b.WriteString(entry)
		line += 1 + len(entry)
	}
	return b.String()
}

// settingFlags are the flags for settings of the runtime.
var settingFlags = map[string]string{
	"MaxMemoryBytes": "-max-memory", "MaxTableElems": "-max-table", wasm.LimitBytes.String(): "-max-module-size",
}
