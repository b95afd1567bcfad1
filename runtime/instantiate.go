package runtime

import (
	"context"

	"github.com/touchstone-wasm/touchstone/runtime/internal/exec"
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Instantiate links and instantiates a module (specification section 4.5.4): it resolves the imports, allocates, copies
// the active segments and runs the start function. l may be nil. Errors are *LinkError, *LimitError, *Trap and
// *HostError. After a *Trap or *HostError the instance is returned too, because what it did to imported tables and memories
// stays.
func (rt *Runtime) Instantiate(ctx context.Context, m *Module, l *Linker) (*Instance, error) {
	if rt.instances >= rt.cfg.MaxInstances {
		return nil, &LimitError{What: "instances", Got: uint64(rt.instances) + 1, Max: uint64(rt.cfg.MaxInstances),
			Setting: "MaxInstances"}
	}
	in := &Instance{rt: rt, module: m}
	if err := in.link(l); err != nil {
		return nil, err
	}
	if err := in.allocate(); err != nil {
		return nil, err
	}
	rt.instances++
	in.exec.ID = uint32(rt.instances) // 0 is the host
	in.exec.Code = m.code.Words
	for _, key := range m.typeKeys {
		in.exec.TypeIDs = append(in.exec.TypeIDs, rt.typeID(key))
	}
	in.initGlobals()
	in.evalElems()
	in.expose()
	if err := in.copySegments(); err != nil {
		return in, err
	}
	if m.wasm.Start != nil {
		if err := in.fn(*m.wasm.Start).CallStack(ctx, nil); err != nil {
			return in, err
		}
	}
	return in, nil
}

// link resolves the imports.
func (in *Instance) link(l *Linker) error {
	m := in.module.wasm
	for i := range m.Imports {
		x, err := l.resolve(in.rt, m, &m.Imports[i])
		if err != nil {
			return err
		}
		switch x := x.(type) {
		case *Func:
			in.funcs = append(in.funcs, x)
		case *Table:
			in.tables = append(in.tables, x)
		case *Memory:
			in.memories = append(in.memories, x)
		case *Global:
			in.globals = append(in.globals, x)
		}
	}
	return nil
}

// allocate makes the tables and memories that the module defines, and room for its functions.
func (in *Instance) allocate() error {
	m := in.module.wasm
	in.funcs = append(in.funcs, make([]*Func, len(m.Funcs))...)
	for _, t := range m.Tables {
		table, err := in.rt.NewTable(t)
		if err != nil {
			return err
		}
		in.tables = append(in.tables, table)
	}
	for _, t := range m.Memories {
		memory, err := in.rt.NewMemory(t)
		if err != nil {
			return err
		}
		in.memories = append(in.memories, memory)
	}
	return nil
}

// initGlobals makes the globals that the module defines.
func (in *Instance) initGlobals() {
	m := in.module.wasm
	types := make([]wasm.ValType, len(m.Globals))
	for i, g := range m.Globals {
		types[i] = g.Type.Type
	}
	cells := make([]uint64, isa.Slots(types))
	for _, g := range m.Globals {
		cell := cells[:isa.Width(g.Type.Type)]
		cells = cells[len(cell):]
		in.eval(g.Init, cell)
		in.globals = append(in.globals, &Global{rt: in.rt, typ: g.Type, cell: cell})
	}
}

// evalElems evaluates the element segments.
func (in *Instance) evalElems() {
	m := in.module.wasm
	in.elems = make([][]uint64, len(m.Elems))
	for i := range m.Elems {
		e := &m.Elems[i]
		if e.Mode == wasm.Declarative {
			continue // it is dropped at once
		}
		for _, f := range e.Funcs {
			in.elems[i] = append(in.elems[i], in.rt.ref(in.fn(f)))
		}
		for _, x := range e.Exprs {
			in.elems[i] = append(in.elems[i], in.evalOne(x))
		}
	}
	in.datas = make([][]byte, len(m.Datas))
	for i := range m.Datas {
		in.datas[i] = m.Datas[i].Init
	}
}

// expose fills in the views for the interpreter loop.
func (in *Instance) expose() {
	for _, g := range in.globals {
		in.exec.Globals = append(in.exec.Globals, &g.cell[0])
	}
	for _, t := range in.tables {
		in.exec.Tables = append(in.exec.Tables, &t.view)
	}
}

// view returns the views for the interpreter loop, up to date.
func (in *Instance) view() *exec.Instance {
	if len(in.memories) > 0 {
		in.exec.Memory, in.exec.Pages = in.memories[0].data, in.memories[0].Pages()
	}
	return &in.exec
}

// copySegments copies the active segments into tables and memories, in order, and drops them.
func (in *Instance) copySegments() error {
	m := in.module.wasm
	for i := range m.Elems {
		e := &m.Elems[i]
		if e.Mode != wasm.Active {
			continue
		}
		if !in.tableInit(e.Table, i, in.evalOne(e.Offset), 0, uint64(len(in.elems[i]))) {
			return &Trap{Code: TableOutOfBounds}
		}
		in.elems[i] = nil
	}
	for i := range m.Datas {
		d := &m.Datas[i]
		if d.Mode != wasm.Active {
			continue
		}
		if !in.memoryInit(i, in.evalOne(d.Offset), 0, uint64(len(d.Init))) {
			return &Trap{Code: MemoryOutOfBounds}
		}
		in.datas[i] = nil
	}
	return nil
}

// tableInit copies n references of an element segment to a table; false if a range is out of bounds.
func (in *Instance) tableInit(table uint32, segment int, to, from, n uint64) bool {
	elems := in.elems[segment]
	dst, ok := in.tables[table].slice(to, n)
	if !ok || from > uint64(len(elems)) || n > uint64(len(elems))-from {
		return false
	}
	copy(dst, elems[from:from+n])
	return true
}

// memoryInit copies n bytes of a data segment to memory 0; false if a range is out of bounds.
func (in *Instance) memoryInit(segment int, to, from, n uint64) bool {
	data := in.datas[segment]
	if from > uint64(len(data)) || n > uint64(len(data))-from {
		return false
	}
	dst, ok := in.memories[0].span(to, n)
	copy(dst, data[from:from+n])
	return ok
}
