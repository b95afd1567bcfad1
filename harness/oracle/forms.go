package oracle

import (
	"bytes"
	"hash/fnv"

	"github.com/touchstone-wasm/touchstone/harness/encoding"
	"github.com/touchstone-wasm/touchstone/harness/grammar"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// formsOfInput is in how many other forms a module is decoded.
const formsOfInput = 3

// wellFormed asserts that the decoder accepts src if and only if the grammar does, and that what it refuses stays refused if the bodies of
// functions are left to the validator. Err is what the decoder says; modules beyond a limit are not compared.
func wellFormed(src []byte, err error) *Failure {
	if isLimit(err) {
		return nil
	}
	wrong := grammar.Check(src)
	switch {
	case wrong == nil && err != nil:
		return fail("decode: well-formed module is refused", "%v\n%x", err, src)
	case wrong != nil && err == nil:
		return fail("decode: malformed module is accepted", "%v\n%x", wrong, src)
	case err == nil:
		return nil
	}
	m, err := wasm.DecodeShallow(nil, src)
	if err == nil && wasm.Validate(m) == nil {
		return fail("validate: malformed module is accepted", "%v\n%x", wrong, src)
	}
	return nil
}

// otherForms decodes a well-formed module in other forms, which follow from its bytes: what is malformed must be refused, and what stands
// for the same module must be decoded to it, with the same verdict of the validator.
func otherForms(src []byte, m *wasm.Module, valid bool) *Failure {
	forms := encoding.Of(src, seedOf(src))
	var plain []byte
	for range formsOfInput {
		form, same := forms.Next()
		decoded, err := wasm.Decode(form)
		if f := wellFormed(form, err); f != nil {
			return f
		}
		if err != nil {
			if f := refusedToDecode(form, err); f != nil {
				return f
			}
			continue
		}
		if !same {
			continue
		}
		if plain == nil {
			plain = normal(m)
		}
		if !bytes.Equal(plain, normal(decoded)) {
			return fail("decode: another form gives another module", "first %x\nother %x", src, form)
		}
		if (wasm.Validate(decoded) == nil) != valid {
			return fail("validate: verdict depends on the encoding", "valid %v, but not in another form\nfirst %x\nother %x", valid, src, form)
		}
	}
	return nil
}

// seedOf returns a number that follows from an input, and that every mutation changes.
func seedOf(input []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(input)
	return h.Sum64()
}

// normal returns the encoding of m in which every number is as short as it can be, in code as well.
func normal(m *wasm.Module) []byte {
	c := *m
	c.Funcs = each(m.Funcs, func(f *wasm.Func) { normalExpr(&f.Body) })
	c.Globals = each(m.Globals, func(g *wasm.Global) { normalExpr(&g.Init) })
	c.Elems = each(m.Elems, func(s *wasm.ElemSegment) {
		normalExpr(&s.Offset)
		s.Exprs = each(s.Exprs, normalExpr)
	})
	c.Datas = each(m.Datas, func(s *wasm.DataSegment) { normalExpr(&s.Offset) })
	return wasm.Encode(&c)
}

// normalExpr encodes the instructions of an expression that was decoded again.
func normalExpr(e *wasm.Expr) {
	var in wasm.Instr
	code := make([]byte, 0, len(e.Code))
	for r := wasm.NewReader(*e); r.Next(&in) == nil; {
		code = wasm.AppendInstr(code, &in)
	}
	e.Code = code
}
