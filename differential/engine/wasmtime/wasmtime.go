// Package wasmtime is the engine Wasmtime, through its Go binding in a worker process.
package wasmtime

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// The engines' names in the list of engines: the optimising compiler Cranelift, and the portable interpreter Pulley as it is timed.
const (
	Name   = "wasmtime"
	Pulley = "wasmtime-pulley"
)

// Module is the Go binding that the worker's source imports.
const Module = "github.com/bytecodealliance/wasmtime-go/v42"

// The settings.
const (
	OptNone        = "opt=none"
	OptSpeed       = "opt=speed"
	OptSize        = "opt=speed_and_size"
	TargetBaseline = "target=baseline"
	TargetPulley   = "pulley"
	NaNCanonical   = "nan=canonical"
)

// Settings are the engine's settings.
var Settings = []engine.Setting{
	{Name: OptNone, Sets: "opt", Doc: "Cranelift does not optimise"},
	{Name: OptSpeed, Sets: "opt", Doc: "Cranelift optimises for speed, as it does by default"},
	{Name: OptSize, Sets: "opt", Doc: "Cranelift optimises for speed and size"},
	{Name: TargetBaseline, Sets: "target", Doc: "no instructions of the processor beyond those that every one of its architecture has"},
	{Name: TargetPulley, Sets: "target", Doc: "the portable interpreter Pulley runs what Cranelift makes"},
	{Name: NaNCanonical, Sets: "nan", Doc: "NaNs are made canonical"},
}

// Open starts the engine.
func Open(ctx context.Context, v engine.Variant) (engine.Engine, error) {
	return worker.OpenVariant(ctx, v, spec)
}

// OpenTimer starts the engine to be timed.
func OpenTimer(ctx context.Context, v engine.Variant) (timing.Timer, error) {
	return worker.OpenVariantTimer(ctx, v, spec)
}

// OpenPulleyTimer starts the interpreter to be timed.
func OpenPulleyTimer(ctx context.Context) (timing.Timer, error) {
	s, err := spec(engine.Variant{Name: Name, Settings: []string{TargetPulley}})
	s.Name = Pulley
	if err != nil {
		return nil, err
	}
	return worker.OpenTimer(ctx, s)
}

func spec(v engine.Variant) (worker.Spec, error) {
	release, err := worker.NewRelease(v, Module)
	return worker.Spec{
		Name:    v.String(),
		Program: Name,
		Package: "github.com/touchstone-wasm/touchstone/differential/engine/wasmtime/worker",
		Args:    v.Settings,
		Release: release,
		Cgo:     true,
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{true, true},
	}, err
}
