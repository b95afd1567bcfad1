// Package nan rewrites a module so that its arithmetic returns canonical NaNs only.
//
// The specification leaves the sign and the payload of most NaNs open (section 4.3.3), and engines and processors differ. Once
// such bits are stored or reinterpreted, a difference is everywhere. A module that still diverges after the rewriting
// does so for another reason.
package nan

import (
	"io"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// canon is how values of one kind are made canonical.
type canon struct {
	nan    wasm.Instr // a constant
	eq     wasm.Op
	choose wasm.Op
	local  uint64 // which of the new locals it needs
}

// Append appends what makes the result of o, which is on the stack, canonical, if the specification leaves bits of it open. local
// gives the index of a local of a type that may be overwritten.
func Append(code []byte, o wasm.Op, local func(wasm.ValType) uint64) []byte {
	c := canonOf(o)
	if c == nil {
		return code
	}
	return c.append(code, local(locals[c.local]))
}

// The bits of the canonical NaNs.
const (
	nan32 = 0x7fc00000
	nan64 = 0x7ff8000000000000
)

var (
	canon32   = canon{wasm.NewInstr(wasm.OpF32Const, nan32), wasm.OpF32Eq, wasm.OpSelect, 0}
	canon64   = canon{wasm.NewInstr(wasm.OpF64Const, nan64), wasm.OpF64Eq, wasm.OpSelect, 1}
	canon32x4 = canon{wasm.NewInstr(wasm.OpV128Const, nan32<<32|nan32, nan32<<32|nan32), wasm.OpF32x4Eq, wasm.OpV128Bitselect, 2}
	canon64x2 = canon{wasm.NewInstr(wasm.OpV128Const, nan64, nan64), wasm.OpF64x2Eq, wasm.OpV128Bitselect, 2}
)

// locals are the types of the new locals. Only a function that computes floats with vectors gets the last.
var locals = []wasm.ValType{wasm.F32, wasm.F64, wasm.V128}

// canonOf returns how what o returns is made canonical, or nil if the specification leaves none of its NaNs open.
func canonOf(o wasm.Op) *canon {
	switch lanes := o.OpenLanes(); {
	case lanes == 32:
		return &canon32x4
	case lanes == 64:
		return &canon64x2
	case !o.OpenNaN():
		return nil
	case o.Operands().Results[0] == wasm.F32:
		return &canon32
	}
	return &canon64
}

// Open reports whether the specification leaves bits of what o returns open.
func Open(o wasm.Op) bool { return canonOf(o) != nil }

// Alike reports whether two results of o, each given as its words, are the same but for the bits of NaNs that the specification leaves open.
func Alike(o wasm.Op, a, b []uint64) bool {
	c := canonOf(o)
	if c == nil || len(a) != len(b) {
		return slices.Equal(a, b)
	}
	for i := range a {
		switch c {
		case &canon32, &canon32x4:
			if !alike32(uint32(a[i]), uint32(b[i])) || !alike32(uint32(a[i]>>32), uint32(b[i]>>32)) {
				return false
			}
		default:
			if a[i] != b[i] && !(isNaN64(a[i]) && isNaN64(b[i])) {
				return false
			}
		}
	}
	return true
}

func alike32(a, b uint32) bool { return a == b || isNaN32(a) && isNaN32(b) }

func isNaN32(bits uint32) bool { return bits&(1<<31-1) > 0xff<<23 }

func isNaN64(bits uint64) bool { return bits&(1<<63-1) > 0x7ff<<52 }

// Canonicalise returns a module that does the same as the given one, but for the bits of its NaNs and the time it takes. It
// reports false, and returns the module as it is, if the module is not valid or no instruction needs a change.
func Canonicalise(module []byte) ([]byte, bool) {
	m, err := wasm.Decode(module)
	if err != nil || wasm.Validate(m) != nil {
		return module, false
	}
	out, changed := *m, false
	out.Funcs = append([]wasm.Func(nil), m.Funcs...)
	for i := range out.Funcs {
		if rewrite(m, &out.Funcs[i]) {
			changed = true
		}
	}
	if !changed {
		return module, false
	}
	return wasm.Encode(&out), true
}

// rewrite puts behind each instruction that leaves bits open what replaces a NaN. It needs a few new locals, and since labels and
// locals are counted, not addressed, nothing else changes.
func rewrite(m *wasm.Module, f *wasm.Func) bool {
	next := uint64(len(m.Types[f.Type].Params))
	for _, l := range f.Locals {
		next += uint64(l.Count)
	}
	if next+uint64(len(locals)) > wasm.MaxLocals {
		return false
	}
	var code []byte
	var in wasm.Instr
	from, added := 0, uint64(2) // what is copied, and how many locals are new
	for r := wasm.NewReader(f.Body); ; {
		if err := r.Next(&in); err == io.EOF {
			break
		} else if err != nil {
			return false
		}
		c := canonOf(in.Op)
		if c == nil {
			continue
		}
		added = max(added, c.local+1)
		code = append(code, f.Body.Code[from:r.Pos()]...)
		from = r.Pos()
		code = c.append(code, next+c.local)
	}
	if from == 0 {
		return false
	}
	f.Body = wasm.Expr{Code: append(code, f.Body.Code[from:]...)}
	f.Locals = append([]wasm.Locals(nil), f.Locals...)
	for _, t := range locals[:added] {
		f.Locals = append(f.Locals, wasm.Locals{Count: 1, Type: t})
	}
	return true
}

// append appends: the value on the stack if it equals itself, else the canonical NaN; of a vector, lane by lane.
func (c *canon) append(code []byte, local uint64) []byte {
	for _, in := range []wasm.Instr{
		{Op: wasm.OpLocalTee, Imm: [2]uint64{local}},
		c.nan,
		{Op: wasm.OpLocalGet, Imm: [2]uint64{local}},
		{Op: wasm.OpLocalGet, Imm: [2]uint64{local}},
		{Op: c.eq},
		{Op: c.choose},
	} {
		code = wasm.AppendInstr(code, &in)
	}
	return code
}
