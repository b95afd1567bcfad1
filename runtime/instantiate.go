package runtime

import (
	"context"
	"io"

	"github.com/touchstone-wasm/touchstone/runtime/internal/exec"
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
	cells := make([]uint64, len(m.Globals))
	for i, g := range m.Globals {
		cells[i] = in.eval(g.Init)
		in.globals = append(in.globals, &Global{rt: in.rt, typ: g.Type, cell: &cells[i]})
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
			in.elems[i] = append(in.elems[i], in.eval(x))
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
		in.exec.Globals = append(in.exec.Globals, g.cell)
	}
	for _, t := range in.tables {
		in.exec.Tables = append(in.exec.Tables, &t.view)
	}
}

// view returns the views for the interpreter loop, up to date.
func (in *Instance) view() *exec.Instance {
	if len(in.memories) > 0 {
		in.exec.Memory = in.memories[0].data
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
		if !in.tableInit(e.Table, i, in.eval(e.Offset), 0, uint64(len(in.elems[i]))) {
			return &Trap{Code: TableOutOfBounds}
		}
		in.elems[i] = nil
	}
	for i := range m.Datas {
		d := &m.Datas[i]
		if d.Mode != wasm.Active {
			continue
		}
		if !in.memoryInit(i, in.eval(d.Offset), 0, uint64(len(d.Init))) {
			return &Trap{Code: MemoryOutOfBounds}
		}
		in.datas[i] = nil
	}
	return nil
}

// eval evaluates a constant expression of a valid module. Validation has checked its types and that it ends with one value.
func (in *Instance) eval(e wasm.Expr) uint64 {
	r, instr, value := wasm.NewReader(e), wasm.Instr{}, uint64(0)
	for {
		if err := r.Next(&instr); err != nil {
			if err != io.EOF {
				panic("runtime: malformed constant expression in a valid module")
			}
			return value
		}
		switch instr.Op {
		case wasm.OpI32Const, wasm.OpI64Const, wasm.OpF32Const, wasm.OpF64Const:
			value = instr.Imm[0]
		case wasm.OpGlobalGet:
			value = *in.globals[instr.Imm[0]].cell
		case wasm.OpRefNull:
			value = 0
		case wasm.OpRefFunc:
			value = in.rt.ref(in.fn(uint32(instr.Imm[0])))
		case wasm.OpEnd:
		default:
			panic("runtime: instruction in a constant expression of a valid module")
		}
	}
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
	dst, ok := in.memories[0].Slice(to, n)
	if !ok || from > uint64(len(data)) || n > uint64(len(data))-from {
		return false
	}
	copy(dst, data[from:from+n])
	return true
}
