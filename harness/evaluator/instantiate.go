package evaluator

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Limits bound what a guest can take; where the specification lets an embedder refuse (appendix A.2), that is what happens beyond them.
type Limits struct {
	Steps uint64 // instructions of one call; beyond them the guest traps with FuelExhausted
	Depth int    // calls in progress; beyond them the guest traps with StackExhausted
	Pages uint64 // of a memory
	Elems uint64 // of a table
}

// Imports gives modules what they import, by the names of module and item.
type Imports map[[2]string]Extern

// LinkError says that an import does not resolve.
type LinkError struct {
	Module, Name string
	Msg          string // in the words of the specification's tests
}

// Error returns the import and what is wrong with it.
func (e *LinkError) Error() string { return fmt.Sprintf("import %q %q: %s", e.Module, e.Name, e.Msg) }

// Instantiate makes an instance of a valid module (section 4.5.4). The error is a *LinkError or a *Trap, or an ordinary one for a module
// that is beyond the limits. After a *Trap there is an instance, because what was written before stays.
func Instantiate(m *wasm.Module, imports Imports, limits Limits) (*Instance, error) {
	in, err := Prepare(m, imports, limits)
	if err != nil {
		return nil, err
	}
	return in, in.Start()
}

// Prepare is Instantiate up to where something may trap: Start does the rest.
func Prepare(m *wasm.Module, imports Imports, limits Limits) (*Instance, error) {
	in := &Instance{module: m, limits: limits}
	if err := in.link(imports); err != nil {
		return nil, err
	}
	return in, in.allocate()
}

// Start gives what the module defines its first values and calls its start function. The error is a *Trap.
func (in *Instance) Start() error {
	t := &thread{limits: in.limits}
	return t.catch(func() { t.initialize(in) })
}

// Reset makes of an instance what Instantiate has made of it, in the places where everything is that it defines. What it imports stays. The
// error is a *Trap.
func (in *Instance) Reset() error {
	m := in.module
	for _, table := range in.tables[len(in.tables)-len(m.Tables):] {
		table.Elems = NewTable(table.Type).Elems
	}
	for _, memory := range in.memories[len(in.memories)-len(m.Memories):] {
		memory.Data = NewMemory(memory.Type).Data
	}
	return in.Start()
}

// link resolves the imports and checks their types (sections 4.5.1 and 3.2 of matching).
func (in *Instance) link(imports Imports) error {
	for i := range in.module.Imports {
		im := &in.module.Imports[i]
		x, ok := imports[[2]string{im.Module, im.Name}]
		if !ok {
			return &LinkError{im.Module, im.Name, "unknown import"}
		}
		matches := false
		switch x := x.(type) {
		case *Func:
			in.funcs = append(in.funcs, x)
			matches = im.Kind == wasm.ExternFunc && x.Type.Equal(in.module.Types[im.Func])
		case *Table:
			in.tables = append(in.tables, x)
			matches = im.Kind == wasm.ExternTable && x.Type.Elem == im.Table.Elem && within(uint64(len(x.Elems)), x.Type.Limits, im.Table.Limits)
		case *Memory:
			in.memories = append(in.memories, x)
			matches = im.Kind == wasm.ExternMemory && within(x.pages(), x.Type.Limits, im.Memory.Limits)
		case *Global:
			in.globals = append(in.globals, x)
			matches = im.Kind == wasm.ExternGlobal && x.Type == im.Global
		}
		if !matches {
			return &LinkError{im.Module, im.Name, "incompatible import type"}
		}
	}
	return nil
}

// within reports whether a table or memory of a size and with limits matches the limits that a module wants.
func within(size uint64, has, want wasm.Limits) bool {
	return size >= want.Min && (!want.HasMax || has.HasMax && has.Max <= want.Max)
}

// allocate makes what the module defines (section 4.5.3).
func (in *Instance) allocate() error {
	m, p := in.module, new(parser)
	for i := range m.Funcs {
		f := &m.Funcs[i]
		body, err := p.parse(f.Body)
		if err != nil {
			return fmt.Errorf("function %d: %w", len(in.funcs), err)
		}
		fn := &Func{Type: m.Types[f.Type], in: in, index: uint32(len(in.funcs)), code: f, body: body}
		for _, run := range f.Locals {
			fn.locals += int(run.Count)
		}
		in.funcs = append(in.funcs, fn)
	}
	for _, t := range m.Tables {
		if t.Limits.Min > in.limits.Elems {
			return fmt.Errorf("a table of %d elements; the limit is %d", t.Limits.Min, in.limits.Elems)
		}
		in.tables = append(in.tables, NewTable(t))
	}
	for _, t := range m.Memories {
		if t.Limits.Min > in.limits.Pages {
			return fmt.Errorf("a memory of %d pages; the limit is %d", t.Limits.Min, in.limits.Pages)
		}
		in.memories = append(in.memories, NewMemory(t))
	}
	for i := range m.Globals {
		in.globals = append(in.globals, &Global{Type: m.Globals[i].Type})
	}
	return nil
}

// initialize evaluates the initial values, copies the active segments and calls the start function: steps 5 to 18 of section 4.5.4.
func (t *thread) initialize(in *Instance) {
	m := in.module
	in.elems, in.datas = nil, nil
	own := in.globals[len(in.globals)-len(m.Globals):]
	for i := range own {
		own[i].Value = t.constant(in, m.Globals[i].Init)
	}
	for i := range m.Elems {
		in.elems = append(in.elems, t.references(in, &m.Elems[i]))
	}
	for i := range m.Datas {
		in.datas = append(in.datas, m.Datas[i].Init)
	}
	for i := range m.Elems {
		s := &m.Elems[i]
		if s.Mode == wasm.Active {
			in.tables[s.Table].init(in.elems[i], t.constant(in, s.Offset).Bits, 0, uint64(len(in.elems[i])))
		}
		if s.Mode != wasm.Passive {
			in.elems[i] = nil
		}
	}
	for i := range m.Datas {
		s := &m.Datas[i]
		if s.Mode == wasm.Active {
			in.memories[s.Memory].init(in.datas[i], t.constant(in, s.Offset).Bits, 0, uint64(len(s.Init)))
			in.datas[i] = nil
		}
	}
	if m.Start != nil {
		t.invoke(in.funcs[*m.Start], nil)
	}
}

// references evaluates the elements of a segment.
func (t *thread) references(in *Instance, s *wasm.ElemSegment) (refs []Value) {
	for _, f := range s.Funcs {
		refs = append(refs, Value{Type: wasm.FuncRef, Ref: in.funcs[f]})
	}
	for _, e := range s.Exprs {
		refs = append(refs, t.constant(in, e))
	}
	return refs
}

// constant evaluates a constant expression (section 4.4.11). It is no call: what traps in it has no frame.
func (t *thread) constant(in *Instance, e wasm.Expr) Value {
	body, err := Parse(e)
	if err != nil {
		panic(err)
	}
	f := &frame{thread: t, in: in}
	f.sequence(body)
	return f.pop()
}
