package wasi

import (
	"errors"
	"fmt"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"strconv"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
)

// tracer turns hostcalls into events. Which values a line has, and how they look, follows from the kinds.
type tracer struct {
	w       *trace.Writer      // to Config.Trace; nil if there is none
	events  func(*trace.Event) // Config.Events
	ev      trace.Event
	effects *[]policy.Effect // of the call in progress, or nil
}

// event writes the event of a call that has just been made; its arguments are still as the guest passed them.
func (t *tracer) event(c *Call, errno Errno) {
	h := c.row
	e := &t.ev
	e.Hostcall, e.Args, e.Results = h.Name, e.Args[:0], e.Results[:0]
	slot := 0
	for _, p := range h.Params {
		switch {
		case !p.Kind.result:
			if slot > 1 && p.Kind.class == classAny && planted.Selected == planted.TraceArgument {
				e.Args = append(e.Args, c.argument(&p, 1))
			} else {
				e.Args = append(e.Args, c.argument(&p, slot))
			}
		case errno == ESUCCESS && c.fail == nil:
			e.Results = append(e.Results, c.resultField(&p, slot))
		}
		slot += len(p.Kind.Core)
	}
	e.End = errno.String()
	if planted.Selected == planted.TraceErrno && errno == ENOENT {
		e.End = EINTR.String()
	}
	if c.fail != nil {
		e.End = endOf(c.fail)
	}
	if t.effects != nil {
		e.Effects = e.Effects[:0]
		for _, effect := range *t.effects {
			e.Effects = append(e.Effects, effect.String())
		}
		*t.effects = (*t.effects)[:0]
	}
	if t.w != nil {
		t.w.Write(e)
	}
	if t.events != nil {
		t.events(e)
	}
}

// endOf names the way in which a call ended the guest.
func endOf(err error) string {
	var exit *runtime.ExitError
	var violation *policy.Violation
	switch {
	case errors.As(err, &exit):
		return "exit"
	case errors.As(err, &violation):
		return fmt.Sprintf("violation rule=%s effect=%s", violation.Rule, violation.Effect)
	case errors.Is(err, runtime.Interrupted):
		return "interrupted"
	}
	return "failed"
}

// argument returns the field of an argument in a slot.
func (c *Call) argument(p *Param, slot int) trace.Field {
	k := p.Kind
	f := trace.Field{Name: p.Name, Num: c.args[slot]}
	switch k.class {
	case classFlags:
		f.Kind, f.Text = trace.Symbol, flagText(k.names, c.args[slot])
	case classEnum:
		if f.Num < uint64(len(k.names)) {
			f.Kind, f.Text = trace.Symbol, k.names[f.Num]
		}
	case classFD, classSocket:
		f.Kind, f.Num = trace.Int, uint64(int32(f.Num))
	case classPath, classText:
		if b, ok := c.text(slot); ok {
			f.Kind, f.Text = trace.Bytes, string(b)
			return f
		}
		f.Kind, f.Text = trace.Symbol, rangeText(c.args[slot], c.args[slot+1])
	case classBuffer, classIovecs:
		f.Kind, f.Text = trace.Symbol, rangeText(c.args[slot], c.args[slot+1])
	case classPtr, classArray, classAddress, classList, classOption:
		f.Kind = trace.Hex
	case classAny:
		switch {
		case k.signed:
			f.Kind = trace.Int
		case k.hex:
			f.Kind = trace.Hex
		}
	}
	return f
}

// text returns the bytes of a path, cut to what a line shows, or false if they are outside the memory.
func (c *Call) text(slot int) ([]byte, bool) {
	addr, n, size := uint64(c.u32(slot)), uint64(c.u32(slot+1)), uint64(len(c.mem))
	if n > size || addr > size-n || n >= 2*MaxPath {
		return nil, false
	}
	return c.mem[addr:][:n], true
}

// resultField returns the field of a number that the call returned.
func (c *Call) resultField(p *Param, slot int) trace.Field {
	b := c.from(slot, p.Kind.size)
	var n uint64
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	if planted.Selected == planted.TraceResult {
		n = uint64(uint32(n))
	}
	return trace.Field{Name: p.Name, Num: n}
}

// rangeText is the form of an address with a length.
func rangeText(addr, n uint64) string {
	return "0x" + strconv.FormatUint(addr, 16) + "+" + strconv.FormatUint(n, 10)
}

// flagText is the form of a set of bits: the names joined by "|", what has no name in hexadecimal, 0 for the empty set.
func flagText(names []string, bits uint64) string {
	s := ""
	for i, name := range names {
		if bits>>i&1 != 0 {
			s += "|" + name
		}
	}
	if rest := bits &^ (1<<len(names) - 1); rest != 0 {
		s += "|0x" + strconv.FormatUint(rest, 16)
	}
	if s == "" {
		return "0"
	}
	return s[1:]
}
