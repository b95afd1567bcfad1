// Package all is the list of engines.
package all

import (
	"context"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/commandline"
	"github.com/touchstone-wasm/touchstone/differential/engine/raw"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero"
)

// Entry is an engine that can be asked for by name.
type Entry struct {
	Name string
	// Open starts the engine. The error is an *[engine.Unavailable] if this machine lacks what the engine needs. The context
	// bounds the building of the engine's worker, not the engine's life. Nil means that the engine is only timed.
	Open func(context.Context) (engine.Engine, error)
	// OpenTimer starts the engine to be timed; of the context and the error the same holds.
	OpenTimer func(context.Context) (timing.Timer, error)
	// Variants is what the engine can be asked for beyond its name; nil for nothing.
	Variants *Variants
	// ByName means that the engine is taken only if it is asked for.
	ByName bool
	// Note says what cannot be compared on the engine, if something cannot.
	Note string
}

// Variants are the releases and settings of an engine.
type Variants struct {
	// Module is the Go module whose releases can be asked for; empty if there is only one release.
	Module    string
	Settings  []engine.Setting
	Open      func(context.Context, engine.Variant) (engine.Engine, error)
	OpenTimer func(context.Context, engine.Variant) (timing.Timer, error)
}

// entry returns the entry of one variant.
func (vs *Variants) entry(v engine.Variant) Entry {
	return Entry{
		Name:      v.String(),
		Open:      func(ctx context.Context) (engine.Engine, error) { return vs.Open(ctx, v) },
		OpenTimer: func(ctx context.Context) (timing.Timer, error) { return vs.OpenTimer(ctx, v) },
		Variants:  vs,
	}
}

func plain(name string, vs *Variants) Entry { return vs.entry(engine.Variant{Name: name}) }

// The engines that have variants.
var (
	ofWasmtime = &Variants{wasmtime.Module, wasmtime.Settings, wasmtime.Open, wasmtime.OpenTimer}
	ofWasmer   = &Variants{wasmer.Module, wasmer.Settings, wasmer.Open, wasmer.OpenTimer}
	ofWazero   = &Variants{wazero.Module, nil, wazero.Open, wazero.OpenTimer}
)

// Engines lists the engines; everything that enumerates engines derives from it. The first is the one that the others are
// compared with.
var Engines = slices.Concat([]Entry{
	{Name: touchstone.Name, Open: touchstone.Open, OpenTimer: touchstone.OpenTimer},
	plain(wasmtime.Name, ofWasmtime),
	{Name: wasmtime.Pulley, OpenTimer: wasmtime.OpenPulleyTimer, ByName: true}, // compared, it is wasmtime:pulley
	plain(wasmer.Name, ofWasmer),
	plain(wazero.Compiler, ofWazero),
	plain(wazero.Interpreter, ofWazero),
}, commands(), gone())

// Compared returns the engines that can be compared with each other.
func Compared() []Entry {
	return slices.DeleteFunc(slices.Clone(Engines), func(e Entry) bool { return e.Open == nil })
}

// ByDefault returns the engines that are compared if none is asked for.
func ByDefault() []Entry {
	return slices.DeleteFunc(Compared(), func(e Entry) bool { return e.ByName })
}

// Timed returns what can be timed: the system calls of hostcalls without an engine, touchstone without its monitor and with a trace, and all of
// Engines; commands are timed whenever they are on PATH.
func Timed() []Entry {
	list := []Entry{{Name: raw.Go, OpenTimer: raw.OpenTimer}, {Name: raw.C, OpenTimer: raw.OpenCTimer}}
	for _, e := range Engines {
		if e.OpenTimer != nil {
			list = append(list, e)
		}
	}
	at := slices.IndexFunc(list, func(e Entry) bool { return commandline.IsCommand(e.Name) })
	return slices.Insert(list, at, Entry{Name: touchstone.Unmonitored, OpenTimer: touchstone.OpenUnmonitoredTimer},
		Entry{Name: touchstone.Traced, OpenTimer: touchstone.OpenTracedTimer})
}

// commands are the engines that are commands on PATH. A comparison starts a process for each module, so that they are compared by
// name only.
func commands() (list []Entry) {
	for i := range commandline.Commands {
		c := &commandline.Commands[i]
		list = append(list, Entry{Name: c.Name, Open: c.Open, OpenTimer: c.OpenTimer, ByName: true, Note: c.Note})
	}
	return list
}
