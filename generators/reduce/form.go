package reduce

import (
	"bytes"
	"cmp"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Form is a kind of input, and how inputs of this kind are made simpler.
type Form struct {
	Name   string
	passes []pass
	weight func(input []byte) int // what counts before the length
}

// The forms.
var (
	// Module is a module in the binary format. If it is valid, so is what is made of it.
	Module = &Form{"module", modulePasses, Instructions}
	// Program is a sequence of hostcalls in the text form of generators/hostcall.
	Program = &Form{"program", programPasses, calls}
	// Bytes are any bytes.
	Bytes = &Form{"bytes", bytePasses, func([]byte) int { return 0 }}
)

// FormOf returns the form of an input: [Module] for what can be decoded, [Program] for what can be parsed, else [Bytes].
func FormOf(input []byte) *Form {
	if _, err := wasm.Decode(input); err == nil {
		return Module
	}
	if c, err := hostcall.Parse(string(input)); err == nil && len(c) > 0 {
		return Program
	}
	return Bytes
}

// Compare returns a number below 0 if a is simpler than b: if it has fewer instructions or calls, or as many in fewer bytes, or in as many
// of which the first that differs is lower. No reduction can go on for ever in this order.
func (f *Form) Compare(a, b []byte) int { return f.compare(a, b, f.weight(a), f.weight(b)) }

func (f *Form) compare(a, b []byte, weightA, weightB int) int {
	return cmp.Or(weightA-weightB, len(a)-len(b), bytes.Compare(a, b))
}

func formNamed(name string) *Form {
	for _, f := range []*Form{Module, Program, Bytes} {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// pass is one way to make inputs simpler.
type pass struct {
	name string
	// many says that candidates are about several items at a time: about as many as possible at first, then half as many, down to one.
	many bool
	open func(input []byte) items
}

// items is what a pass can change in an input. The candidate of a range of them is nil if there is none. It must depend on the
// input and the range alone.
type items struct {
	n         int
	candidate func(from, to int) []byte
}

// firstChunk returns how many of n items the first candidates of a pass are about: a power of two.
func (p *pass) firstChunk(n int) int {
	chunk := 1
	for p.many && chunk*2 <= n {
		chunk *= 2
	}
	return chunk
}
