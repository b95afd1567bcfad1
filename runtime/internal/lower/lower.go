// Package lower translates validated WebAssembly functions to register code in one pass.
//
// Locals and operands live in the slots of a frame: parameters, other locals, then one home slot for each height of the
// operand stack. The pass keeps the operand stack of the validation algorithm, but of places instead of types: an operand is
// in its home, or still in a local, or a constant. Reading a local or pushing a constant thus emits nothing. What a
// label needs is that the operands it takes are in their homes, so branches move them there; operands in locals are moved to
// their homes before a block begins, because the block may set the local on one path only.
package lower

import (
	"fmt"
	"io"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// maxWords bounds the code of one module, so that distances and return positions fit 32 bits.
const maxWords = math.MaxInt32

// Module lowers all functions of a valid module. The only errors are *wasm.LimitError and, for bugs, *isa.VerifyError.
func Module(m *wasm.Module) (*isa.Code, error) {
	l := &lowerer{m: m, types: m.FuncTypes(), imports: m.ImportedFuncs(), code: &isa.Code{Words: []uint64{isa.Word(isa.Exit, 0, 0, 0)}}}
	for i := range m.Funcs {
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

// lowerer translates the functions of one module, one after the other.
type lowerer struct {
	m       *wasm.Module
	types   []wasm.FuncType
	imports int
	code    *isa.Code
	calls   []call // calls of functions of the module, to be completed when all functions have their place

	// of the current function
	index   int
	t       wasm.FuncType
	locals  int // parameters included
	stack   []operand
	inLocal []int32 // by local: how many operands are still in it
	clean   int     // below this height no operand is in a local
	labels  []label
	dead    int // blocks opened in dead code; code is dead if skip is set
	skip    bool
	frame   int // slots that are used
	last    int // word of the last instruction if nothing separates it from the next, else -1
	offset  uint32
}

// call is a call instruction whose distance is not known yet.
type call struct {
	word   int
	callee int // index among the functions that the module defines
}

// function lowers function index of those that the module defines.
func (l *lowerer) function(index int) error {
	f := &l.m.Funcs[index]
	l.index, l.t = index, l.m.Types[f.Type]
	l.locals = len(l.t.Params)
	for _, g := range f.Locals {
		l.locals += int(g.Count) // validation has bounded the sum
	}
	l.stack, l.labels, l.clean = l.stack[:0], l.labels[:0], 0
	l.inLocal = append(l.inLocal[:0], make([]int32, l.locals)...)
	l.skip, l.dead, l.last = false, 0, -1
	l.frame = max(l.locals, len(l.t.Results))

	entry := len(l.code.Words)
	l.code.Words = append(l.code.Words, 0) // the header
	l.labels = append(l.labels, label{kind: funcLabel, results: len(l.t.Results)})
	r, in := wasm.NewReader(f.Body), wasm.Instr{}
	for {
		err := r.Next(&in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("lowering function %d of a module that was validated: %w", index, err)
		}
		l.at(in.Offset)
		l.instruction(&in)
		if len(l.code.Words) > maxWords {
			return &wasm.LimitError{What: "words of register code", Got: uint64(len(l.code.Words)), Max: maxWords, Offset: in.Offset}
		}
	}
	zero := l.locals - len(l.t.Params)
	l.code.Words[entry] = uint64(isa.NewHeader(uint32(l.frame), uint16(zero), uint16(len(l.t.Params))))
	l.code.Funcs = append(l.code.Funcs, isa.Func{Entry: uint32(entry), End: uint32(len(l.code.Words)), Type: f.Type})
	return nil
}

// at notes that the words from here on come from the instruction at offset.
func (l *lowerer) at(offset int) {
	word := uint32(len(l.code.Words))
	if n := len(l.code.Pos); n > 0 && l.code.Pos[n-1].Word == word {
		l.code.Pos[n-1].Offset = uint32(offset)
		return
	}
	l.code.Pos = append(l.code.Pos, isa.Pos{Word: word, Offset: uint32(offset)})
}

// emit appends an instruction and returns the index of its op word. Its immediate word, if it has one, follows.
func (l *lowerer) emit(w uint64) int {
	at := len(l.code.Words)
	l.code.Words = append(l.code.Words, w)
	l.last = at
	return at
}

// emitImm appends an instruction with its immediate word.
func (l *lowerer) emitImm(w, imm uint64) {
	l.emit(w)
	l.code.Words = append(l.code.Words, imm)
}

// fence forgets the last instruction: what follows can be reached without it, or does not follow it directly.
func (l *lowerer) fence() { l.last = -1 }
