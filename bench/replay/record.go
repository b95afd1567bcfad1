// Package replay makes modules that issue the hostcalls of another program, with the same data and nothing else, so that their time on
// an engine is what the program's hostcalls cost there.
//
// A [Recording] is taken on our own runtime. What a call takes from memory and what it may write follows from the kinds of its
// parameters in the table of hostcalls, so that no call is treated here by its name, but for the end of the program.
package replay

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// Recording is the hostcalls of a program.
type Recording struct {
	calls []call
	bytes int // of memory that calls took
}

// call is one hostcall.
type call struct {
	row     *wasi.Hostcall
	args    []uint64
	inputs  map[int][]byte   // by the slot of an address: what the call read there
	buffers map[int][]buffer // by the slot of an address: the buffers that an array there names
	errno   uint32
	results map[int]uint32 // by the slot of an address: the number that the call stored there
}

// buffer is one of the buffers that a call reads or fills.
type buffer struct {
	size uint32
	data []byte // nil if it is filled
}

// The bounds of a recording.
const (
	maxCalls = 1 << 20
	maxBytes = 64 << 20
)

var errTooMuch = fmt.Errorf("the program makes more than %d hostcalls, or moves more than %d MiB in them", maxCalls, maxBytes>>20)

// Record runs a program in a world of its own in the directory dir, which is made anew, and returns the hostcalls that it made.
func Record(ctx context.Context, k *timing.Kernel) (*Recording, error) {
	if err := k.Reset(); err != nil {
		return nil, err
	}
	m, err := runtime.Compile(k.Module)
	if err != nil {
		return nil, err
	}
	sys, err := world(k)
	if err != nil {
		return nil, err
	}
	defer sys.Close()
	r := new(Recording)
	var l runtime.Linker
	for h := range wasi.Hostcalls() {
		for _, name := range h.Names() {
			l.Overload(wasi.Module, name, h.Type(), r.record(h, sys.Func(h)))
		}
	}
	in, err := runtime.New(nil).Instantiate(ctx, m, &l)
	if err != nil {
		return nil, err
	}
	f := in.Func(k.Export)
	if f == nil {
		return nil, fmt.Errorf("no exported function %q", k.Export)
	}
	var exit *runtime.ExitError
	status := uint32(0)
	if err := f.CallStack(ctx, nil); errors.As(err, &exit) {
		status = exit.Code
	} else if err != nil {
		return nil, err
	}
	_, err = k.Judge(status)
	return r, err
}

// record returns a hostcall that is kept.
func (r *Recording) record(h *wasi.Hostcall, f runtime.HostFunc) runtime.HostFunc {
	return func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
		c := call{row: h, args: slices.Clone(stack[:len(h.Type().Params)]), inputs: map[int][]byte{}, buffers: map[int][]buffer{}, results: map[int]uint32{}}
		var mem []byte
		if m := caller.Memory(); m != nil {
			mem, _ = m.Slice(0, m.Size())
		}
		if err := c.take(mem); err != nil {
			return err
		}
		if err := f(ctx, caller, stack); err != nil {
			return err // the end of the program is no call that could be replayed
		}
		c.errno = uint32(stack[0])
		c.outcome(mem)
		for _, b := range c.inputs {
			r.bytes += len(b)
		}
		for _, list := range c.buffers {
			for _, b := range list {
				r.bytes += len(b.data)
			}
		}
		if r.calls = append(r.calls, c); len(r.calls) > maxCalls || r.bytes > maxBytes {
			return errTooMuch
		}
		return nil
	}
}

// each calls f for each parameter with the slot of its first core argument.
func (c *call) each(f func(p *wasi.Param, slot int) error) error {
	slot := 0
	for i := range c.row.Params {
		p := &c.row.Params[i]
		if err := f(p, slot); err != nil {
			return err
		}
		slot += len(p.Kind.Core)
	}
	return nil
}

// take keeps what the call will read from memory. What lies outside is left out: the call fails, and will do so again.
func (c *call) take(mem []byte) error {
	return c.each(func(p *wasi.Param, slot int) error {
		k := p.Kind
		addr := uint64(uint32(c.args[slot]))
		switch {
		case k.IsAddress(), k.IsOption(), k.IsList():
			return fmt.Errorf("%s cannot be replayed: its arguments refer to each other", c.row.Name)
		case k.IsIovecs():
			c.buffers[slot] = buffers(mem, addr, uint64(uint32(c.args[slot+1])), k.Writes())
		case k.IsText(), k.IsBuffer() && k.Reads():
			c.inputs[slot] = part(mem, addr, uint64(uint32(c.args[slot+1])))
		case k.IsArray() && k.Reads():
			c.inputs[slot] = part(mem, addr, c.count(p)*k.Size())
		}
		return nil
	})
}

// count returns the number of elements of an array.
func (c *call) count(array *wasi.Param) (n uint64) {
	_ = c.each(func(p *wasi.Param, slot int) error { // nothing fails
		if p.Name == array.Count {
			n = uint64(uint32(c.args[slot]))
		}
		return nil
	})
	return n
}

// outcome keeps the numbers that the call stored.
func (c *call) outcome(mem []byte) {
	_ = c.each(func(p *wasi.Param, slot int) error { // nothing fails
		if b := part(mem, uint64(uint32(c.args[slot])), 4); c.errno == 0 && len(b) == 4 && stores(p.Kind) {
			c.results[slot] = binary.LittleEndian.Uint32(b)
		}
		return nil
	})
}

// stores reports whether a call stores a number that replays need or check: a descriptor or a size.
func stores(k *wasi.Kind) bool { return k == wasi.FDOut || k == wasi.SizeOut }

// part returns a copy of the n bytes at addr, or nil if they are not there.
func part(mem []byte, addr, n uint64) []byte {
	if n > uint64(len(mem)) || addr > uint64(len(mem))-n {
		return nil
	}
	return append([]byte{}, mem[addr:][:n]...)
}

func buffers(mem []byte, addr, n uint64, filled bool) (list []buffer) {
	array := part(mem, addr, n*8)
	for ; len(array) > 0; array = array[8:] {
		b := buffer{size: binary.LittleEndian.Uint32(array[4:])}
		if !filled {
			b.data = part(mem, uint64(binary.LittleEndian.Uint32(array)), uint64(b.size))
		}
		list = append(list, b)
	}
	return list
}

// Same reports whether another recording has the same calls with the same data, after its first skip calls. Addresses and numbers of
// descriptors may differ, and so may what a call stores that is no number of bytes.
func (r *Recording) Same(other *Recording, skip int) bool {
	return slices.EqualFunc(r.calls, other.calls[min(skip, len(other.calls)):], func(a, b call) bool {
		inputs := maps.EqualFunc(a.inputs, b.inputs, bytes.Equal)
		buffers := maps.EqualFunc(a.buffers, b.buffers, func(x, y []buffer) bool {
			return slices.EqualFunc(x, y, func(p, q buffer) bool { return p.size == q.size && bytes.Equal(p.data, q.data) })
		})
		return a.row == b.row && inputs && buffers && (a.errno == 0) == (b.errno == 0)
	})
}
