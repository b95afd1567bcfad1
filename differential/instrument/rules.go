package instrument

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// kinds says which instructions are events, and of which kind.
var kinds = func() (kinds [wasm.NumOps]Kind) {
	for op, info := range wasm.Ops() {
		switch info.Class {
		case wasm.ClassStore, wasm.ClassStoreLane, wasm.ClassBulk:
			kinds[op] = Effect
		}
	}
	for kind, ops := range map[Kind][]wasm.Op{
		Effect:   {wasm.OpGlobalSet, wasm.OpMemoryGrow, wasm.OpTableSet, wasm.OpTableGrow, wasm.OpTableFill},
		Head:     {wasm.OpBlock, wasm.OpLoop},
		Branch:   {wasm.OpIf, wasm.OpBrIf, wasm.OpBrTable},
		Result:   {wasm.OpCall, wasm.OpCallIndirect},
		TailCall: {wasm.OpReturnCall, wasm.OpReturnCallIndirect},
	} {
		for _, op := range ops {
			kinds[op] = kind
		}
	}
	return kinds
}()

func set(ops ...wasm.Op) (set [wasm.NumOps]bool) {
	for _, op := range ops {
		set[op] = true
	}
	return set
}

// silent are the instructions of which there are no records: they do nothing but give the code its structure.
var silent = set(wasm.OpNop, wasm.OpBlock, wasm.OpLoop, wasm.OpElse, wasm.OpEnd)

// ends are the instructions before which straight-line code ends, and what globals were set to becomes events.
var ends = func() [wasm.NumOps]bool {
	ends := set(wasm.OpElse, wasm.OpEnd, wasm.OpBr, wasm.OpReturn, wasm.OpUnreachable)
	for op, kind := range kinds {
		ends[op] = ends[op] || kind == Head || kind == Branch || kind == Result || kind == TailCall
	}
	return ends
}()

// mute are instructions typed by no signature that give no result.
var mute = set(wasm.OpDrop, wasm.OpLocalSet, wasm.OpGlobalSet, wasm.OpTableSet, wasm.OpTableFill)

// plain are the instructions whose results need not be folded: they give what is known already.
var plain = func() [wasm.NumOps]bool {
	plain := set(wasm.OpLocalGet, wasm.OpLocalTee, wasm.OpRefNull, wasm.OpRefFunc)
	for op, info := range wasm.Ops() {
		plain[op] = plain[op] || info.Class == wasm.ClassConst
	}
	return plain
}()

// arity returns how many operands the current instruction takes and how many results it gives; after is the number of operands
// behind it. What a branch hands on, and the parameters and results of blocks, are left out: they stay where they are.
func (b *body) arity(after int) (pops, pushes int) {
	op := b.in.Op
	if op.Info().Class != wasm.ClassCustom {
		sig := op.Operands()
		return len(sig.Params), len(sig.Results)
	}
	switch op {
	case wasm.OpUnreachable, wasm.OpNop, wasm.OpBlock, wasm.OpLoop, wasm.OpElse, wasm.OpEnd, wasm.OpBr, wasm.OpReturn:
		return 0, 0
	case wasm.OpIf, wasm.OpBrIf, wasm.OpBrTable:
		return 1, 0
	case wasm.OpCall, wasm.OpReturnCall:
		return b.callArity(b.r.v.Funcs[b.in.Imm[0]], 0)
	case wasm.OpCallIndirect, wasm.OpReturnCallIndirect:
		return b.callArity(uint32(b.in.Imm[0]), 1)
	}
	if !mute[op] {
		pushes = 1
	}
	return b.height + pushes - after, pushes
}

// callArity returns the arity of a call of a function of a type, which takes more operands than the arguments.
func (b *body) callArity(t uint32, more int) (pops, pushes int) {
	f := &b.r.in.Types[t]
	return len(f.Params) + more, len(f.Results)
}
