package oracle

import (
	"bytes"
	"context"
	"errors"
	"reflect"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Decode asserts of any bytes: what is accepted is what the grammar of the format (package grammar) accepts, in other forms as well;
// refusals are typed and point into the input; a module that was decoded, encoded and decoded again is the same module; a valid module
// compiles, and its functions end within their fuel, by themselves or in a trap. It returns whether src is a valid module.
func Decode(ctx context.Context, src []byte) (bool, *Failure) {
	m, err := wasm.Decode(src)
	if f := wellFormed(src, err); f != nil {
		return false, f
	}
	if err != nil {
		return false, refusedToDecode(src, err)
	}
	again := wasm.Encode(m)
	back, err := wasm.Decode(again)
	if err != nil {
		return false, fail("decode: encoded module is refused", "%v\nfirst %x\nagain %x", err, src, again)
	}
	if f := equalModules(m, back, src, again); f != nil {
		return false, f
	}
	err = wasm.Validate(m)
	if f := otherForms(src, m, err == nil); f != nil {
		return err == nil, f
	}
	if err != nil {
		var invalid *wasm.InvalidError
		var limit *wasm.LimitError
		var unsupported *wasm.UnsupportedError
		if !errors.As(err, &invalid) && !errors.As(err, &limit) && !errors.As(err, &unsupported) {
			return false, fail("validate: untyped error", "%T: %v", err, err)
		}
		return false, mustRefuse(m, src, back)
	}
	if err := wasm.Validate(back); err != nil {
		return false, fail("validate: verdict depends on the encoding", "valid, but encoded again: %v\n%x", err, src)
	}
	exposeAll(m)
	compiled, err := runtime.CompileModule(m)
	if err != nil {
		if isLimit(err) {
			return true, nil
		}
		return true, fail("compile: valid module is refused", "%v\n%x", err, src)
	}
	end, err := runAll(ctx, compiled, runFuel, nil, nil)
	if err != nil {
		return true, refusedToLink(err)
	}
	if end.untyped != nil {
		return true, fail("run: no trap", "%T: %v", end.untyped, end.untyped)
	}
	return true, nil
}

// comparedDecodes is the part of inputs that Wazero.Decode compares.
const comparedDecodes = 4

// Decode is the function of that name, and asserts of every fourth length of inputs that our verdict is that of wazero and of the rules of
// package typing; see [Wazero.Validate].
func (w *Wazero) Decode(ctx context.Context, src []byte) (bool, *Failure) {
	valid, f := Decode(ctx, src)
	if f == nil && len(src)%comparedDecodes == 0 {
		_, f = w.verdicts(ctx, src)
	}
	return valid, f
}

// Built asserts of a valid module that was built rather than decoded: its encoding decodes to the same module. It finds
// what [Decode] cannot, because its inputs are made by the same encoder.
func Built(m *wasm.Module) *Failure {
	src := wasm.Encode(m)
	back, err := wasm.Decode(src)
	if err != nil {
		return fail("decode: encoded module is refused", "%v\n%x", err, src)
	}
	return equalModules(m, back, nil, src)
}

func isLimit(err error) bool {
	var a *wasm.LimitError
	var b *runtime.LimitError
	return errors.As(err, &a) || errors.As(err, &b)
}

func refusedToDecode(src []byte, err error) *Failure {
	var malformed *wasm.MalformedError
	if isLimit(err) {
		return nil
	}
	if !errors.As(err, &malformed) {
		return fail("decode: untyped error", "%T: %v", err, err)
	}
	if malformed.Offset < 0 || malformed.Offset > len(src) {
		return fail("decode: error outside the module", "offset %d of %d bytes: %v", malformed.Offset, len(src), err)
	}
	return nil
}

// mustRefuse asserts that what is invalid is invalid in both encodings, and does not compile.
func mustRefuse(m *wasm.Module, src []byte, back *wasm.Module) *Failure {
	if wasm.Validate(back) == nil {
		return fail("validate: verdict depends on the encoding", "invalid, but valid when encoded again\n%x", src)
	}
	if _, err := runtime.CompileModule(m); err == nil {
		return fail("compile: invalid module is accepted", "%x", src)
	}
	return nil
}

// equalModules asserts that two decoded modules differ in offsets at most, and encode to the same bytes.
func equalModules(a, b *wasm.Module, src, again []byte) *Failure {
	if third := wasm.Encode(b); !bytes.Equal(again, third) {
		return fail("encode: not stable", "once %x\ntwice %x", again, third)
	}
	if x, y := withoutOffsets(a), withoutOffsets(b); !reflect.DeepEqual(x, y) {
		return fail("encode: another module", "first %x\nagain %x\nfirst %+v\nagain %+v", src, again, x, y)
	}
	return nil
}

// withoutOffsets returns a copy of m in which all offsets are 0 and empty lists nil.
func withoutOffsets(m *wasm.Module) *wasm.Module {
	c := *m
	clear(c.SectionOffsets[:])
	c.Types = each(m.Types, func(t *wasm.FuncType) {
		t.Params, t.Results = each(t.Params, nil), each(t.Results, nil)
	})
	c.Imports, c.Tables, c.Memories = each(m.Imports, nil), each(m.Tables, nil), each(m.Memories, nil)
	c.Exports = each(m.Exports, nil)
	c.Funcs = each(m.Funcs, func(f *wasm.Func) { f.Body.Offset, f.Locals = 0, each(f.Locals, nil) })
	c.Globals = each(m.Globals, func(g *wasm.Global) { g.Init.Offset = 0 })
	c.Elems = each(m.Elems, func(s *wasm.ElemSegment) {
		s.Offset.Offset, s.Funcs = 0, each(s.Funcs, nil)
		s.Exprs = each(s.Exprs, func(e *wasm.Expr) { e.Offset = 0 })
	})
	c.Datas = each(m.Datas, func(s *wasm.DataSegment) { s.Offset.Offset, s.Init = 0, each(s.Init, nil) })
	c.Customs = each(m.Customs, func(s *wasm.Custom) { s.Data = each(s.Data, nil) })
	return &c
}

// each returns a copy of list, nil if it is empty, after change was called on every element of the copy.
func each[T any](list []T, change func(*T)) []T {
	out := append([]T(nil), list...)
	if change != nil {
		for i := range out {
			change(&out[i])
		}
	}
	return out
}
