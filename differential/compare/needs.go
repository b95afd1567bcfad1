package compare

import (
	"errors"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Proposal is an extension of WebAssembly that a module may need and an engine may lack.
type Proposal struct {
	Name string
	// Claimed reports whether an engine says that it supports the proposal. An engine that claims it and refuses
	// the module is compared all the same.
	Claimed func(engine.Features) bool
}

func (p *Proposal) reason() Reason { return Reason("needs " + p.Name) }

// lacks returns the first of the needs that f does not claim, or nil.
func lacks(f engine.Features, needs []Proposal) *Proposal {
	for i := range needs {
		if !needs[i].Claimed(f) {
			return &needs[i]
		}
	}
	return nil
}

func nobody(engine.Features) bool { return false }

// known lists the features of our own decoder that an engine may lack, our own among them, with their proposals.
var known = []struct {
	feature  wasm.Feature
	proposal Proposal
}{
	{wasm.SIMD, Proposal{"simd", func(f engine.Features) bool { return f.SIMD }}},
	{wasm.TailCall, Proposal{"tail-call", func(f engine.Features) bool { return f.TailCall }}},
	{wasm.ExtendedConst, Proposal{"extended-const", func(f engine.Features) bool { return f.ExtendedConst }}},
}

// byByte maps the byte at which our decoder must give up to the proposal that defined it.
// A module that is merely broken there too is refused by all engines, so that the guess does no harm.
var byByte = map[byte]Proposal{
	0xfe: {"threads", nobody},
	0x06: {"exceptions", nobody},
	0x08: {"exceptions", nobody},
	0x0a: {"exceptions", nobody},
	0x1f: {"exceptions", nobody},
	0x0d: {"exceptions", nobody},
	0xfb: {"gc", nobody},
	0x14: {"function-references", nobody},
	0x15: {"function-references", nobody},
	0x40: {"function-references", nobody}, // a table with an initial value
	0x63: {"function-references", nobody},
	0x64: {"function-references", nobody},
}

// byRule maps the rules of WebAssembly 2.0 that a later proposal lifted, by the words of the specification's tests.
var byRule = map[string]Proposal{
	"multiple memories": {"multi-memory", nobody},
}

// Needs says which proposals a module needs that an engine may lack: of a module that our own decoder and validator accept,
// by its instructions and types; of one that they refuse, as err says, it guesses the one that would explain that. It
// returns nil for other modules and for bytes that no proposal explains: there every engine must agree.
func Needs(module []byte, err error) []Proposal {
	var malformed *wasm.MalformedError
	var invalid *wasm.InvalidError
	var unsupported *wasm.UnsupportedError
	switch {
	case err == nil || errors.As(err, &unsupported):
		return used(module)
	case errors.As(err, &malformed):
		if malformed.Offset >= 0 && malformed.Offset < len(module) {
			if p, ok := byByte[module[malformed.Offset]]; ok {
				return []Proposal{p}
			}
		}
	case errors.As(err, &invalid):
		if p, ok := byRule[invalid.Msg]; ok {
			return []Proposal{p}
		}
	}
	return nil
}

// used returns the proposals that a module uses, as far as our own decoder knows them.
func used(module []byte) (needs []Proposal) {
	m, err := wasm.Decode(module)
	if err != nil {
		return nil
	}
	for _, k := range known {
		var unsupported *wasm.UnsupportedError
		if errors.As(wasm.ValidateFor(m, wasm.AllFeatures&^wasm.Features(k.feature)), &unsupported) {
			needs = append(needs, k.proposal)
		}
	}
	return needs
}
