package module

import (
	"sync"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// value is a number, or a vector of two halves.
type value struct{ low, high uint64 }

// perClass bounds the values that a class has to choose from.
const perClass = 24

// classValues returns the values to choose from, by type and by class as package coverage has them. They are drawn as modules draw
// them, from a tape that is always the same, so that the interesting ones among each class are there.
var classValues = sync.OnceValue(func() map[wasm.ValType][][]value {
	all := map[wasm.ValType][][]value{}
	t := tape.New(tape.Random(0x636c617373, 12000))
	for _, typ := range allTypes {
		if typ.IsRef() {
			continue
		}
		lists := make([][]value, len(coverage.Classes(typ)))
		add := func(v value) {
			c := coverage.ClassOf(typ, v.low, v.high)
			if len(lists[c]) < perClass {
				lists[c] = append(lists[c], v)
			}
		}
		for _, x := range constants[typ] {
			add(value{low: x})
		}
		for range 1500 {
			t.Frame()
			if typ.IsVector() {
				low, high := interestingVector(t)
				add(value{low, high})
			} else {
				add(value{low: interesting(t, typ)})
			}
		}
		all[typ] = lists
	}
	return all
})

// classValue reads a value of type t: first its class, each as likely as the others.
func (g *generator) classValue(t wasm.ValType) value {
	return tape.Pick(g.t, tape.Pick(g.t, classValues()[t]))
}
