package module

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// With [Options.Hostcalls], statements make hostcalls between the others: what a call needs in memory is stored, its arguments are
// computed like other operands, and what it gives goes into locals, globals, memory and conditions. What calls there are, and what is an
// argument of them, package hostcall knows.

// keptFDs is the number of globals that hold what calls have opened; a power of two.
const keptFDs = 4

// mixedRows are the hostcalls of modules: those of preview 1 that do not end the guest, more often those that open.
var mixedRows = func() (rows []*wasi.Hostcall) {
	for row := range wasi.Hostcalls() {
		if row.Support == wasi.Unsupported || row.Shape != "" || row.Exits() {
			continue
		}
		times := 2
		if slices.ContainsFunc(row.Params, func(p wasi.Param) bool { return p.Kind.IsText() }) &&
			slices.ContainsFunc(row.Params, func(p wasi.Param) bool { return p.Kind == wasi.FDOut }) {
			times = 20
		}
		for range times {
			rows = append(rows, row)
		}
	}
	return rows
}()

// planHostcalls imports the hostcalls, all of them, so that statements can come and go without moving the indices of functions.
func (g *generator) planHostcalls() {
	g.wasi = map[string]uint32{}
	for _, row := range mixedRows {
		if _, ok := g.wasi[row.Name]; !ok {
			g.wasi[row.Name] = uint32(len(g.imports))
			g.imports = append(g.imports, hostFunc{name: row.Name, sig: row.Type(), module: wasi.Module})
			g.typeOf(row.Type())
		}
	}
	// The memory is the one that calls are laid out for.
	g.memory.Limits.Min = hostcall.MemorySize / wasm.PageSize
	g.memory.Limits.Max = max(g.memory.Limits.Max, g.memory.Limits.Min)
}

// planFDs adds the globals for descriptors; the directories are what they begin with.
func (g *generator) planFDs() {
	g.fds = uint64(len(g.globals))
	for i := range keptFDs {
		init := constExpr(appendOp(nil, wasm.OpI32Const, uint64(3+i%2)))
		g.globals = append(g.globals, wasm.Global{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: init})
	}
}

// hostcallStatement makes one hostcall.
func (b *body) hostcallStatement() {
	g := b.g
	if g.opts.Hostcalls == nil {
		b.foldStatement()
		return
	}
	c := hostcall.Next(g.t, g.opts.Hostcalls, mixedRows)
	how := g.t.Byte()
	types := c.Row.Type().Params
	operands := make([]operand, len(types))
	for i, t := range types {
		if c.Args[i].From == hostcall.Number {
			operands[i] = b.prepareValue(t, value{low: c.Args[i].Value})
		}
	}
	for _, w := range c.Writes {
		b.layOut(uint64(w.Addr), w.Data)
	}
	for i := range operands {
		b.argument(&operands[i], c.Args[i])
	}
	b.op(wasm.OpCall, uint64(g.wasi[c.Row.Name]))
	errno := b.local(wasm.I32)
	b.op(wasm.OpLocalTee, errno)
	b.fold(wasm.I32)
	b.results(&c, errno, how)
}

// openFiles appends the calls that open files, for the globals to begin with: most calls are on files.
func (b *body) openFiles() {
	for i, c := range hostcall.Files() {
		for _, w := range c.Writes {
			b.layOut(uint64(w.Addr), w.Data)
		}
		for k, t := range c.Row.Type().Params {
			if x := c.Args[k]; x.From == hostcall.Number {
				b.op(constOps[t], x.Value)
			} else {
				b.argument(nil, x)
			}
		}
		b.op(wasm.OpCall, uint64(b.g.wasi[c.Row.Name]))
		b.op(wasm.OpDrop)
		b.i32(uint32(c.Out[0].Addr))
		b.op(wasm.OpI32Load, 0, 0)
		b.op(wasm.OpGlobalSet, b.g.fds+uint64(i))
	}
}

// layOut stores data, in words of 8 bytes as far as it fills them. Long runs of one byte are filled.
func (b *body) layOut(addr uint64, data []byte) {
	for len(data) > 0 {
		if n := run(data); n > 32 {
			b.i32(uint32(addr))
			b.i32(uint32(data[0]))
			b.i32(uint32(n))
			b.op(wasm.OpMemoryFill, 0)
			addr, data = addr+uint64(n), data[n:]
			continue
		}
		n, store, constant := 8, wasm.OpI64Store, wasm.OpI64Const
		if len(data) < 8 {
			n, store, constant = 1, wasm.OpI32Store8, wasm.OpI32Const
		}
		word := uint64(0)
		for i, x := range data[:n] {
			word |= uint64(x) << (8 * i)
		}
		b.i32(uint32(addr))
		b.op(constant, word)
		b.op(store, 0, 0)
		addr, data = addr+uint64(n), data[n:]
	}
}

// run returns how many bytes at the front of data are equal.
func run(data []byte) int {
	n := 1
	for n < len(data) && data[n] == data[0] {
		n++
	}
	return n
}

// argument appends an argument of a hostcall. Descriptors are those of the directories, or what calls have opened.
func (b *body) argument(x *operand, a hostcall.Arg) {
	switch {
	case a.From == hostcall.Number:
		b.push(x)
	case a.From == hostcall.DirFD:
		b.i32(3 + uint32(a.Value&7/7)) // the second one cannot be changed, so the first is more useful
	case a.From == hostcall.AnyFD && a.Value&1 != 0:
		b.i32(uint32(a.Value >> 1 & 7))
	default:
		b.op(wasm.OpGlobalGet, b.g.fds+a.Value>>1%keptFDs)
	}
}

// results appends what becomes of a call that succeeds: numbers that it gives go into locals and sinks, descriptors into globals.
func (b *body) results(c *hostcall.Call, errno uint64, how byte) {
	b.op(wasm.OpLocalGet, errno)
	b.op(wasm.OpI32Eqz)
	b.op(wasm.OpIf, emptyBlock)
	slot := 0
	for i := range c.Row.Params {
		k := c.Row.Params[i].Kind
		addr := c.Args[slot].Value
		slot += len(k.Core)
		if !k.Writes() || len(k.Core) != 1 || k.Size() < 4 || k.Size() > 8 || addr+k.Size() > hostcall.MemorySize {
			continue
		}
		b.i32(uint32(addr))
		switch {
		case k == wasi.FDOut:
			b.op(wasm.OpI32Load, 0, 0)
			b.op(wasm.OpGlobalSet, b.g.fds+uint64(how)%keptFDs)
		case k.Size() == 8:
			b.op(wasm.OpI64Load, 0, 0)
			b.op(wasm.OpLocalSet, b.local(wasm.I64))
		default:
			b.op(wasm.OpI32Load, 0, 0)
			l := b.local(wasm.I32)
			b.op(wasm.OpLocalTee, l)
			b.fold(wasm.I32)
		}
	}
	b.op(wasm.OpElse)
	b.i32(uint32(how))
	b.op(wasm.OpLocalGet, errno)
	b.op(wasm.OpI32Add)
	b.op(wasm.OpLocalSet, b.local(wasm.I32))
	b.op(wasm.OpEnd)
	if b.t.Bool() && len(b.ctrl) > 1 && b.ctrl[len(b.ctrl)-1].op == wasm.OpBlock && len(b.ctrl[len(b.ctrl)-1].label()) == 0 {
		b.op(wasm.OpLocalGet, errno)
		b.op(wasm.OpBrIf, 0)
	}
}
