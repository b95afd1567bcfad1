package isa

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes the code of a function as people read it, one instruction a line: its word relative to the header, its name,
// and its operands, with r7 for slot 7 and ->12 for the instruction at word 12. A slot that is written stands before "=".
func WriteText(w io.Writer, c *Code, f Func) error {
	h := Header(c.Words[f.Entry])
	if _, err := fmt.Fprintf(w, "frame %d, params %d, cleared %d\n", h.Frame(), h.Params(), h.Zero()); err != nil {
		return err
	}
	for pc := f.Entry + 1; pc < f.End; {
		line, words := Text(c, f, pc)
		if _, err := fmt.Fprintf(w, "%4d  %s\n", pc-f.Entry, line); err != nil {
			return err
		}
		pc += words
	}
	return nil
}

// Text returns the instruction of a function at a word as WriteText writes it, and how many words it takes.
func Text(c *Code, f Func, pc uint32) (line string, words uint32) {
	in := Inst(c.Words[pc])
	s := in.Op().Spec()
	words = uint32(s.Shape.Words())
	imms := [2]uint64{}
	copy(imms[:], c.Words[pc+1:pc+words])
	return text(in, s, imms[0], imms[1], pc-f.Entry), words
}

// text returns one instruction, which stands at word at of its function, with its immediate words.
func text(in Inst, s *Spec, imm, high uint64, at uint32) string {
	dest, goal, args := "", "", []string{}
	for _, x := range [3]struct {
		f Field
		v uint16
	}{{s.Shape.D, in.D()}, {s.Shape.A, in.A()}, {s.Shape.B, in.B()}} {
		switch x.f {
		case Write:
			dest = fmt.Sprintf("r%d = ", x.v)
		case WriteN, Write2:
			dest = fmt.Sprintf("r%d.. = ", x.v)
		case Read, Update:
			args = append(args, fmt.Sprintf("r%d", x.v))
		case ReadN, Read2, Args:
			args = append(args, fmt.Sprintf("r%d..", x.v))
		case Length:
			args = append(args, fmt.Sprintf("x%d", x.v))
		case Lane:
			args = append(args, fmt.Sprintf("lane %d", x.v))
		case Disp:
			args = append(args, fmt.Sprintf("+%d", x.v))
		case ShortTarget:
			goal = fmt.Sprintf("->%d", at+uint32(int16(x.v)))
		case Target:
			goal = fmt.Sprintf("->%d", at+in.AB())
		case Callee:
			args = append(args, fmt.Sprintf("word %+d", int32(in.AB())))
		case ImportIndex, GlobalIndex, Count, TrapNumber:
			args = append(args, fmt.Sprint(in.AB()))
		}
	}
	switch s.Shape.Imm {
	case NoImm:
	case SlotRead:
		args = append(args, fmt.Sprintf("r%d", imm))
	case Slot2:
		args = append(args, fmt.Sprintf("r%d..", imm))
	case LaneIndex:
		args = append(args, fmt.Sprintf("lane %d", imm))
	case DispLane:
		args = append(args, fmt.Sprintf("+%d", uint32(imm)), fmt.Sprintf("lane %d", imm>>32))
	case Halves, LaneIndexes:
		args = append(args, fmt.Sprintf("%#x", imm), fmt.Sprintf("%#x", high))
	case AddDisp, AddDispConst, AddDispSlot, AddDispTwice:
		args = append(args, fmt.Sprintf("%+d", int32(imm)), fmt.Sprintf("+%d", imm>>32))
		switch s.Shape.Imm {
		case AddDispConst:
			args = append(args, fmt.Sprintf("%#x", high))
		case AddDispSlot:
			args = append(args, fmt.Sprintf("r%d", high))
		case AddDispTwice:
			args = append(args, fmt.Sprintf("%+d", int32(high)), fmt.Sprintf("+%d", high>>32))
		}
	case TwoConstants:
		args = append(args, fmt.Sprintf("%+d", int32(imm)), fmt.Sprint(int32(imm>>32)))
	default:
		args = append(args, fmt.Sprintf("%#x", imm))
	}
	if goal != "" {
		args = append(args, goal)
	}
	return strings.TrimRight(dest+s.Name+" "+strings.Join(args, ", "), " ")
}
