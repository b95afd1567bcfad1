package worker

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// Probe is a module that uses one proposal. Which probes an engine accepts, with everything switched on that it can, tells engines
// apart: it is the proof that a worker is the engine it says it is, and not another one that is linked under its symbols.
type Probe struct {
	Name   string
	Module []byte
}

// Probes are the probes, in the order of [Identity].
var Probes = []Probe{
	{"tail-call", probe(section(wasm.SectionType, 1, 0x60, 0, 0), section(wasm.SectionFunction, 1, 0),
		section(wasm.SectionCode, 1, 4, 0, 0x12, 0, 0x0b))}, // return_call 0
	{"multi-memory", probe(section(wasm.SectionMemory, 2, 0, 1, 0, 1))},
}

// Identity says for each of [Probes] whether the engine accepts it.
type Identity [2]bool

// probe builds a module by hand, since the encoder writes nothing that our own runtime does not know.
func probe(sections ...[]byte) []byte {
	m := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range sections {
		m = append(m, s...)
	}
	return m
}

// section is a section of less than 128 bytes.
func section(id wasm.SectionID, content ...byte) []byte {
	return append([]byte{byte(id), byte(len(content))}, content...)
}
