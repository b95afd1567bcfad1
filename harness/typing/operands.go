package typing

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// operands are the types of the operands that a sequence of instructions has left, the topmost last (section 3.3.9).
type operands struct {
	types []wasm.ValType
	// polymorphic says that the sequence cannot be reached here: below the types there is whatever is needed.
	polymorphic bool
	wrong       error // the first thing that is not as it must be
}

// bottom is the type of an operand that nothing has made; it matches every type.
const bottom wasm.ValType = 0

// fail notes what is wrong, if nothing was before.
func (o *operands) fail(format string, args ...any) {
	if o.wrong == nil {
		o.wrong = fmt.Errorf(format, args...)
	}
}

// require notes that something is wrong unless it holds, and returns whether it does.
func (o *operands) require(holds bool, format string, args ...any) bool {
	if !holds {
		o.fail(format, args...)
	}
	return holds
}

// pop takes the topmost operand, of any type.
func (o *operands) pop() wasm.ValType {
	if n := len(o.types); n > 0 {
		t := o.types[n-1]
		o.types = o.types[:n-1]
		return t
	}
	o.require(o.polymorphic, "an operand is missing")
	return bottom
}

// take takes operands of the given types, the topmost last.
func (o *operands) take(types ...wasm.ValType) {
	for i := len(types) - 1; i >= 0; i-- {
		got := o.pop()
		o.require(got == types[i] || got == bottom, "an operand is of type %s, not %s", got, types[i])
	}
}

// give adds operands of the given types.
func (o *operands) give(types ...wasm.ValType) { o.types = append(o.types, types...) }

// apply takes and gives what an instruction of a type does.
func (o *operands) apply(t wasm.FuncType) {
	o.take(t.Params...)
	o.give(t.Results...)
}

// unreachable makes what follows polymorphic.
func (o *operands) unreachable() { o.types, o.polymorphic = nil, true }

// end checks that there are the given operands and no others.
func (o *operands) end(types []wasm.ValType) {
	o.take(types...)
	o.require(len(o.types) == 0, "%d operands are too many", len(o.types))
}
