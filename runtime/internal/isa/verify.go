package isa

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// VerifyError says that code would break an invariant that the unsafe interpreter loop relies on. It is always a bug of the
// lowering, never the fault of a module.
type VerifyError struct {
	Func int // index among the functions that the module defines
	Word int // index into Code.Words
	Msg  string
}

// Error returns the message with the place.
func (e *VerifyError) Error() string {
	return fmt.Sprintf("register code of function %d at word %d: %s", e.Func, e.Word, e.Msg)
}

// Verify checks in one linear pass what makes the loop safe, whatever the lowering did:
// each op word is an instruction; each slot is inside the frame; each branch goes to the start of an instruction of the same
// function, and no instruction runs off the function's end; each call goes to a function header and its arguments and
// results are inside the frame; each index is in its index space.
func Verify(m *wasm.Module, c *Code) error {
	v := verifier{m: m, code: c, Spaces: m.Spaces()}
	if len(c.Funcs) != len(m.Funcs) {
		return &VerifyError{Msg: "number of functions differs from the module's"}
	}
	if len(c.Words) == 0 || Inst(c.Words[0]).Op() != Exit {
		return &VerifyError{Msg: "word 0 is not Exit"}
	}
	next := uint32(1)
	for i, f := range c.Funcs {
		if f.Entry != next || f.End <= f.Entry+1 || uint64(f.End) > uint64(len(c.Words)) || f.Type != m.Funcs[i].Type {
			return &VerifyError{Func: i, Word: int(f.Entry), Msg: "function boundaries"}
		}
		next = f.End
		if err := v.function(i, f); err != nil {
			return err
		}
	}
	if int(next) != len(c.Words) {
		return &VerifyError{Func: len(c.Funcs), Word: int(next), Msg: "words behind the last function"}
	}
	return nil
}

type verifier struct {
	m    *wasm.Module
	code *Code
	wasm.Spaces

	// of the current function
	index   int
	f       Func
	frame   uint32
	starts  []bool // words of the function at which an instruction starts, from its entry on
	targets []target
}

type target struct{ from, to uint32 }

func (v *verifier) fail(word uint32, format string, args ...any) error {
	return &VerifyError{Func: v.index, Word: int(word), Msg: fmt.Sprintf(format, args...)}
}

func (v *verifier) function(index int, f Func) error {
	v.index, v.f, v.targets = index, f, v.targets[:0]
	v.starts = slices.Grow(v.starts[:0], int(f.End-f.Entry))[:f.End-f.Entry]
	clear(v.starts)
	words := v.code.Words[:f.End]
	h := Header(words[f.Entry])
	v.frame = h.Frame()
	t := &v.m.Types[f.Type]
	if int(h.Params()) != Slots(t.Params) || uint32(h.Params())+uint32(h.Zero()) > v.frame || Slots(t.Results) > int(v.frame) || v.frame > 1<<16 {
		return v.fail(f.Entry, "header does not fit the type %s", t)
	}
	ends := false
	for pc := f.Entry + 1; pc < f.End; {
		w := Inst(words[pc])
		v.starts[pc-f.Entry] = true
		if op := int(w.Op()); op < len(layouts) {
			l := &layouts[op]
			if next := pc + uint32(l.words); l.plain && next <= f.End && l.reach(w) <= v.frame {
				if l.target != Unused {
					v.targets = append(v.targets, target{pc, l.goal(pc, w)})
				}
				pc, ends = next, l.ends
				continue
			}
		}
		n, end, err := v.instruction(pc, t)
		if err != nil {
			return err
		}
		pc, ends = pc+n, end
	}
	if !ends {
		return v.fail(f.End-1, "execution runs off the end of the function")
	}
	for _, t := range v.targets {
		if t.to <= f.Entry || t.to >= f.End || !v.starts[t.to-f.Entry] {
			return v.fail(t.from, "branch to word %d, where no instruction starts", t.to)
		}
	}
	return nil
}

// instruction checks the one at pc and returns its length in words and whether execution never falls through it. The ones whose
// layout is plain come here only if something is wrong with them.
func (v *verifier) instruction(pc uint32, t *wasm.FuncType) (uint32, bool, error) {
	w := Inst(v.code.Words[pc])
	spec := w.Op().Spec()
	if spec == nil || w.Op() == Exit {
		return 0, false, v.fail(pc, "no instruction %d", uint16(w.Op()))
	}
	n := uint32(w.Op().Words())
	if pc+n > v.f.End {
		return 0, false, v.fail(pc, "%s is cut off by the end of the function", spec.Name)
	}
	var imm uint64
	if n > 1 {
		imm = v.code.Words[pc+1]
	}
	for _, x := range [3]struct {
		f Field
		v uint16
	}{{spec.Shape.D, w.D()}, {spec.Shape.A, w.A()}, {spec.Shape.B, w.B()}} {
		if err := v.field(pc, w, x.f, x.v, imm); err != nil {
			return 0, false, err
		}
	}
	if err := v.immediate(pc, spec, imm); err != nil {
		return 0, false, err
	}
	if err := v.results(pc, w, t); err != nil {
		return 0, false, err
	}
	if spec.Shape.A == Count {
		if err := v.branchTable(pc, w.AB()); err != nil {
			return 0, false, err
		}
		return n, false, nil // the Br instructions of the table are checked like all others
	}
	return n, spec.Shape.Ends, nil
}

// branchTable checks that count+1 Br instructions follow the one at pc.
func (v *verifier) branchTable(pc, count uint32) error {
	if uint64(pc)+uint64(count)+2 > uint64(v.f.End) {
		return v.fail(pc, "the table is cut off by the end of the function")
	}
	for i := range count + 1 {
		if Inst(v.code.Words[pc+1+i]).Op() != Br {
			return v.fail(pc, "entry %d of the table is not a Br", i)
		}
	}
	return nil
}

// results checks that a return gives back as many slots as the function's results take.
func (v *verifier) results(pc uint32, w Inst, t *wasm.FuncType) error {
	n := 0
	switch w.Op() {
	case Ret0:
	case Ret1:
		n = 1
	case RetN:
		n = int(w.B())
	default:
		return nil
	}
	if n != Slots(t.Results) {
		return v.fail(pc, "return of %d slots from a function with results of %d", n, Slots(t.Results))
	}
	return nil
}

func (v *verifier) field(pc uint32, w Inst, f Field, x uint16, imm uint64) error {
	switch f {
	case Read, Write, Update:
		return v.slots(pc, uint32(x), 1)
	case Read2, Write2:
		return v.slots(pc, uint32(x), 2)
	case ReadN, WriteN:
		return v.slots(pc, uint32(x), uint32(w.B()))
	case Target, ShortTarget:
		v.targets = append(v.targets, target{pc, layouts[w.Op()].goal(pc, w)})
	case Callee:
		f, ok := slices.BinarySearchFunc(v.code.Funcs, pc+w.AB(), func(f Func, entry uint32) int { return cmp.Compare(f.Entry, entry) })
		if !ok {
			return v.fail(pc, "call of word %d, where no function starts", pc+w.AB())
		}
		return v.args(pc, w.D(), &v.m.Types[v.code.Funcs[f].Type])
	case ImportIndex:
		if int(w.AB()) >= len(v.Funcs)-len(v.m.Funcs) {
			return v.fail(pc, "no imported function %d", w.AB())
		}
		return v.args(pc, w.D(), &v.m.Types[v.Funcs[w.AB()]])
	case Lane:
		if n := w.Op().Spec().lanes(); uint64(x) >= n {
			return v.fail(pc, "lane %d of %d", x, n)
		}
	case GlobalIndex:
		width := 1
		if d := w.Op().Spec().Shape.D; d == Read2 || d == Write2 {
			width = 2
		}
		if uint64(w.AB()) >= uint64(len(v.Globals)) || Width(v.Globals[w.AB()].Type) != width {
			return v.fail(pc, "no global %d of this width", w.AB())
		}
	case TrapNumber:
		if w.AB() == 0 || w.AB() >= uint32(wasm.NumTrapCodes) {
			return v.fail(pc, "no trap code %d", w.AB())
		}
	case Args:
		if spec := w.Op().Spec(); spec.Shape.Imm == TypeTable && uint32(imm) < uint32(len(v.m.Types)) {
			return v.args(pc, x, &v.m.Types[uint32(imm)])
		}
	}
	return nil
}

func (v *verifier) args(pc uint32, first uint16, t *wasm.FuncType) error {
	return v.slots(pc, uint32(first), uint32(max(Slots(t.Params), Slots(t.Results))))
}

func (v *verifier) slots(pc, first, n uint32) error {
	if first+n > v.frame {
		return v.fail(pc, "slots %d to %d are outside the frame of %d", first, first+n, v.frame)
	}
	return nil
}

func (v *verifier) immediate(pc uint32, spec *Spec, imm uint64) error {
	low, high := uint32(imm), uint32(imm>>32)
	ok := true
	switch spec.Shape.Imm {
	case Slot2:
		ok = imm < uint64(v.frame)-1
	case LaneIndex:
		ok = imm < spec.lanes()
	case DispLane:
		ok = uint64(high) < spec.lanes()
	case Address:
		ok = imm < 1<<33
	case SlotRead:
		ok = imm < uint64(v.frame)
	case AddDispSlot:
		ok = v.code.Words[pc+2] < uint64(v.frame)
	case TypeTable:
		ok = low < uint32(len(v.m.Types)) && high < uint32(len(v.Tables))
	case DataSeg:
		ok = imm < uint64(len(v.m.Datas))
	case ElemSeg:
		ok = imm < uint64(len(v.m.Elems))
	case SegTable:
		ok = low < uint32(len(v.m.Elems)) && high < uint32(len(v.Tables))
	case Table:
		ok = imm < uint64(len(v.Tables))
	case TwoTables:
		ok = low < uint32(len(v.Tables)) && high < uint32(len(v.Tables))
	case FuncIndex:
		ok = imm < uint64(len(v.Funcs))
	case SiteIndex:
		if ok = imm < uint64(v.code.Sites.Len()); ok {
			return v.site(pc, v.code.Sites.At(int(imm)))
		}
	}
	if !ok {
		return v.fail(pc, "immediate %#x is out of range", imm)
	}
	return nil
}

// site checks that the operands and results of a site are inside the frame.
func (v *verifier) site(pc uint32, s *Site) error {
	sites := &v.code.Sites
	return v.slots(pc, uint32(s.Slot), uint32(max(Slots(sites.Operands(s)), Slots(sites.Results(s)))))
}
