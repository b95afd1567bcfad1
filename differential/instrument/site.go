package instrument

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// Kind says what an event or a record tells of.
type Kind uint8

// The kinds. The first are events, which are counted; Before and After are records only.
const (
	None     Kind = iota // nothing
	Entry                // a function was entered
	Exit                 // a function is about to return; its results
	TailCall             // a function is about to be replaced by another
	Head                 // a block was entered, or a loop begins a turn
	Branch               // an if, br_if or br_table has chosen; the operand is 1 or 0, or the index, bounded by the default's
	Effect               // a store, or a change of a memory, table or segment is done; the operands, and the result if there is one; what a global is set to before the next branch, label or call
	Result               // a call has returned; its results
	Before               // an instruction is about to be executed; its operands
	After                // an instruction was executed; its results
)

var kindNames = [...]string{"none", "entry", "exit", "tail call", "head", "branch", "effect", "result", "before", "after"}

// String returns the kind's name.
func (k Kind) String() string { return kindNames[k] }

// Site is a place that events or records come from, in terms of the original module.
type Site struct {
	Kind   Kind
	Func   uint32 // function index
	Offset int    // of the instruction in the module's bytes; of Entry: of the body
	Op     wasm.Op
	Types  []wasm.ValType // of the operands
}

// Event is an event or a record as a guest left it: where, and the words of its operands.
type Event struct {
	Site  *Site
	Words []uint64 // one for each operand, two of a v128; the first of many, at most maxWords
}

// maxWords bounds what is kept of one event; the hash covers everything.
const maxWords = 6

// width returns how many words a value takes.
func width(t wasm.ValType) int {
	if t.IsVector() {
		return 2
	}
	return 1
}

// words returns how many words of the operands are kept.
func words(types []wasm.ValType) (n int) {
	for _, t := range types {
		if n+width(t) > maxWords {
			break
		}
		n += width(t)
	}
	return n
}
