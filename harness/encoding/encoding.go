// Package encoding writes a module of the binary format in another form: one that the format allows and encoders do not use, or one that is
// wrong in a single place. Mutations of bytes hardly ever make such forms, since the sizes of sections and bodies have to follow.
package encoding

import (
	"math/rand/v2"

	"github.com/touchstone-wasm/touchstone/harness/grammar"
)

// Forms makes other forms of a module.
type Forms struct {
	src    []byte
	places [grammar.NumKinds][]grammar.Place
	rand   *rand.Rand
}

// Of returns the forms of a module that is well-formed; seed says which come.
func Of(src []byte, seed uint64) *Forms {
	f := &Forms{src: src, rand: rand.New(rand.NewPCG(seed, seed))}
	_ = grammar.Places(src, func(p grammar.Place) { f.places[p.Kind] = append(f.places[p.Kind], p) })
	return f
}

// Next returns another form, and whether it stands for the same module. If it does not, it may be malformed.
func (f *Forms) Next() (src []byte, same bool) {
	for {
		c := &changes[f.rand.IntN(len(changes))]
		if kinds := f.having(c.kinds); len(kinds) > 0 {
			places := f.places[kinds[f.rand.IntN(len(kinds))]]
			e := edit{Forms: f, out: append(make([]byte, 0, len(f.src)+16), f.src...)}
			c.change(&e, places[f.rand.IntN(len(places))])
			return e.out, c.same
		}
		if len(f.places[grammar.Section]) == 0 {
			return f.src[:f.rand.IntN(len(f.src))], false // nothing but a header
		}
	}
}

// having returns those of kinds that there are places of.
func (f *Forms) having(kinds []grammar.Kind) (list []grammar.Kind) {
	for _, k := range kinds {
		if len(f.places[k]) > 0 {
			list = append(list, k)
		}
	}
	return list
}

// edit is one change on its way.
type edit struct {
	*Forms
	out []byte
}

// replace puts bytes in the place of others, and lets the sizes of what they are in follow.
func (e *edit) replace(start, end int, with []byte) {
	e.splice(start, end, with)
	e.resize(start, len(with)-(end-start))
}

// splice puts bytes in the place of others.
func (e *edit) splice(start, end int, with []byte) {
	tail := append([]byte(nil), e.out[end:]...)
	e.out = append(append(e.out[:start], with...), tail...)
}

// resize changes the sizes of all that holds the byte at a position by so many bytes. What is inside comes first: its size may take more
// bytes then.
func (e *edit) resize(at, by int) {
	sizes := e.places[grammar.Size]
	for i := len(sizes) - 1; i >= 0; i-- {
		p := sizes[i]
		if size := int(value(e.src[p.Start:p.End])); p.End <= at && at < p.End+size {
			n := number(uint64(size+by), p.End-p.Start, false)
			e.splice(p.Start, p.End, n)
			by += len(n) - (p.End - p.Start)
		}
	}
}
