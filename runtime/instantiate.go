package runtime

import (
	"context"
	"errors"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/internal/exec"
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
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
	in.memories = in.first[:0]
	if err := in.link(l); err != nil {
		return nil, err
	}
	if err := in.allocate(); err != nil {
		return nil, err
	}
	rt.instances++
	in.exec.ID = uint32(rt.instances) // 0 is the host
	in.exec.Code = m.code.Words
	in.exec.TypeIDs = make([]uint32, len(m.wasm.Types))
	for i := range m.wasm.Types {
		in.exec.TypeIDs[i] = rt.typeID(&m.wasm.Types[i])
	}
	in.expose()
	return in, in.initialize(ctx)
}

// Reset puts everything that the instance defines into the state that [Runtime.Instantiate] left it in, and runs the start function
// again: memories and tables get their first size and contents back, globals their first values, and dropped segments are there
// again. It is much cheaper than a new instance. What the instance imports stays as it is, and what others imported from it is
// reset for them too. The guest must not be running. Errors are *Trap and *HostError.
func (in *Instance) Reset(ctx context.Context) error {
	if in.rt.thread.current != nil {
		return errors.New("an instance cannot be reset while a guest of its Runtime runs")
	}
	m := in.module.wasm
	for _, t := range in.tables[len(in.tables)-len(m.Tables):] {
		t.reset()
	}
	for _, memory := range in.memories[len(in.memories)-len(m.Memories):] {
		memory.reset()
	}
	return in.initialize(ctx)
}

// initialize gives what the module defines its first contents and runs the start function.
func (in *Instance) initialize(ctx context.Context) error {
	again := in.elems != nil
	if in.elems == nil || planted.Selected != planted.ResetGlobals {
		in.initGlobals()
	}
	in.evalElems()
	if start := in.module.wasm.Start; planted.Selected == planted.StartEarly && start != nil {
		if err := in.fn(*start).CallStack(ctx, nil); err != nil {
			return err
		}
		return in.copySegments()
	}
	if err := in.copySegments(); err != nil {
		return err
	}
	if start := in.module.wasm.Start; start != nil && !(planted.Selected == planted.ResetStart && again) {
		return in.fn(*start).CallStack(ctx, nil)
	}
	return nil
}

// link resolves the imports.
func (in *Instance) link(l *Linker) error {
	m := in.module.wasm
	in.funcs = make([]*Func, 0, m.ImportedFuncs()+len(m.Funcs))
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
			if planted.Selected == planted.GlobalCopied {
				x = &Global{rt: x.rt, typ: x.typ, cell: slices.Clone(x.cell)}
			}
			in.globals = append(in.globals, x)
		}
	}
	return nil
}

// allocate makes the tables and memories that the module defines, and room for its functions.
func (in *Instance) allocate() error {
	m := in.module.wasm
	in.funcs = in.funcs[:cap(in.funcs)]
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
	in.allocateGlobals()
	return nil
}

// allocateGlobals makes the globals that the module defines.
func (in *Instance) allocateGlobals() {
	m := in.module.wasm
	slots := 0
	for i := range m.Globals {
		slots += isa.Width(m.Globals[i].Type.Type)
	}
	cells := make([]uint64, slots)
	for i := range m.Globals {
		t := m.Globals[i].Type
		cell := cells[:isa.Width(t.Type)]
		cells = cells[len(cell):]
		in.globals = append(in.globals, &Global{rt: in.rt, typ: t, cell: cell})
	}
}

// initGlobals gives the globals that the module defines their first values.
func (in *Instance) initGlobals() {
	globals := in.module.wasm.Globals
	own := in.globals[len(in.globals)-len(globals):]
	for i := range globals {
		in.eval(globals[i].Init, own[i].cell)
	}
}

// evalElems evaluates the element segments.
func (in *Instance) evalElems() {
	m := in.module.wasm
	in.elems = make([][]uint32, len(m.Elems))
	in.datas = make([][]byte, len(m.Datas))
	for i := range m.Elems {
		e := &m.Elems[i]
		if e.Mode == wasm.Declarative && planted.Selected != planted.DeclarativeKept {
			continue // it is dropped at once
		}
		for _, f := range e.Funcs {
			in.elems[i] = append(in.elems[i], uint32(in.rt.ref(in.fn(f))))
		}
		for _, x := range e.Exprs {
			in.elems[i] = append(in.elems[i], uint32(in.evalOne(x)))
		}
	}
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
	if planted.Selected == planted.DataFirst {
		for i := range m.Datas {
			if d := &m.Datas[i]; d.Mode == wasm.Active {
				in.memoryInit(i, in.evalOne(d.Offset), 0, uint64(len(d.Init)))
			}
		}
	}
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
		if planted.Selected != planted.ActiveKept {
			in.datas[i] = nil
		}
	}
	return nil
}

// tableInit copies n references of an element segment to a table; false if a range is out of bounds.
func (in *Instance) tableInit(table uint32, segment int, to, from, n uint64) bool {
	elems := in.elems[segment]
	dst, ok := in.tables[table].slice(to, n)
	if !ok || from > uint64(len(elems)) || n > uint64(len(elems))-from || planted.Selected == planted.InitEnd && from > 0 && from == uint64(len(elems)) {
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
	if planted.Selected == planted.InitOffset {
		from = 0
	}
	copy(dst, data[from:from+n])
	return ok
}
