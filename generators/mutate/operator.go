package mutate

import (
	"math/bits"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// twins has for each instruction the others with the same operands, results and immediates, of proposals that it does not need more than
// the instruction does.
var twins = func() (list [wasm.NumOps][]wasm.Op) {
	for op, info := range wasm.Ops() {
		if info.Class == wasm.ClassCustom || info.Class == wasm.ClassConst {
			continue
		}
		for other, o := range wasm.Ops() {
			if other != op && o.Class != wasm.ClassCustom && o.Sig == info.Sig && slices.Equal(o.Imms, info.Imms) && o.Since <= info.Since && !o.Const {
				list[op] = append(list[op], other)
			}
		}
	}
	return list
}()

// Twins returns the instructions that can stand in place of op. They must not be changed.
func Twins(op wasm.Op) []wasm.Op { return twins[op] }

// Exchange makes another instruction of n, one of its twins, and lowers what would be out of its bounds.
func Exchange(n *edit.Node, op wasm.Op) {
	n.Op = op
	info := op.Info()
	if slices.Contains(info.Imms, wasm.ImmMemarg) {
		n.Imm[0] = min(n.Imm[0], uint64(bits.Len8(info.Access)-1))
	}
	if slices.Contains(info.Imms, wasm.ImmLane) {
		n.Lane %= uint8(info.Lanes.Count())
	}
}

// operator puts another instruction of the same type in place of one.
func operator(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool { return len(twins[list[i].Op]) > 0 })
	if !ok {
		return false
	}
	n := *p.node()
	Exchange(&n, tape.Pick(e.t, twins[n.Op]))
	return e.replace(p, n)
}

// isConst reports whether an instruction is a constant of a number or a vector.
func isConst(op wasm.Op) bool { return op.Info().Class == wasm.ClassConst }

// constant puts a value at a boundary in place of a constant.
func constant(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool { return isConst(list[i].Op) })
	if !ok {
		return false
	}
	n := *p.node()
	e.boundary(&n)
	return e.replace(p, n)
}

// boundary gives a constant a value at a boundary, or one close to what it was.
func (e *editor) boundary(n *edit.Node) {
	width := 64
	if t := n.Op.Operands().Results[0]; t == wasm.I32 || t == wasm.F32 {
		width = 32
	}
	for i := range n.Imm {
		x := n.Imm[i]
		switch e.t.Intn(8) {
		case 0:
			x = 0
		case 1:
			x = 1
		case 2:
			x = ^uint64(0)
		case 3: // the least integer, or minus zero
			x = 1 << (width - 1)
		case 4: // the largest integer, or a NaN
			x = 1<<(width-1) - 1
		case 5: // infinity
			x = 0xff << (width - 9)
			if width == 64 {
				x = 0x7ff << 52
			}
		case 6:
			x++
		case 7:
			x ^= 1 << e.t.Intn(width)
		}
		n.Imm[i] = x << (64 - width) >> (64 - width)
		if n.Op != wasm.OpV128Const {
			break
		}
	}
}

// offset changes the offset or the alignment of a load or a store.
func offset(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool { return slices.Contains(list[i].Op.Info().Imms, wasm.ImmMemarg) })
	if !ok {
		return false
	}
	n := *p.node()
	n.Imm[0] = uint64(e.t.Intn(bits.Len8(n.Op.Info().Access)))
	n.Imm[1] = tape.Pick(e.t, []uint64{0, 1, wasm.PageSize - 1, wasm.PageSize, 1<<31 - 1, 1 << 31, 1<<32 - 8, 1<<32 - 1})
	return e.replace(p, n)
}
