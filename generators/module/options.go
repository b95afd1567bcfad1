// Package module generates WebAssembly modules from bytes: valid by construction, terminating, and observable.
//
// Every byte string gives a module, and the same bytes give the same module. A module exports its memory, tables and globals,
// and one entry point without parameters for each of its functions, so that the effect of everything that it
// computes can be compared between engines.
package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Mode says whether generated code may trap.
type Mode uint8

// The modes.
const (
	// Mixed lets the tape choose: three of four modules do not trap.
	Mixed Mode = iota
	// NoTrap guards every operand that could trap, so that execution goes through all of the code.
	NoTrap
	// Traps leaves some operands unguarded.
	Traps
)

// Options says what modules to generate. The zero value is the default.
type Options struct {
	Mode Mode
	// RawNaN leaves the NaNs of arithmetic as they come. Their bits differ between engines and processors
	// (specification section 4.3.3), so by default a NaN is replaced by the canonical one where it arises. Loads, constants,
	// copysign and the like keep their bits in both cases.
	RawNaN bool
	// Imports lets modules import functions of the module "host": see [HostModule].
	Imports bool
	// ExternSegments lets modules have element segments of externref. By default they have none: wazero 1.12.0 treats
	// passive ones as dropped, and Wasmer 2.0 cannot compile active ones, which would hide what else such modules do.
	ExternSegments bool
	// Features are the proposals that modules may use besides those that every engine has: [wasm.SIMD], [wasm.TailCall] and
	// [wasm.ExtendedConst]; others are ignored. A tape gives another module with each set.
	Features wasm.FeatureSet
	// Fuel bounds the function entries and loop iterations of each call of an entry point; the guest counts them
	// itself. 0 means 200.
	Fuel uint32
}

// choose returns what m means for a tape whose first byte is flags.
func (m Mode) choose(flags byte) Mode {
	switch {
	case m != Mixed:
		return m
	case flags&3 == 3:
		return Traps
	}
	return NoTrap
}

// ModeOf returns whether the code that Generate makes of data may trap: [NoTrap] or [Traps].
func ModeOf(data []byte, opts Options) Mode {
	t := tape.New(data)
	t.Frame()
	return opts.Mode.choose(t.Byte())
}
