package replay

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// Export is the function of a replay's module, of the type (i32) -> (i32). It makes the calls once and returns 0 if each that moves
// bytes or opens something succeeded or failed as in the recording, and moved something if that did; else the number of the
// first that did not, from 1. The argument means nothing.
const Export = "run"

// Marker is a file that a replay needs in its directory: by it, it finds the descriptor of the directory.
const Marker = ".replay"

// Places in the module's memory. A descriptor of the recording is an index of a table with the numbers that the engine gave.
const (
	badAt     = 0  // the number of the first call that went otherwise
	resultsAt = 16 // eight bytes for each slot
	markerAt  = 128
	tableAt   = 256
	maxFD     = 1024
	scratchAt = 8 << 10 // where calls may write; what they read lies behind it

	firstDir = 3    // the recording's descriptor of the directory
	noFD     = 4000 // what no engine gives
	chunk    = 256  // calls of a function
	chores   = 64 << 10
)

// emitter builds the module.
type emitter struct {
	asm.Module
	imports map[string]uint64
	used    uint32 // the most that a call may write
	dataAt  uint32
	data    []byte
	at      map[string]uint32 // of bytes in data
	note    uint64            // the function that notes a wrong call
}

// Module returns the module that makes the calls.
func (r *Recording) Module() ([]byte, error) {
	e := &emitter{imports: map[string]uint64{}, at: map[string]uint32{}, used: chores}
	for i := range r.calls {
		if err := e.prepare(&r.calls[i]); err != nil {
			return nil, err
		}
	}
	e.hostcall("path_filestat_get", "iiiii:i")
	e.dataAt = (scratchAt + e.used + 15) &^ 15
	e.note = uint64(e.Func("", "i:", "", noteBody()))
	find := uint64(e.Func("", ":", "", e.findBody()))
	var parts []uint64
	for first := 0; first < len(r.calls); first += chunk {
		body := new(asm.Body)
		for i := first; i < min(first+chunk, len(r.calls)); i++ {
			e.call(body, &r.calls[i], i)
		}
		parts = append(parts, uint64(e.Func("", ":", "", body)))
	}
	body := new(asm.Body)
	for _, f := range append([]uint64{find}, parts...) {
		body.Op(wasm.OpCall, f)
	}
	body.I32(badAt).Op(wasm.OpI32Load, 2, 0)
	run := uint64(e.Func(Export, "i:i", "", body))
	e.Func("_start", ":", "", new(asm.Body).I32(0).Op(wasm.OpCall, run).Block(wasm.OpIf).Op(wasm.OpUnreachable).End()) // for commands
	e.segments()
	pages := (uint64(e.dataAt) + uint64(len(e.data)) + wasm.PageSize) / wasm.PageSize
	if pages > 1<<14 {
		return nil, errors.New("the replay needs more than a GiB of memory")
	}
	e.Memory(pages, pages)
	return e.Encode(), nil
}

// segments puts what calls read into the memory, and the first descriptors into the table.
func (e *emitter) segments() {
	table := make([]byte, 0, 4*maxFD)
	for fd := range uint32(maxFD) {
		if fd > firstDir {
			fd = noFD
		}
		table = binary.LittleEndian.AppendUint32(table, fd)
	}
	for _, s := range []struct {
		at    int32
		bytes []byte
	}{{markerAt, []byte(Marker)}, {tableAt, table}, {int32(e.dataAt), e.data}} {
		e.Datas = append(e.Datas, wasm.DataSegment{Offset: new(asm.Body).I32(s.at).Expr(), Init: s.bytes})
	}
}

// noteBody keeps its argument if it is the first.
func noteBody() *asm.Body {
	b := new(asm.Body).I32(badAt).Op(wasm.OpI32Load, 2, 0).Op(wasm.OpI32Eqz).Block(wasm.OpIf)
	return b.I32(badAt).Get(0).Op(wasm.OpI32Store, 2, 0).End()
}

// findBody looks for the descriptor of the directory: engines differ in its number.
func (e *emitter) findBody() *asm.Body {
	const at = tableAt + 4*firstDir
	b := new(asm.Body).Block(wasm.OpLoop)
	b.I32(at).Op(wasm.OpI32Load, 2, 0).I32(0).I32(markerAt).I32(int32(len(Marker))).I32(scratchAt).Op(wasm.OpCall, e.imports["path_filestat_get"])
	b.Block(wasm.OpIf)
	b.I32(at).I32(at).Op(wasm.OpI32Load, 2, 0).I32(1).Op(wasm.OpI32Add).Op(wasm.OpI32Store, 2, 0)
	b.I32(at).Op(wasm.OpI32Load, 2, 0).I32(16).Op(wasm.OpI32LtU).Op(wasm.OpBrIf, 1).Op(wasm.OpUnreachable)
	return b.End().End()
}

// hostcall returns the index of an import, of the type in the letters of the assembler or, if that is empty, of the row.
func (e *emitter) hostcall(name, sig string) {
	if _, ok := e.imports[name]; !ok {
		e.imports[name] = uint64(e.Import(wasi.Module, name, sig))
	}
}

// letters are the letters of a type.
func letters(t wasm.FuncType) (sig string) {
	for _, p := range t.Params {
		if p == wasm.I64 {
			sig += "I"
		} else {
			sig += "i"
		}
	}
	return sig + ":i"
}

// prepare imports a call and finds how much it may write.
func (e *emitter) prepare(c *call) error {
	e.hostcall(c.row.Name, letters(c.row.Type()))
	for slot := range c.inputs {
		if c.refers(slot) {
			return fmt.Errorf("%s cannot be replayed: it waits for descriptors", c.row.Name)
		}
	}
	for _, list := range c.buffers {
		total := uint32(0)
		for _, b := range list {
			if b.data == nil {
				total += b.size
			}
		}
		e.used = max(e.used, total)
	}
	return c.each(func(p *wasi.Param, slot int) error {
		if p.Kind.IsBuffer() && p.Kind.Writes() {
			e.used = max(e.used, uint32(c.args[slot+1]))
		}
		return nil
	})
}

// refers reports whether an array names descriptors: subscriptions to anything but a clock.
func (c *call) refers(slot int) bool {
	const tagAt, size = 8, 48
	b := c.inputs[slot]
	if c.row.Name != "poll_oneoff" {
		return false
	}
	for ; len(b) >= size; b = b[size:] {
		if b[tagAt] != 0 {
			return true
		}
	}
	return false
}

// put returns the place of bytes, which equal bytes share.
func (e *emitter) put(b []byte) uint32 {
	key := string(b)
	at, ok := e.at[key]
	if !ok {
		e.data = append(e.data, make([]byte, -len(e.data)&7)...)
		at = e.dataAt + uint32(len(e.data))
		e.data, e.at[key] = append(e.data, b...), at
	}
	return at
}
