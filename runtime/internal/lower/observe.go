package lower

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Observed validates a module and lowers all its functions to code that can be watched: nothing is fused, before each WebAssembly instruction
// that can be reached stands an Observe, and there all operands are in their homes. The code means the same as any other
// of the module, traps at the same places, and takes the same room on the stacks. Errors are as for [Module].
//
// Branches go where they go in other code. So what a branch to the end of a block skips is the end too, and what a branch
// to a loop goes on with is the instruction behind the loop.
func Observed(m *wasm.Module) (*isa.Code, error) {
	return With(m, Options{Observed: true})
}

// observer is what the lowering of observed code adds to that of other code.
type observer struct {
	types []wasm.ValType // of the operand stack
	first bool           // the next instruction is the first of its function
}

// begin prepares for a function. There are no short branches in code without fusion, so that no function begins twice.
func (o *observer) begin() { o.types, o.first = o.types[:0], true }

// observed lowers one instruction of observed code.
func (l *lowerer) observed(in *wasm.Instr) {
	o := l.observer
	// An end or else that dead code leads to is lowered, but not executed.
	live, height, handed := !l.skip, len(l.stack), 0
	if live {
		handed = len(l.handed(in))
		l.emitImm(isa.Word(isa.Observe, 0, 0, 0), uint64(l.code.Sites.Len()))
		l.fence()
	}
	l.clean = height // no operand is in a local; from here on, it is how many operands the instruction left alone
	l.one(in)
	low := min(l.clean, height)
	var results []wasm.ValType
	if !l.skip && len(l.labels) > 0 {
		results = l.v.Operands()[low:]
		for h := low; h < len(l.stack); h++ {
			l.settle(h)
		}
	}
	if live {
		site := isa.Site{Func: uint32(l.imports + l.index), Offset: uint32(in.Offset), Op: in.Op, Slot: uint16(l.home(low - handed)), First: o.first}
		shown := results
		if in.Op == wasm.OpElse {
			shown = nil // what it is followed by is the other part of the if; execution goes on at the end
		}
		l.code.Sites.Add(site, o.types[low-handed:height], shown)
	}
	if !l.skip {
		o.types = append(o.types[:low], results...)
	}
	o.first = false
}

// home returns the home of the operand at height h.
func (l *lowerer) home(h int) int {
	if h == 0 {
		return l.localSlots
	}
	below := &l.stack[h-1]
	return int(below.home) + int(below.width)
}

// handed returns the types of the operands that an instruction hands on to where it may go, and that the lowering of it leaves on
// the stack.
func (l *lowerer) handed(in *wasm.Instr) []wasm.ValType {
	imms := in.Op.Info().Imms
	switch {
	case in.Op == wasm.OpReturn, in.Op == wasm.OpEnd && len(l.labels) == 1:
		return l.t.Results
	case slices.Contains(imms, wasm.ImmLabel):
		return l.label(in.Imm[0]).takes()
	case slices.Contains(imms, wasm.ImmLabels):
		return l.label(uint64(in.Labels[0])).takes()
	}
	return nil
}
