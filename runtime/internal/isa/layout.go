package isa

// layout is what passes over code need of most instructions, packed: the specs themselves take much of the processor's cache.
type layout struct {
	fields uint64   // mask of the fields of the op word that are slots
	slots  [3]uint8 // by field D, A, B: how many slots from the one it names are used, 0 if it names none
	words  uint8    // of the instruction, see Shape.Words
	target Field    // Target or ShortTarget of a branch, else Unused
	plain  bool     // slots and the target are all that can be wrong with the instruction
	ends   bool     // see Shape.Ends
}

// layouts holds the layouts by number.
var layouts = func() []layout {
	all := make([]layout, len(table))
	for i := range table {
		all[i] = layoutOf(Op(i), &table[i].Shape)
	}
	return all
}()

func layoutOf(op Op, s *Shape) layout {
	l := layout{words: uint8(s.Words()), ends: s.Ends, plain: op != Exit && op != Ret0 && op != Ret1}
	for i, f := range [3]Field{s.D, s.A, s.B} {
		switch f {
		case Read, Write, Update:
			l.slots[i] = 1
		case Read2, Write2:
			l.slots[i] = 2
		case Target, ShortTarget:
			l.target = f
		case Unused, Disp:
		default:
			l.plain = false
		}
		if l.slots[i] > 0 {
			l.fields |= 0xffff << (16 * (i + 1))
		}
	}
	switch s.Imm {
	case NoImm, Constant, TwoConstants, Halves, AddDisp, AddDispConst, AddDispTwice:
	default:
		l.plain = false
	}
	return l
}

// goal returns the word that the branch w at pc goes to; l is the layout of its instruction.
func (l *layout) goal(pc uint32, w Inst) uint32 {
	if l.target == ShortTarget {
		return pc + uint32(int16(w.D()))
	}
	return pc + w.AB()
}

// Words returns how many words o takes, see [Shape.Words].
func (o Op) Words() int { return int(layouts[o].words) }

// Target returns which kind of target o branches to, [Target] or [ShortTarget]; Unused if it is no branch.
func (o Op) Target() Field { return layouts[o].target }

// reach returns the number of slots that a frame must have at least for the slots that w names; l is the layout of its
// instruction.
func (l *layout) reach(w Inst) uint32 {
	w &= Inst(l.fields)
	return max(uint32(w.D())+uint32(l.slots[0]), uint32(w.A())+uint32(l.slots[1]), uint32(w.B())+uint32(l.slots[2]))
}
