// Package nan rewrites a module so that its arithmetic returns canonical NaNs only.
//
// The specification leaves the sign and the payload of most NaNs open (section 4.3.3), and engines and processors differ. Once
// such bits are stored or reinterpreted, a difference is everywhere. A module that still diverges after the rewriting
// does so for another reason.
package nan

import (
	"io"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// canon is how one float type is made canonical.
type canon struct {
	bits  uint64
	konst wasm.Op
	eq    wasm.Op
	typ   wasm.ValType
}

var (
	canon32 = canon{0x7fc00000, wasm.OpF32Const, wasm.OpF32Eq, wasm.F32}
	canon64 = canon{0x7ff8000000000000, wasm.OpF64Const, wasm.OpF64Eq, wasm.F64}
)

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

// rewrite puts behind each instruction that leaves bits open what replaces a NaN. It needs one new local a float type, and
// since labels and locals are counted, not addressed, nothing else changes.
func rewrite(m *wasm.Module, f *wasm.Func) bool {
	next := uint64(len(m.Types[f.Type].Params))
	for _, l := range f.Locals {
		next += uint64(l.Count)
	}
	if next+2 > wasm.MaxLocals {
		return false
	}
	var code []byte
	var in wasm.Instr
	from := 0
	for r := wasm.NewReader(f.Body); ; {
		if err := r.Next(&in); err == io.EOF {
			break
		} else if err != nil {
			return false
		}
		if !in.Op.OpenNaN() {
			continue
		}
		c, local := &canon32, next
		if in.Op.Operands().Results[0] == wasm.F64 {
			c, local = &canon64, next+1
		}
		code = append(code, f.Body.Code[from:r.Pos()]...)
		from = r.Pos()
		code = c.append(code, local)
	}
	if from == 0 {
		return false
	}
	f.Body = wasm.Expr{Code: append(code, f.Body.Code[from:]...)}
	f.Locals = append(append([]wasm.Locals(nil), f.Locals...), wasm.Locals{Count: 1, Type: canon32.typ}, wasm.Locals{Count: 1, Type: canon64.typ})
	return true
}

// append appends: the value on the stack if it equals itself, else the canonical NaN.
func (c *canon) append(code []byte, local uint64) []byte {
	for _, in := range []wasm.Instr{
		{Op: wasm.OpLocalTee, Imm: [2]uint64{local}},
		{Op: c.konst, Imm: [2]uint64{c.bits}},
		{Op: wasm.OpLocalGet, Imm: [2]uint64{local}},
		{Op: wasm.OpLocalGet, Imm: [2]uint64{local}},
		{Op: c.eq},
		{Op: wasm.OpSelect},
	} {
		code = wasm.AppendInstr(code, &in)
	}
	return code
}
