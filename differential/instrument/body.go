package instrument

import (
	"errors"
	"io"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/nan"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// maxOperands bounds the operands and results of one instruction that are looked at, the topmost ones: calls can have a thousand.
const maxOperands = 16

// room is what a function must have left of locals, operands and bytes to be rewritten.
const (
	roomLocals   = 8 * maxOperands
	roomOperands = 2*maxOperands + 8
	maxBody      = 1 << 18 // bytes of a body that is rewritten; engines bound what becomes of it
)

// body is a function body that is being rewritten.
type body struct {
	emitter
	r     *rewriter
	index uint32 // of the function
	in    *wasm.Instr
	depth int // open blocks
	dead  int // open blocks from the innermost on whose code cannot be reached, 0 if it can

	top     [maxOperands + 1]wasm.ValType // the topmost operands before the instruction, the last on top
	height  int                           // how many there are in all before the instruction
	temps   []wasm.ValType                // the added locals
	first   uint64                        // the first of them
	busy    []bool
	results []wasm.ValType // of the function
	sets    []setting      // whose events are still to come
	run     run
}

// setting is the last global.set of a global in straight-line code.
type setting struct {
	in     wasm.Instr
	global []wasm.ValType // its type, as that of an operand
}

// rewrite rewrites function i of those that the module defines.
func (r *rewriter) rewrite(i int) error {
	f := &r.in.Funcs[i]
	r.out.Funcs[i] = *f
	if err := r.v.Func(i); err != nil {
		return err
	}
	b := &body{r: r, index: uint32(r.in.ImportedFuncs() + i), first: uint64(len(r.in.Types[f.Type].Params))}
	for _, l := range f.Locals {
		b.first += uint64(l.Count)
	}
	sites, tallest := len(r.sites), 0
	b.enter(f)
	for {
		b.look(r.v.Operands())
		tallest = max(tallest, b.height)
		in, err := r.v.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		b.in = in
		b.instr(r.v.Operands())
	}
	if b.first+roomLocals > wasm.MaxLocals || tallest+roomOperands > wasm.MaxStackHeight || len(f.Body.Code) > maxBody {
		r.sites, r.skipped = r.sites[:sites], append(r.skipped, b.index)
		return nil
	}
	out := &r.out.Funcs[i]
	out.Body = wasm.Expr{Code: b.code}
	out.Locals = append([]wasm.Locals(nil), f.Locals...)
	for _, t := range b.temps {
		out.Locals = append(out.Locals, wasm.Locals{Count: 1, Type: t})
	}
	return nil
}

// enter begins a body: everything is put into a block, so that all ways to leave the function but tail calls go through its end. Runs need
// none, because they look at nothing there.
func (b *body) enter(f *wasm.Func) {
	b.in = &wasm.Instr{Op: wasm.OpBlock, Offset: f.Body.Offset}
	if b.r.o.Runs {
		b.reserveSum()
		b.run.events = 2 // the way out is counted on the way in
		return
	}
	b.event(counts, Entry, nil, nil)
	results := b.r.in.Types[f.Type].Results
	b.results = results
	block, ok := b.r.blocks[string(results)]
	if !ok {
		switch len(results) {
		case 0:
			block = wasm.EmptyBlock
		case 1:
			block = wasm.ResultBlock(results[0])
		default:
			block = wasm.BlockType(b.r.typeIndex(wasm.FuncType{Results: results}))
		}
		b.r.blocks[string(results)] = block
	}
	b.op(wasm.OpBlock, uint64(block))
}

// exit ends a body. What the function returns belongs to the event, so that a wrong value is seen before the host sees it; runs leave that to the
// event of the call, or to the host.
func (b *body) exit() {
	b.op(wasm.OpEnd)
	if b.r.o.Runs {
		return
	}
	var results []wasm.ValType
	var values []uint64
	if !b.r.o.Bare {
		clear(b.busy)
		results = b.results[max(0, len(b.results)-maxOperands):]
		values = b.capture(results)
	}
	b.event(counts, Exit, values, results)
	b.op(wasm.OpEnd)
}

// look notes the operands before an instruction.
func (b *body) look(stack []wasm.ValType) {
	b.height = len(stack)
	copy(b.top[:], stack[max(0, len(stack)-len(b.top)):])
}

// operands returns the types of the n topmost operands before the instruction, of very many the topmost.
func (b *body) operands(n int) []wasm.ValType {
	have := min(b.height, len(b.top))
	return b.top[have-min(n, maxOperands) : have]
}

// instr rewrites one instruction; after are the operands behind it.
func (b *body) instr(after []wasm.ValType) {
	in := b.in
	if b.dead > 0 {
		b.unreachable()
		return
	}
	if ends[in.Op] {
		b.settle()
	}
	if in.Op == wasm.OpEnd && b.depth == 0 {
		b.exit()
		return
	}
	clear(b.busy)
	b.keepSum()
	pops, pushes := b.arity(len(after))
	given := b.operands(pops)
	kind := kinds[in.Op]
	var operands []uint64
	if kind == Effect && in.Op != wasm.OpGlobalSet || kind == Branch || b.recorded(Before) {
		operands = b.capture(given)
	}
	if b.recorded(Before) {
		b.event(records, Before, operands, given)
	}
	switch {
	case kind == Branch:
		b.branch(operands[0])
	case kind == TailCall && !b.r.o.Runs:
		b.event(counts, kind, nil, nil)
	}
	if in.Op == wasm.OpReturn && !b.r.o.Runs {
		b.op(wasm.OpBr, uint64(b.depth))
	} else {
		b.code = wasm.AppendInstr(b.code, in)
	}
	b.structure()
	if b.dead == 0 {
		b.pin(after)
		taken := after[max(0, len(after)-min(pushes, maxOperands)):]
		b.behind(kind, operands, given, taken)
	}
}

// behind adds what comes after an instruction that gives results of the given types.
func (b *body) behind(kind Kind, operands []uint64, given, results []wasm.ValType) {
	if b.r.o.NaNs == Canonical {
		b.code = nan.Append(b.code, b.in.Op, b.temp)
	}
	fold := b.r.o.Values && kind == None && len(results) > 0 && !plain[b.in.Op] && !(b.r.o.NaNs == Exact && nan.Open(b.in.Op))
	var values []uint64
	if kind == Result || kind == Effect || fold || b.recorded(After) {
		values = b.capture(results)
	}
	if b.recorded(After) {
		b.event(records, After, values, results)
	}
	switch {
	case b.in.Op == wasm.OpGlobalSet:
		b.sets = slices.DeleteFunc(b.sets, func(s setting) bool { return s.in.Imm[0] == b.in.Imm[0] })
		b.sets = append(b.sets, setting{*b.in, slices.Clone(given)})
	case kind == Effect:
		b.event(counts, Effect, append(operands, values...), append(append([]wasm.ValType(nil), given...), results...))
	case kind == Result:
		b.event(counts, Result, values, results)
	case kind == Head:
		b.event(counts, Head, nil, nil)
	case fold:
		b.event(folds, After, values, results)
	}
}

// settle adds the events of globals that were set since the last branch, label or call. What was there in between nobody else has seen, and
// half of what is added to a module that uses globals much would be about it.
func (b *body) settle() {
	here := b.in
	for i := range b.sets {
		b.in = &b.sets[i].in
		get := func() *emitter { return b.op(wasm.OpGlobalGet, b.in.Imm[0]) }
		if b.r.o.Runs {
			b.sum(b.sets[i].global[0], get)
			b.run.events++
			continue
		}
		if b.r.o.Bare {
			b.call(counts, Effect, nil)
			continue
		}
		get()
		b.call(counts, Effect, b.sets[i].global)
	}
	b.in, b.sets = here, b.sets[:0]
	// A branch ends the run itself, with its own event; into the start of a block there is no other way.
	if b.r.o.Runs && kinds[here.Op] != Branch && here.Op != wasm.OpBlock {
		b.flush()
	}
}

// unreachable copies an instruction that is not executed.
func (b *body) unreachable() {
	op := b.in.Op
	if op == wasm.OpEnd && b.depth == 0 {
		b.exit() // a branch may lead here
		return
	}
	b.code = wasm.AppendInstr(b.code, b.in)
	switch op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		b.depth, b.dead = b.depth+1, b.dead+1
	case wasm.OpElse:
		if b.dead == 1 {
			b.dead = 0
		}
	case wasm.OpEnd:
		b.depth, b.dead = b.depth-1, b.dead-1
	}
}

// structure follows the nesting of blocks.
func (b *body) structure() {
	switch b.in.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		b.depth++
	case wasm.OpEnd:
		b.depth--
	case wasm.OpUnreachable, wasm.OpBr, wasm.OpBrTable, wasm.OpReturn, wasm.OpReturnCall, wasm.OpReturnCallIndirect:
		b.dead = 1
	}
}

// branch adds the event of an instruction that chooses by the operand in a local.
func (b *body) branch(operand uint64) {
	if b.r.o.Runs {
		b.branchOfRun(operand)
		return
	}
	if b.r.o.Bare {
		b.call(counts, Branch, nil)
		return
	}
	if b.in.Op != wasm.OpBrTable {
		b.op(wasm.OpLocalGet, operand)
		b.call(chooses, Branch, []wasm.ValType{wasm.I32})
		return
	}
	b.chosen(operand)
	b.call(counts, Branch, []wasm.ValType{wasm.I32})
}

// chosen pushes the index of the label that a br_table takes by the operand in a local.
func (b *body) chosen(operand uint64) {
	last := uint64(len(b.in.Labels) - 1)
	b.op(wasm.OpLocalGet, operand).op(wasm.OpI32Const, last).op(wasm.OpLocalGet, operand).op(wasm.OpI32Const, last).ops(wasm.OpI32LtU, wasm.OpSelect)
}

// capture copies the operands on top of the stack, of the given types, into locals, and leaves them there.
func (b *body) capture(types []wasm.ValType) []uint64 {
	if len(types) == 0 {
		return nil
	}
	locals := make([]uint64, len(types))
	for i, t := range types {
		locals[i] = b.temp(t)
	}
	for i := len(types) - 1; i > 0; i-- {
		b.op(wasm.OpLocalSet, locals[i])
	}
	b.op(wasm.OpLocalTee, locals[0])
	for _, l := range locals[1:] {
		b.op(wasm.OpLocalGet, l)
	}
	return locals
}

// temp returns a local of type t that is in use until the next instruction.
func (b *body) temp(t wasm.ValType) uint64 {
	for i, have := range b.temps {
		if have == t && !b.busy[i] {
			b.busy[i] = true
			return b.first + uint64(i)
		}
	}
	b.temps, b.busy = append(b.temps, t), append(b.busy, true)
	return b.first + uint64(len(b.temps)-1)
}

// event adds an event with operands in locals: a call of a helper. Of records, of which almost none is kept, the helper is called only for those.
func (b *body) event(what role, kind Kind, locals []uint64, types []wasm.ValType) {
	if b.r.o.Runs {
		b.note(locals, types)
		return
	}
	if what == records {
		b.op(wasm.OpGlobalGet, uint64(b.r.count)).op(wasm.OpI64Const, b.r.o.Record.From).op(wasm.OpI64Eq)
		empty := wasm.EmptyBlock
		b.op(wasm.OpIf, uint64(empty))
		defer b.op(wasm.OpEnd)
	}
	if b.r.o.Bare && what == counts {
		locals, types = nil, nil
	}
	for _, l := range locals {
		b.op(wasm.OpLocalGet, l)
	}
	b.call(what, kind, types)
}

// call adds a call of a helper; the operands are on the stack.
func (b *body) call(what role, kind Kind, types []wasm.ValType) {
	site := Site{Kind: kind, Func: b.index, Offset: b.in.Offset, Op: b.in.Op, Types: append([]wasm.ValType(nil), types...)}
	b.r.sites = append(b.r.sites, site)
	b.op(wasm.OpI32Const, uint64(len(b.r.sites)-1)).op(wasm.OpCall, uint64(b.r.helper(what, types)))
}

// recorded tells whether there are records of a kind about the current instruction.
func (b *body) recorded(kind Kind) bool {
	rec := b.r.o.Record
	if rec == nil || !rec.Dense || silent[b.in.Op] {
		return false
	}
	return rec.Only == nil || rec.Only(&Site{Kind: kind, Func: b.index, Offset: b.in.Offset, Op: b.in.Op})
}
