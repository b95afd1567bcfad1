// Package module generates WebAssembly modules from bytes: valid by construction, terminating, and observable.
//
// Every byte string gives a module, and the same bytes give the same module. A module exports its memory, tables and globals,
// and one entry point without parameters for each of its functions, so that the effect of everything that it
// computes can be compared between engines.
package module

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
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
	// Edge makes most of the module of probes: single instructions, pairs and long chains, on operands of all classes that come
	// from the edges of memory and go there. The tape chooses whether operands may trap.
	Edge
	// Invalid makes a module and damages it in one or two places, so that most are invalid.
	Invalid

	numModes = iota
)

var modeNames = [numModes]string{"mixed", "no-trap", "traps", "edge", "invalid"}

// String returns the name of the mode.
func (m Mode) String() string { return modeNames[m] }

// Modes returns the names of all modes.
func Modes() []string { return modeNames[:] }

// ParseMode returns the mode of a name.
func ParseMode(name string) (Mode, error) {
	if i := slices.Index(modeNames[:], name); i >= 0 {
		return Mode(i), nil
	}
	return 0, fmt.Errorf("%q is none of %s", name, strings.Join(modeNames[:], ", "))
}

// Options says what modules to generate. The zero value is the default.
type Options struct {
	Mode Mode
	// RawNaN leaves the NaNs of arithmetic as they come. Their bits differ between engines and processors
	// (specification section 4.3.3), so by default a NaN is replaced by the canonical one where it arises. Loads, constants,
	// copysign and the like keep their bits in both cases.
	RawNaN bool
	// Imports lets modules import functions of the module "host": see [HostModule].
	Imports bool
	// State lets a module import its memory, its table of calls and the globals that every module has, from the module "state": see
	// [HostState].
	State bool
	// ExternSegments lets modules have element segments of externref. By default they have none: wazero 1.12.0 treats
	// passive ones as dropped, and Wasmer 2.0 cannot compile active ones, which would hide what else such modules do.
	ExternSegments bool
	// Hostcalls lets modules import the hostcalls of WASI and mix calls of them with what they compute. It says what paths calls try
	// besides those in the tree that package hostcall describes. nil means none.
	Hostcalls *hostcall.Options
	// Features are the proposals that modules may use besides those that every engine has: [wasm.SIMD], [wasm.TailCall] and
	// [wasm.ExtendedConst]; others are ignored. A tape gives another module with each set.
	Features wasm.FeatureSet
	// Fuel bounds the function entries and loop iterations of each call of an entry point; the guest counts them
	// itself. 0 means 200.
	Fuel uint32

	unsteered bool // no statement is a probe: to measure what others miss
}

// choose returns whether m lets operands trap for a tape whose first byte is flags: NoTrap or Traps.
func (m Mode) choose(flags byte) Mode {
	switch {
	case m == NoTrap || m == Traps:
		return m
	case m == Edge && flags&1 == 1, flags&3 == 3:
		return Traps
	}
	return NoTrap
}

// isEdge returns whether m makes most of a module of probes: of the mixed ones, every fourth.
func (m Mode) isEdge(flags byte) bool { return m == Edge || m == Mixed && flags&0x60 == 0x60 }

// ModeOf returns whether the code that Generate makes of data may trap: [NoTrap] or [Traps].
func ModeOf(data []byte, opts Options) Mode {
	t := tape.New(data)
	t.Frame()
	return opts.Mode.choose(t.Byte())
}
