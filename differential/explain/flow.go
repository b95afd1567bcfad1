package explain

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// value is a value on the stack while a window is followed.
type value struct {
	from []Place // where it was made, then the instructions that moved it; nothing if it was there before
}

// flow follows where values come from in a window.
type flow struct {
	module *wasm.Module
	stack  []*value
	locals map[uint64]*value
}

func newFlow(m *wasm.Module) *flow { return &flow{module: m, locals: map[uint64]*value{}} }

// step follows one record. It returns the values that the instruction takes, if the record is about those.
func (f *flow) step(e *instrument.Event) (taken []*value) {
	place, n := placeOf(e.Site), len(e.Site.Types)
	var local uint64
	moves := false
	switch place.Op {
	case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
		if in, ok := instrAt(f.module, place); ok {
			local, moves = in.Imm[0], true
		}
	}
	switch e.Site.Kind {
	case instrument.Before:
		for len(f.stack) < n {
			f.stack = slices.Insert(f.stack, 0, new(value))
		}
		taken, f.stack = slices.Clone(f.stack[len(f.stack)-n:]), f.stack[:len(f.stack)-n]
		if moves && n == 1 {
			f.locals[local] = &value{append(slices.Clone(taken[0].from), place)}
		}
	case instrument.After:
		made := &value{[]Place{place}}
		if have := f.locals[local]; moves && have != nil {
			made.from = append(slices.Clone(have.from), place)
		}
		for range n {
			f.stack = append(f.stack, made)
		}
	}
	return taken
}

// taker returns the record of the first instruction of a window that takes what the one at a place gives, other than to move it.
func taker(m *wasm.Module, window []instrument.Event, made Place) *instrument.Event {
	f := newFlow(m)
	for i := range window {
		e := &window[i]
		for _, v := range f.step(e) {
			if slices.Contains(v.from, made) && e.Site.Op != wasm.OpLocalSet && e.Site.Op != wasm.OpLocalTee {
				return e
			}
		}
	}
	return nil
}

// waits returns pins of a value behind each instruction of a window during which it waits, on the stack or in a local, for the last record, which
// shows it: that of a local.get, or of an instruction that takes it as its operand of the given number.
func waits(m *wasm.Module, window []instrument.Event, operand int) (pins []instrument.Pin) {
	if last := &window[len(window)-1]; last.Site.Kind == instrument.Before {
		return onStack(m, window, operand)
	} else if in, ok := instrAt(m, placeOf(last.Site)); ok && in.Op == wasm.OpLocalGet {
		return inLocal(m, window, in.Imm[0])
	}
	return nil
}

// inLocal is waits for what the last record of a window has read of a local.
func inLocal(m *wasm.Module, window []instrument.Event, local uint64) (pins []instrument.Pin) {
	last := &window[len(window)-1]
	for i := range window {
		e := &window[i]
		here := placeOf(e.Site)
		if here.Func != last.Site.Func || here == placeOf(last.Site) || e.Site.Kind != instrument.Before {
			continue
		}
		if in, ok := instrAt(m, here); ok && (in.Op == wasm.OpLocalSet || in.Op == wasm.OpLocalTee) && in.Imm[0] == local {
			pins = nil
		}
		pins = append(pins, instrument.Pin{Func: here.Func, Offset: here.Offset, Of: instrument.ALocal, Index: int(local), Type: last.Site.Types[0]})
	}
	return pins
}

// onStack is waits for an operand of the last record of a window.
func onStack(m *wasm.Module, window []instrument.Event, operand int) (pins []instrument.Pin) {
	f := newFlow(m)
	stacks := make([][]*value, len(window)) // behind each record
	var taken []*value
	for i := range window {
		taken = f.step(&window[i])
		stacks[i] = slices.Clone(f.stack)
	}
	if operand >= len(taken) || taken[operand].from == nil {
		return nil
	}
	for i := range window[:len(window)-1] {
		site := window[i].Site
		if at := slices.Index(stacks[i], taken[operand]); at >= 0 && site.Kind == instrument.After {
			pins = append(pins, instrument.Pin{Func: site.Func, Offset: site.Offset, Of: instrument.AnOperand,
				Index: len(stacks[i]) - 1 - at, Type: window[len(window)-1].Site.Types[operand]})
		}
	}
	return pins
}

// instrAt returns the instruction at a place.
func instrAt(m *wasm.Module, p Place) (in wasm.Instr, ok bool) {
	i := int(p.Func) - m.ImportedFuncs()
	if i < 0 || i >= len(m.Funcs) {
		return in, false
	}
	body := m.Funcs[i].Body
	r := wasm.NewReader(wasm.Expr{Code: body.Code[min(p.Offset-body.Offset, len(body.Code)):], Offset: p.Offset})
	ok = r.Next(&in) == nil && in.Op == p.Op
	return in, ok
}
