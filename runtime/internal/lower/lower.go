// Package lower validates WebAssembly functions and translates them to register code, in one pass.
//
// Locals and operands live in the slots of a frame: parameters, other locals, then a home for each operand of the operand
// stack. The pass keeps the operand stack of the validation algorithm, but of places instead of types: an operand is
// in its home, or still in a local, or a constant. Reading a local or pushing a constant thus emits nothing. What a
// label needs is that the operands it takes are in their homes, so branches move them there; operands in locals are moved to
// their homes before a block begins, because the block may set the local on one path only.
//
// Neighbours are fused by looking back at the last instruction, as long as nothing separates it from what follows: it
// is changed, or taken back and made again in another form. [Fusion] lists the ways.
package lower

import (
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

const (
	maxWords = math.MaxInt32  // of the code of one module, so that distances and return positions fit 32 bits
	maxFrame = math.MaxUint16 // slots of one frame
)

// Module validates a module and lowers all its functions, with the given fusions. The errors are those of [wasm.Validate],
// *wasm.LimitError and, for bugs, *isa.VerifyError.
func Module(m *wasm.Module, fusions Fusion) (*isa.Code, error) {
	return With(m, Options{Fusions: fusions})
}

// Options say how modules are lowered.
type Options struct {
	Fusions Fusion
	// Limits bounds what is valid; nil means the defaults.
	Limits *wasm.ModuleLimits
	// CanonicalNaN makes every NaN canonical that the specification leaves open, where it arises. What computes no floats is lowered
	// to the same words.
	CanonicalNaN bool
	// Observed gives code that can be watched; see [Observed]. Nothing is fused.
	Observed bool
}

// Deterministic is [Module] with canonical NaNs.
func Deterministic(m *wasm.Module, fusions Fusion) (*isa.Code, error) {
	return With(m, Options{Fusions: fusions, CanonicalNaN: true})
}

// With is [Module] with further options.
func With(m *wasm.Module, o Options) (*isa.Code, error) {
	l := lowerers.Get().(*lowerer)
	defer func() {
		*l = lowerer{}
		lowerers.Put(l)
	}()
	if err := l.v.Begin(o.Limits, m); err != nil {
		return nil, err
	}
	l.m, l.imports, l.Options, l.code = m, len(l.v.Funcs)-len(m.Funcs), o, new(isa.Code)
	l.stack, l.locals, l.labels = l.first.stack[:0], l.first.locals[:0], l.first.labels[:0]
	if o.Observed {
		l.Fusions, l.observer = 0, new(observer)
	}
	l.reserve()
	for i := range m.Funcs {
		l.long = false
		if err := l.function(i); err != nil {
			return nil, err
		}
	}
	for _, c := range l.calls {
		distance := l.code.Funcs[c.callee].Entry - uint32(c.word)
		l.code.Words[c.word] |= uint64(distance) << 32
	}
	if err := isa.Verify(m, l.code); err != nil {
		return nil, err
	}
	return l.code, nil
}

// lowerers are used again: for a small module, making one costs as much as all else.
var lowerers = sync.Pool{New: func() any { return new(lowerer) }}

// reserve makes room for about as much code as functions of this size become, so that it is rarely copied, and begins it.
func (l *lowerer) reserve() {
	size := 0
	for i := range l.m.Funcs {
		size += len(l.m.Funcs[i].Body.Code)
	}
	l.code.Words = append(make([]uint64, 0, size*3/8+4*len(l.m.Funcs)+2), isa.Word(isa.Exit, 0, 0, 0))
	l.code.Pos = make([]isa.Pos, 0, size/4)
	l.code.Funcs = make([]isa.Func, 0, len(l.m.Funcs))
}

// lowerer translates the functions of one module, one after the other.
type lowerer struct {
	m       *wasm.Module
	v       wasm.Validator // which reads the instructions
	imports int            // functions
	Options
	code  *isa.Code
	calls []call // calls of functions of the module, to be completed when all functions have their place

	observer *observer // nil but for observed code

	// of the current function
	index      int // among those that the module defines
	t          *wasm.FuncType
	locals     []local // parameters included
	localSlots int     // how many they take
	stack      []operand
	free       int // the first slot above the homes of all operands
	clean      int // below this height no operand is in a local
	labels     []label
	skip       bool   // code is dead
	dead       int    // blocks opened in dead code
	frame      int    // slots that are used
	last       int    // word of the last instruction if nothing separates it from the next, else -1
	before     int    // word of the instruction before it if nothing separates the two, else -1
	added      int    // word of an addition to a local, if it is the last instruction; else -1
	end        int    // word of the last instruction if what follows is reached only by it, else -1
	offset     uint32 // of the WebAssembly instruction that is being lowered
	tooFar     bool   // a short branch does not reach its target
	long       bool   // the function is lowered without short branches

	// What stack, locals and labels begin with, so that small functions need no memory of their own.
	first struct {
		stack  [8]operand
		locals [8]local
		labels [4]label
	}
}

// local is a parameter or another local of a function.
type local struct {
	slot    uint32 // the first
	pending uint16 // how many operands are still in it
	width   uint8  // in slots
}

// call is a call instruction whose distance is not known yet.
type call struct {
	word   int
	callee int // index among the functions that the module defines
}

// function lowers function index of those that the module defines. If it is too large for short branches, it is lowered again
// without.
func (l *lowerer) function(index int) error {
	f := &l.m.Funcs[index]
	entry, pos, calls := len(l.code.Words), len(l.code.Pos), len(l.calls)
	if err := l.v.Func(index); err != nil {
		return err
	}
	l.index = index
	l.begin(f)
	if err := l.body(); err != nil {
		return err
	}
	if l.tooFar {
		l.code.Words, l.code.Pos, l.calls, l.long = l.code.Words[:entry], l.code.Pos[:pos], l.calls[:calls], true
		return l.function(index)
	}
	if l.frame > maxFrame {
		return l.limit(fmt.Sprintf("slots of function %d", l.imports+index), l.frame, maxFrame, f.Body.Offset)
	}
	params := isa.Slots(l.t.Params)
	l.code.Words[entry] = uint64(isa.NewHeader(uint32(l.frame), uint16(l.localSlots-params), uint16(params)))
	if l.fuses(Threads) {
		l.thread(entry)
	}
	l.code.Funcs = append(l.code.Funcs, isa.Func{Entry: uint32(entry), End: uint32(len(l.code.Words)), Type: f.Type})
	return nil
}

// begin prepares for a function.
func (l *lowerer) begin(f *wasm.Func) {
	l.t = &l.m.Types[f.Type]
	l.locals, l.localSlots = l.locals[:0], 0
	for _, t := range l.t.Params {
		l.addLocals(t, 1)
	}
	for _, g := range f.Locals {
		l.addLocals(g.Type, int(g.Count)) // validation has bounded the sum
	}
	l.stack, l.free, l.clean, l.labels = l.stack[:0], l.localSlots, 0, l.labels[:0]
	l.skip, l.dead, l.tooFar = false, 0, false
	l.frame = max(l.localSlots, isa.Slots(l.t.Results))
	l.fence()
	l.code.Words = append(l.code.Words, 0) // the header
	l.labels = append(l.labels, label{kind: funcLabel, t: l.t})
}

func (l *lowerer) addLocals(t wasm.ValType, n int) {
	width := isa.Width(t)
	for range n {
		l.locals = append(l.locals, local{slot: uint32(l.localSlots), width: uint8(width)})
		l.localSlots += width
	}
}

// body validates and lowers the instructions of a function.
func (l *lowerer) body() error {
	if l.observer != nil {
		l.observer.begin()
	}
	for {
		in, err := l.v.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		l.offset = uint32(in.Offset)
		if l.observer == nil {
			l.one(in)
		} else {
			l.observed(in)
		}
		if len(l.code.Words) > maxWords {
			return l.limit("words of register code", len(l.code.Words), maxWords, in.Offset)
		}
	}
}

// one lowers one instruction.
func (l *lowerer) one(in *wasm.Instr) {
	l.instruction(in)
	if l.CanonicalNaN {
		l.canonical(in.Op)
	}
}

// limit returns the error for a module that is too large to be lowered, unless what is left of it is not valid: that comes first.
func (l *lowerer) limit(what string, got, most, offset int) error {
	if err := wasm.ValidateWithin(l.Limits, l.m, wasm.Executable); err != nil {
		return err
	}
	return &wasm.LimitError{What: what, Got: uint64(got), Max: uint64(most), Offset: offset}
}

// emit appends an instruction and returns the index of its op word. Its immediate word, if it has one, follows.
func (l *lowerer) emit(w uint64) int {
	at := len(l.code.Words)
	if n := len(l.code.Pos); n == 0 || l.code.Pos[n-1].Offset != l.offset {
		l.code.Pos = append(l.code.Pos, isa.Pos{Word: uint32(at), Offset: l.offset})
	}
	l.code.Words = append(l.code.Words, w)
	l.last, l.before, l.end = at, l.last, at
	return at
}

// emitImm appends an instruction with its immediate word, and returns the index of its op word.
func (l *lowerer) emitImm(w, imm uint64) int {
	at := l.emit(w)
	l.code.Words = append(l.code.Words, imm)
	return at
}

// fence forgets the last instruction: what follows can be reached without it, or does not follow it directly.
func (l *lowerer) fence() {
	l.fix()
	l.end = -1
}

// fix forgets what the last instruction wrote: that is where it shall be.
func (l *lowerer) fix() { l.last, l.before, l.added = -1, -1, -1 }
