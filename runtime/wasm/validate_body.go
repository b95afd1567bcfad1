package wasm

import (
	"fmt"
	"io"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// bottom is the type of a value that unreachable code takes from nowhere: it matches every type.
const bottom ValType = 0

// stackGuard is how many bytes stand below the operands, so that the types of the topmost ones can be read as one number.
const stackGuard = 4

// frame is an open block. It is kept small: a module can open half as many blocks as it has bytes.
type frame struct {
	block       int32  // a BlockType; of the function's body: the index of the function's type
	height      uint32 // of the operand stack below the block's parameters
	branch      uint32 // the last br_table that checked the types of this label
	op          Op     // what opened it
	unreachable bool   // the rest of the block cannot be reached, so that the operand stack is polymorphic
}

// params and results return what the block takes and gives.
func (v *Validator) params(f *frame) []ValType  { return v.m.BlockFunc(BlockType(f.block)).Params }
func (v *Validator) results(f *frame) []ValType { return v.m.BlockFunc(BlockType(f.block)).Results }

// Func begins with the body of function i of those that the module defines.
func (v *Validator) Func(i int) error {
	f := &v.m.Funcs[i]
	v.fn = len(v.Funcs) - len(v.m.Funcs) + i
	if err := v.layOutLocals(f); err != nil {
		return err
	}
	v.begin(f.Body, BlockType(f.Type))
	return nil
}

// layOutLocals sets v.locals to the types of parameters and locals, after it checked that there are not too many.
func (v *Validator) layOutLocals(f *Func) error {
	params := v.m.Types[f.Type].Params
	total := uint64(len(params))
	for _, run := range f.Locals {
		total += uint64(run.Count)
		if !run.Type.Valid() {
			return &InvalidError{Func: v.fn, Offset: f.Body.Offset, Msg: run.Type.String() + " is not a type"}
		}
		if run.Type.IsVector() && !v.features.Has(SIMD) {
			return v.unsupported(SIMD, f.Body.Offset)
		}
	}
	if err := v.limit(LimitLocals, "locals of function %d", v.fn, int(total), f.Body.Offset); err != nil {
		return err
	}
	v.locals = append(v.locals[:0], params...)
	for _, run := range f.Locals {
		v.locals = appendRepeated(v.locals, run.Type, int(run.Count))
	}
	v.locals = append(v.locals, bottom)
	v.sizes[ImmLocal] = total
	if planted.Selected == planted.LocalIndex {
		v.sizes[ImmLocal]++
	}
	return nil
}

// appendRepeated appends n times t. Short modules can declare many locals, so it copies in doubling steps.
func appendRepeated(dst []ValType, t ValType, n int) []ValType {
	if n == 0 {
		return dst
	}
	start := len(dst)
	dst = append(dst, t)
	for have := 1; have < n; have = len(dst) - start {
		dst = append(dst, dst[start:start+min(have, n-have)]...)
	}
	return dst
}

// constExpr validates a constant expression that must give one value of type t.
func (v *Validator) constExpr(e Expr, t ValType) (err error) {
	v.constant, v.sizes[ImmGlobal] = true, uint64(len(v.Globals)-len(v.m.Globals)) // imported globals only
	if planted.Selected == planted.OwnGlobal {
		v.sizes[ImmGlobal] = uint64(len(v.Globals))
	}
	for v.begin(e, ResultBlock(t)); err == nil; {
		_, err = v.Next()
	}
	v.constant, v.sizes[ImmGlobal] = false, uint64(len(v.Globals))
	if err != io.EOF {
		return err
	}
	return nil
}

// begin prepares for an expression that gives the results of a block type; its parameters are not on the stack.
func (v *Validator) begin(e Expr, block BlockType) {
	v.code = NewReader(e)
	v.code.c.bounds = v.limits
	v.stack = append(v.stack[:0], make([]ValType, stackGuard)...)
	v.frames = append(v.frames[:0], frame{block: int32(block), height: stackGuard, op: OpBlock})
	v.sizes[ImmLabel] = 1
}

// Next reads the next instruction of the body and validates it. It returns the instruction, which the next call overwrites, or
// io.EOF behind the body's end, or another error.
func (v *Validator) Next() (*Instr, error) {
	if len(v.frames) == 0 {
		if pos := v.code.Pos(); pos != len(v.code.c.b) {
			return nil, &MalformedError{Offset: v.code.c.base + pos, Msg: endExpected}
		}
		return nil, io.EOF
	}
	if !v.code.c.quick(&v.in) {
		if err := v.code.Next(&v.in); err != nil {
			if err == io.EOF {
				err = &MalformedError{Offset: v.code.c.base + v.code.Pos(), Msg: "unexpected end of section or function"}
			}
			return nil, err
		}
	}
	if err := v.instr(); err != nil {
		return nil, err
	}
	if uint64(v.height()) > v.limits[LimitOperands] {
		return nil, v.tooHigh()
	}
	return &v.in, nil
}

// Operands returns the types of all operands of the function behind the last instruction, the topmost last. Where what follows
// cannot be reached, operands may be missing. The slice is valid until the next call of a method.
func (v *Validator) Operands() []ValType { return v.stack[stackGuard:] }

// height returns the number of operands.
func (v *Validator) height() int { return len(v.stack) - stackGuard }

// tooHigh returns the error for too many operands.
func (v *Validator) tooHigh() error {
	what := "operands of a constant expression"
	if v.fn >= 0 {
		what = fmt.Sprintf("operands of function %d at one time", v.fn)
	}
	return v.limits.checkAs(LimitOperands, what, uint64(v.height()), v.in.Offset)
}

// fail returns the error for the current instruction.
func (v *Validator) fail(msg string) error {
	return &InvalidError{Func: v.fn, Op: v.in.Op, Offset: v.in.Offset, Msg: msg}
}

// mismatch returns the error for an operand of a wrong type.
func (v *Validator) mismatch(want, got string) error {
	return v.fail(fmt.Sprintf("type mismatch: want %s, got %s", want, got))
}

// top returns the innermost open block.
func (v *Validator) top() *frame { return &v.frames[len(v.frames)-1] }

// pop takes a value of any type from the operand stack.
func (v *Validator) pop() (ValType, error) {
	f := v.top()
	if n := len(v.stack); n > int(f.height) {
		t := v.stack[n-1]
		v.stack = v.stack[:n-1]
		return t, nil
	}
	if f.unreachable {
		return bottom, nil
	}
	return bottom, v.mismatch("an operand", "none")
}

// popType takes a value of type t from the operand stack.
func (v *Validator) popType(t ValType) error {
	if n := len(v.stack); n > int(v.top().height) && v.stack[n-1] == t {
		v.stack = v.stack[:n-1]
		return nil
	}
	got, err := v.pop()
	if err == nil && got != t && got != bottom {
		err = v.mismatch(t.String(), got.String())
	}
	return err
}

// popTypes takes values of the given types from the operand stack, the last type first. The usual case is one
// comparison of memory, so that types of many values take little more time than their instructions' bytes.
func (v *Validator) popTypes(ts []ValType) error {
	f := v.top()
	have := len(v.stack) - int(f.height)
	if have >= len(ts) && equalTypes(v.stack[len(v.stack)-len(ts):], ts) {
		v.stack = v.stack[:len(v.stack)-len(ts)]
		return nil
	}
	for i := len(ts) - 1; i >= 0; i-- {
		if have == 0 && f.unreachable {
			return nil
		}
		if err := v.popType(ts[i]); err != nil {
			return err
		}
		have--
	}
	return nil
}

func (v *Validator) push(t ValType) { v.stack = append(v.stack, t) }

func (v *Validator) pushTypes(ts []ValType) { v.stack = append(v.stack, ts...) }

// labelTypes returns what a branch to the block takes.
func (v *Validator) labelTypes(f *frame) []ValType {
	if f.op == OpLoop && planted.Selected != planted.LoopResults {
		return v.params(f)
	}
	return v.results(f)
}

// open begins a block whose parameters have been taken from the operand stack.
func (v *Validator) open(op Op, block BlockType) {
	if len(v.frames) == cap(v.frames) {
		v.frames = slices.Grow(v.frames, len(v.frames)) // doubles, where append would add a quarter
	}
	v.frames = append(v.frames, frame{block: int32(block), height: uint32(len(v.stack)), op: op})
	v.sizes[ImmLabel]++
	if block != EmptyBlock {
		v.pushTypes(v.params(v.top()))
	}
}

// closeBlock takes the results of the innermost block and ends it.
func (v *Validator) closeBlock() (frame, error) {
	f := *v.top()
	if err := v.popTypes(v.results(&f)); err != nil {
		return f, err
	}
	if extra := len(v.stack) - int(f.height); extra > 0 && !(planted.Selected == planted.UnreachableRest && f.unreachable) {
		return f, v.fail(fmt.Sprintf("type mismatch: %d values too many at the end of the block", extra))
	}
	v.closed()
	return f, nil
}

// closed ends the innermost block.
func (v *Validator) closed() {
	v.frames = v.frames[:len(v.frames)-1]
	v.sizes[ImmLabel]--
}

// rest makes the rest of the innermost block unreachable.
func (v *Validator) rest() {
	f := v.top()
	v.stack = v.stack[:f.height]
	f.unreachable = true
}
