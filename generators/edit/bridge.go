package edit

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// constants has the constant instruction of each type that has one.
var constants = func() map[wasm.ValType]wasm.Op {
	ops := map[wasm.ValType]wasm.Op{}
	for op, info := range wasm.Ops() {
		if results := op.Operands().Results; info.Const && len(info.Imms) > 0 && len(results) == 1 && len(op.Operands().Params) == 0 {
			ops[results[0]] = op
		}
	}
	return ops
}()

// ConstOp returns the constant instruction of a type, if it has one.
func ConstOp(t wasm.ValType) (wasm.Op, bool) {
	op, ok := constants[t]
	return op, ok
}

// Zero returns the instruction that gives the value that locals of type t have at the beginning.
func Zero(t wasm.ValType) Node {
	if op, ok := constants[t]; ok {
		return Of(op)
	}
	return Of(wasm.OpRefNull, uint64(t))
}

// Bridge returns the instructions that turn operands of these types into those: what is in the way is dropped, and what is missing
// is zero.
func Bridge(from, to []wasm.ValType) []Node {
	same := 0
	for same < len(from) && same < len(to) && from[same] == to[same] {
		same++
	}
	var list []Node
	for range len(from) - same {
		list = append(list, Of(wasm.OpDrop))
	}
	for _, t := range to[same:] {
		list = append(list, Zero(t))
	}
	return list
}

// Neutral returns what can stand in place of the nodes from i to j of a list, which are not empty: drops and zeros, or unreachable if
// what follows cannot be reached. Of code without types nothing is left.
func Neutral(list []Node, i, j int) []Node {
	for k := i; k < j; k++ {
		if !list[k].Typed {
			return nil
		}
		if Ends(list[k].Op) {
			return []Node{Of(wasm.OpUnreachable)}
		}
	}
	return Bridge(list[i].Before, list[j-1].After)
}

// Tidy removes what computes a value without an effect only to drop it.
func Tidy(list []Node) []Node {
	out := list[:0:0]
	for _, n := range list {
		if n.IsBlock() {
			n.Body = Tidy(n.Body)
			if n.Else != nil {
				n.Else = Tidy(n.Else)
			}
		}
		if n.Op == wasm.OpDrop && len(out) > 0 && givesOnly(out[len(out)-1].Op) {
			out = out[:len(out)-1]
			continue
		}
		out = append(out, n)
	}
	return out
}

// givesOnly reports whether an instruction takes nothing, gives one value and does nothing else.
func givesOnly(op wasm.Op) bool {
	return op.Info().Const && len(op.Operands().Params) == 0 || op == wasm.OpLocalGet
}

// Shift adds by to the labels of a list's branches that lead so many levels or more out of it; 0 is the label of the block whose list it
// is. It reports false if by is negative and a branch leads to the label of just that level, which is gone then.
func Shift(list []Node, levels uint64, by int) ([]Node, bool) {
	ok := true
	move := func(label, depth uint64) uint64 {
		if label < levels+depth {
			return label
		}
		if by < 0 && label == levels+depth {
			ok = false
		}
		return uint64(int64(label) + int64(by))
	}
	return shift(list, 0, move), ok
}

func shift(list []Node, depth uint64, move func(label, depth uint64) uint64) []Node {
	out := slices.Clone(list)
	for i := range out {
		n := &out[i]
		switch n.Op {
		case wasm.OpBr, wasm.OpBrIf:
			n.Imm[0] = move(n.Imm[0], depth)
		case wasm.OpBrTable:
			n.Labels = slices.Clone(n.Labels)
			for k, label := range n.Labels {
				n.Labels[k] = uint32(move(uint64(label), depth))
			}
		}
		if n.IsBlock() {
			n.Body = shift(n.Body, depth+1, move)
			if n.Else != nil {
				n.Else = shift(n.Else, depth+1, move)
			}
		}
	}
	return out
}
