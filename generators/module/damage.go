package module

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Damage changes a module in at most as many places as there are frames on the tape, and in no more than two: in its code, its definitions
// or its segments. What comes out is often invalid, and sometimes not well-formed, but nearly always close to valid. It changes m.
func Damage(m *wasm.Module, data []byte) {
	t := tape.New(data)
	for range 2 {
		if !t.Frame() {
			return
		}
		if !t.Chance(100) {
			damageOnce(m, t)
		}
	}
}

// damageOnce changes a module in one place.
func damageOnce(m *wasm.Module, t *tape.Tape) {
	switch {
	case t.Chance(180) && len(m.Funcs) > 0:
		damageCode(m, t.Intn(len(m.Funcs)), t)
	case t.Chance(60):
		if list := m.ConstExprs(); len(list) > 0 {
			damageConstant(m, tape.Pick(t, list), t)
		}
	default:
		tape.Pick(t, definitionsOf(m))(m, t)
	}
}

// damageCode changes an instruction of a function, or several.
func damageCode(m *wasm.Module, f int, t *tape.Tape) {
	var code []wasm.Instr
	for r := wasm.NewReader(m.Funcs[f].Body); ; {
		var in wasm.Instr
		if r.Next(&in) != nil {
			break
		}
		code = append(code, in)
	}
	last := len(code) - 1 // the end
	if last < 1 {
		return
	}
	i := t.Intn(last)
	if t.Chance(180) {
		code = damageOneRule(m, &m.Funcs[f], code, i, t)
	} else {
		code = damageAnything(code, i, last, t)
	}
	encodeDamaged(&m.Funcs[f].Body, code, t)
}

// encodeDamaged makes an expression of instructions. A br_table has a label at least.
func encodeDamaged(e *wasm.Expr, code []wasm.Instr, t *tape.Tape) {
	e.Code = nil
	for i := range code {
		if slices.Contains(code[i].Op.Info().Imms, wasm.ImmLabels) && len(code[i].Labels) == 0 {
			code[i].Labels = []uint32{uint32(t.Byte()) % 4}
		}
		e.Code = wasm.AppendInstr(e.Code, &code[i])
	}
}

// damageAnything changes instruction i, or another one before the last, whatever comes out.
func damageAnything(code []wasm.Instr, i, last int, t *tape.Tape) []wasm.Instr {
	switch t.Intn(9) {
	case 0:
		code = slices.Delete(code, i, i+1)
	case 1:
		code = slices.Insert(code, i, code[i])
	case 2:
		k := t.Intn(last)
		code[i], code[k] = code[k], code[i]
	case 3:
		code[i] = code[t.Intn(last)]
	case 4:
		code[i].Op = wasm.Op(t.Uint16()) % wasm.NumOps
	case 5:
		code = slices.Insert(code, i, anyInstr(t))
	case 6:
		code[i] = anyInstr(t)
	case 7:
		damageBlock(code, i, t)
	default:
		damageImmediate(&code[i], t)
	}
	return code
}

// stops are instructions behind which code cannot be reached.
var stops = []wasm.Op{wasm.OpUnreachable, wasm.OpReturn, wasm.OpBr, wasm.OpBrTable}

// anyInstr reads an instruction with small immediates. Every second one makes the code behind it unreachable or is a drop.
func anyInstr(t *tape.Tape) wasm.Instr {
	in := wasm.Instr{Op: wasm.Op(t.Uint16()) % wasm.NumOps, Lane: t.Byte() % 20, Labels: []uint32{uint32(t.Intn(3)), 0}}
	switch t.Intn(4) {
	case 0:
		in.Op = tape.Pick(t, stops)
	case 1:
		in.Op = tape.Pick(t, []wasm.Op{wasm.OpDrop, wasm.OpSelect, wasm.OpRefIsNull, wasm.OpLocalTee, wasm.OpBrIf})
	}
	in.Imm = [2]uint64{uint64(t.Intn(6)), uint64(t.Intn(3))}
	in.Types = slices.Repeat([]wasm.ValType{tape.Pick(t, damagedTypes)}, 1+t.Intn(8)/7)
	for _, kind := range in.Op.Info().Imms {
		switch kind {
		case wasm.ImmBlock:
			in.Imm[0] = blockType(t)
		case wasm.ImmRefType:
			in.Imm[0] = uint64(tape.Pick(t, []wasm.ValType{wasm.FuncRef, wasm.ExternRef}))
		case wasm.ImmMemory:
			in.Imm[0], in.Imm[1] = in.Imm[0]%2, 0
		}
	}
	return in
}

// damagedTypes are the types that others are replaced with.
var damagedTypes = []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128, wasm.FuncRef, wasm.ExternRef}

func blockType(t *tape.Tape) uint64 {
	switch t.Intn(3) {
	case 0:
		return uint64(t.Intn(5)) // an index
	case 1:
		empty := wasm.EmptyBlock
		return uint64(empty)
	}
	return uint64(wasm.ResultBlock(tape.Pick(t, damagedTypes)))
}

// damageBlock changes the first block from an instruction on: its type, or what it is; or takes an else out.
func damageBlock(code []wasm.Instr, i int, t *tape.Tape) {
	for ; i < len(code)-1; i++ {
		switch in := &code[i]; in.Op {
		case wasm.OpElse:
			in.Op = wasm.OpNop
			return
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			if t.Bool() {
				in.Imm[0] = blockType(t)
			} else {
				in.Op = tape.Pick(t, []wasm.Op{wasm.OpBlock, wasm.OpLoop, wasm.OpIf})
			}
			return
		}
	}
}

// damageImmediate moves an immediate that is an index, an alignment, a lane or a type.
func damageImmediate(in *wasm.Instr, t *tape.Tape) {
	kinds := in.Op.Info().Imms
	if len(kinds) == 0 {
		in.Op = wasm.Op(t.Uint16()) % wasm.NumOps
		return
	}
	n := t.Intn(len(kinds))
	switch kinds[n] {
	case wasm.ImmBlock:
		in.Imm[0] = blockType(t)
	case wasm.ImmLabels:
		in.Labels[t.Intn(len(in.Labels))] += uint32(1 + t.Intn(3))
	case wasm.ImmLane:
		in.Lane += 1 + t.Byte()%16
	case wasm.ImmLanes:
		in.Imm[t.Intn(2)] ^= uint64(t.Byte()) << (8 * t.Intn(8))
	case wasm.ImmTypes:
		if of := tape.Pick(t, damagedTypes); t.Bool() {
			in.Types = append(slices.Clone(in.Types), of)
		} else {
			in.Types = []wasm.ValType{of}
		}
	case wasm.ImmRefType:
		in.Imm[0] ^= uint64(wasm.FuncRef) ^ uint64(wasm.ExternRef)
	case wasm.ImmMemory:
		in.Imm[n] = uint64(t.Intn(2))
	case wasm.ImmMemarg:
		in.Imm[0] += uint64(t.Intn(3))
		in.Imm[1] = uint64(t.Uint32())
	default:
		in.Imm[n] = uint64(nudge(t, uint32(in.Imm[n])))
	}
}

// nudge moves an index by a little, or far.
func nudge(t *tape.Tape, x uint32) uint32 {
	return tape.Pick(t, []uint32{x + 1, x - 1, 0, x + 2, uint32(t.Byte()), 1<<32 - 1})
}
