package hostcall

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// World is what a guest finds when it begins.
type World struct {
	FDs     []uint64 // all descriptors that are open
	Dirs    []uint64 // those of FDs that are directories, as often as calls should use them
	Sockets []uint64 // those of FDs that are sockets
	Ports   []uint64 // those that something is at
}

// Alone is the world of a program with one preopened directory, as the differential runner gives it.
var Alone = World{FDs: []uint64{3, 0, 1, 2}, Dirs: []uint64{3}, Ports: []uint64{9}}

// NotCalled is what is exported as the errno of a call that has not returned.
const NotCalled = 0xffff

// Errno returns the name of the global that a module of [Compile] exports for its nth call, from 0: "007 path_open".
func Errno(n int, row *wasi.Hostcall) string { return fmt.Sprintf("%03d %s", n, row.ID()) }

// Compile returns a module that makes the calls one after the other in its function _start, in a memory of [MemorySize] bytes that it
// exports. It imports the hostcalls that are called and nothing else. Descriptors are those that the calls before have
// returned when it runs. What each call returned is in a global that is exported under the name that Errno gives. What the host does
// between the calls, and faults, are no part of the module.
func Compile(calls []Call, w World) *wasm.Module {
	var start code
	c := compile(calls, w, func(c *compiler, i int) { c.call(&start, i, &calls[i]) })
	c.define("_start", wasm.FuncType{}, start, 2)
	return c.finish()
}

// CompileSteps is Compile, but each call is made by a function of its own, which is exported under the name that Step gives, so that what it
// did to the memory can be looked at before the next one. The arguments of a call as they were are in globals under the names that [ArgName] gives.
func CompileSteps(calls []Call, w World) *wasm.Module {
	c := compile(calls, w, func(c *compiler, i int) {
		var step code
		c.tells = true
		c.call(&step, i, &calls[i])
		c.define(Step(i), wasm.FuncType{}, step, 2)
	})
	return c.finish()
}

// Step returns the name of the function that makes the nth call, from 0.
func Step(n int) string { return fmt.Sprintf("step %03d", n) }

// ArgName returns the name of the global with the ith argument of the nth call.
func ArgName(n, i int) string { return fmt.Sprintf("arg %03d.%d", n, i) }

// compile begins a module and lets do make each of the calls.
func compile(calls []Call, w World, do func(c *compiler, i int)) *compiler {
	c := &compiler{m: &wasm.Module{}, funcs: map[*wasi.Hostcall]uint32{}, world: &w}
	limits := wasm.Limits{Min: MemorySize / wasm.PageSize, Max: MemorySize / wasm.PageSize, HasMax: true}
	c.m.Memories = []wasm.MemoryType{{Limits: limits}}
	c.m.Exports = []wasm.Export{{Name: "memory", Kind: wasm.ExternMemory}}
	for i := range calls {
		c.use(calls[i].Row)
	}
	// A call adds a descriptor at most, and to sockets one at most.
	c.fds = c.newList(w.FDs, len(calls))
	c.sockets = c.newList(w.Sockets, len(calls))
	for i := range calls {
		do(c, i)
	}
	return c
}

// finish returns the module.
func (c *compiler) finish() *wasm.Module {
	if n := uint32(len(c.m.Datas)); n > 0 {
		c.m.DataCount = &n
	}
	return c.m
}

// compiler makes one module.
type compiler struct {
	m            *wasm.Module
	world        *World
	funcs        map[*wasi.Hostcall]uint32
	fds, sockets list
	tells        bool // what the arguments are is exported
}

// use imports a hostcall.
func (c *compiler) use(row *wasi.Hostcall) {
	if _, ok := c.funcs[row]; ok {
		return
	}
	c.funcs[row] = uint32(len(c.m.Imports))
	c.m.Types = append(c.m.Types, row.Type())
	c.m.Imports = append(c.m.Imports, wasm.Import{Module: wasi.Module, Name: row.Name, Kind: wasm.ExternFunc, Func: uint32(len(c.m.Types) - 1)})
}

// define adds a function with locals of type i32, and returns its index. It is exported if it has a name.
func (c *compiler) define(name string, typ wasm.FuncType, body code, locals int) uint32 {
	index := uint32(len(c.m.Imports) + len(c.m.Funcs))
	body.op(wasm.OpEnd)
	f := wasm.Func{Type: uint32(len(c.m.Types)), Body: wasm.Expr{Code: body}}
	if locals > 0 {
		f.Locals = []wasm.Locals{{Count: uint32(locals), Type: wasm.I32}}
	}
	c.m.Types = append(c.m.Types, typ)
	c.m.Funcs = append(c.m.Funcs, f)
	if name != "" {
		c.m.Exports = append(c.m.Exports, wasm.Export{Name: name, Kind: wasm.ExternFunc, Index: index})
	}
	return index
}

// global adds a variable of type i32 and returns its index.
func (c *compiler) global(value uint64) uint64 { return c.variable(wasm.I32, value) }

// variable adds a variable, of an integer type, and returns its index.
func (c *compiler) variable(t wasm.ValType, value uint64) uint64 {
	var init code
	if t == wasm.I64 {
		init.op(wasm.OpI64Const, value)
	} else {
		init.op(wasm.OpI32Const, value)
	}
	init.op(wasm.OpEnd)
	c.m.Globals = append(c.m.Globals, wasm.Global{Type: wasm.GlobalType{Type: t, Mutable: true}, Init: wasm.Expr{Code: init}})
	return uint64(len(c.m.Globals) - 1)
}

// call appends one call: it puts data into memory, resolves the arguments, and keeps what is returned.
func (c *compiler) call(b *code, n int, call *Call) {
	for _, w := range call.Writes {
		b.op(wasm.OpI32Const, uint64(w.Addr))
		b.op(wasm.OpI32Const, 0)
		b.op(wasm.OpI32Const, uint64(len(w.Data)))
		b.op(wasm.OpMemoryInit, uint64(len(c.m.Datas)), 0)
		c.m.Datas = append(c.m.Datas, wasm.DataSegment{Mode: wasm.Passive, Init: w.Data})
	}
	typ := call.Row.Type()
	for i, a := range call.Args {
		switch value, number := c.fixed(a); {
		case number && typ.Params[i] == wasm.I64:
			b.op(wasm.OpI64Const, value)
		case number:
			b.op(wasm.OpI32Const, value)
		default:
			c.resource(b, a)
		}
		if takes(call.Row, wasi.NewFD) {
			b.op(wasm.OpLocalTee, uint64(i))
		}
		if c.tells {
			g := c.variable(typ.Params[i], 0)
			c.m.Exports = append(c.m.Exports, wasm.Export{Name: ArgName(n, i), Kind: wasm.ExternGlobal, Index: uint32(g)})
			b.op(wasm.OpGlobalSet, g)
			b.op(wasm.OpGlobalGet, g)
		}
	}
	b.op(wasm.OpCall, uint64(c.funcs[call.Row]))
	errno := c.global(NotCalled)
	c.m.Exports = append(c.m.Exports, wasm.Export{Name: Errno(n, call.Row), Kind: wasm.ExternGlobal, Index: uint32(errno)})
	if len(typ.Results) == 0 {
		return
	}
	b.op(wasm.OpGlobalSet, errno)
	if !takes(call.Row, wasi.NewFD) && !takes(call.Row, wasi.FDOut) {
		return
	}
	b.op(wasm.OpGlobalGet, errno)
	b.op(wasm.OpI32Eqz)
	b.op(wasm.OpIf, emptyBlock)
	c.keep(b, call)
	b.op(wasm.OpEnd)
}

// takes reports whether a hostcall has a parameter of a kind.
func takes(row *wasi.Hostcall, k *wasi.Kind) bool {
	return slices.ContainsFunc(row.Params, func(p wasi.Param) bool { return p.Kind == k })
}

// keep appends the descriptor that a call gave to the lists, as the oracle of FuzzHostcall keeps them.
func (c *compiler) keep(b *code, call *Call) {
	slot := 0
	for i := range call.Row.Params {
		switch k := call.Row.Params[i].Kind; k {
		case wasi.FDOut:
			for _, l := range c.lists(OnSockets(call.Row)) {
				b.op(wasm.OpI32Const, call.Args[slot].Value)
				b.op(wasm.OpI32Load, 0, 0)
				b.op(wasm.OpCall, uint64(l.push))
			}
		case wasi.NewFD:
			// The arguments are in locals. What they name may be another descriptor once the list is longer.
			b.op(wasm.OpLocalGet, uint64(slot))
			b.op(wasm.OpCall, uint64(c.fds.push))
			b.op(wasm.OpLocalGet, 0)
			b.op(wasm.OpCall, uint64(c.sockets.has))
			b.op(wasm.OpIf, emptyBlock)
			b.op(wasm.OpLocalGet, uint64(slot))
			b.op(wasm.OpCall, uint64(c.sockets.push))
			b.op(wasm.OpEnd)
		}
		slot += len(call.Row.Params[i].Kind.Core)
	}
}

// lists returns those that a new descriptor goes to.
func (c *compiler) lists(socket bool) []*list {
	if socket {
		return []*list{&c.fds, &c.sockets}
	}
	return []*list{&c.fds}
}

// fixed returns the value of an argument, if it is the same whatever the calls before have returned.
func (c *compiler) fixed(a Arg) (value uint64, ok bool) {
	var from []uint64
	switch a.From {
	case Number:
		return a.Value, true
	case DirFD:
		from = c.world.Dirs
	case PeerPort:
		from = c.world.Ports
	default:
		return 0, false
	}
	if len(from) == 0 {
		return a.Value, true
	}
	return from[a.Value%uint64(len(from))], true
}

// resource appends the descriptor that an argument names.
func (c *compiler) resource(b *code, a Arg) {
	pick := c.fds.pick
	switch a.From {
	case LastFD:
		b.op(wasm.OpGlobalGet, c.fds.count)
		b.op(wasm.OpI32Const, 1)
		b.op(wasm.OpI32Sub)
		b.op(wasm.OpCall, uint64(pick))
		return
	case SocketFD:
		pick = c.sockets.pick
	case OpenFD:
		pick = c.fds.pickNew
	}
	b.op(wasm.OpI32Const, a.Value)
	b.op(wasm.OpCall, uint64(pick))
}
