package wasm

import (
	"fmt"
	"math"
	"strings"
)

// Formatter gives instructions of a module as people read them. The form follows the text format but is not meant to be parsed.
type Formatter struct {
	m     *Module
	names map[uint32]string
}

// NewFormatter returns a Formatter for the instructions of m, which need not be valid.
func NewFormatter(m *Module) *Formatter { return &Formatter{m, m.FuncNames()} }

// Instr returns an instruction with its immediates, for example "i32.load offset=16 align=4".
func (f *Formatter) Instr(in *Instr) string {
	var s strings.Builder
	s.WriteString(in.Op.String())
	n := 0
	for _, kind := range in.Op.Info().Imms {
		x := uint64(0)
		if n < len(in.Imm) {
			x = in.Imm[n]
		}
		switch kind {
		case ImmBlock:
			s.WriteString(f.blockType(in.Block()))
		case ImmLabels:
			fmt.Fprintf(&s, " %v", in.Labels)
			n--
		case ImmTypes:
			fmt.Fprintf(&s, " %s", joinTypes(in.Types))
			n--
		case ImmLane:
			fmt.Fprintf(&s, " %d", in.Lane)
			n--
		case ImmLanes:
			n++
			fmt.Fprintf(&s, " %v", in.Indexes())
		case ImmV128:
			n++
			fmt.Fprintf(&s, " i64x2 %#x %#x", x, in.Imm[n])
		case ImmFunc:
			fmt.Fprintf(&s, " %s", f.Func(uint32(x)))
		case ImmMemarg:
			n++
			fmt.Fprintf(&s, " offset=%d align=%d", in.Imm[n], uint64(1)<<x)
		case ImmI32:
			fmt.Fprintf(&s, " %d", int32(x))
		case ImmI64:
			fmt.Fprintf(&s, " %d", int64(x))
		case ImmF32:
			fmt.Fprintf(&s, " %v (bits %#x)", math.Float32frombits(uint32(x)), x)
		case ImmF64:
			fmt.Fprintf(&s, " %v (bits %#x)", math.Float64frombits(x), x)
		case ImmRefType:
			fmt.Fprintf(&s, " %s", ValType(x))
		default:
			fmt.Fprintf(&s, " %d", x)
		}
		n++
	}
	return s.String()
}

// Func returns the index of a function and its name, quoted, if the module names it.
func (f *Formatter) Func(x uint32) string {
	if name, ok := f.names[x]; ok {
		return fmt.Sprintf("%d %q", x, name)
	}
	return fmt.Sprint(x)
}

// typeUse describes a type by its index, which may be wrong.
func (f *Formatter) typeUse(x uint32) string {
	if uint64(x) >= uint64(len(f.m.Types)) {
		return unknown("type", uint64(x))
	}
	return fmt.Sprintf("type %d", x)
}

func (f *Formatter) blockType(b BlockType) string {
	if b >= 0 {
		return " " + f.typeUse(uint32(b))
	}
	if t, ok := b.Result(); ok {
		return " -> (" + t.String() + ")"
	}
	return ""
}
