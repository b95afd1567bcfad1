package typing

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/harness/evaluator"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Check says what makes a decoded module invalid (section 3.4), or returns nil if it is valid.
func Check(m *wasm.Module) error {
	c := &context{m: m, refs: map[uint32]bool{}}
	for _, step := range []func() error{c.imports, c.definitions, c.occurrences, c.exports, c.start} {
		if err := step(); err != nil {
			return err
		}
	}
	imported := len(c.globals) - len(m.Globals)
	constants := *c
	constants.globals = c.globals[:imported] // the context C' of section 3.4.10
	if err := constants.initial(c); err != nil {
		return err
	}
	for i := range m.Funcs {
		if err := c.function(&m.Funcs[i]); err != nil {
			return fmt.Errorf("function %d: %w", i, err)
		}
	}
	return nil
}

// imports types the imports (section 3.4.9) and begins the index spaces with them.
func (c *context) imports() error {
	for i := range c.m.Imports {
		im := &c.m.Imports[i]
		switch im.Kind {
		case wasm.ExternFunc:
			if uint64(im.Func) >= uint64(len(c.m.Types)) {
				return fmt.Errorf("import %d: no type %d", i, im.Func)
			}
			c.funcs = append(c.funcs, c.m.Types[im.Func])
		case wasm.ExternTable:
			c.tables = append(c.tables, im.Table)
		case wasm.ExternMemory:
			c.memories = append(c.memories, im.Memory)
		case wasm.ExternGlobal:
			c.globals = append(c.globals, im.Global)
		}
	}
	return nil
}

// definitions completes the index spaces and types tables and memories, imported ones included (sections 3.2.1, 3.2.4 and 3.2.5).
func (c *context) definitions() error {
	for i := range c.m.Funcs {
		t := c.m.Funcs[i].Type
		if uint64(t) >= uint64(len(c.m.Types)) {
			return fmt.Errorf("function %d: no type %d", i, t)
		}
		c.funcs = append(c.funcs, c.m.Types[t])
	}
	c.tables = append(c.tables, c.m.Tables...)
	c.memories = append(c.memories, c.m.Memories...)
	for i := range c.m.Globals {
		c.globals = append(c.globals, c.m.Globals[i].Type)
	}
	for _, t := range c.tables {
		if !within(t.Limits, 1<<32-1) {
			return fmt.Errorf("limits %s of a table", t.Limits)
		}
	}
	for _, t := range c.memories {
		if !within(t.Limits, 1<<16) {
			return fmt.Errorf("limits %s of a memory", t.Limits)
		}
	}
	if len(c.memories) > 1 {
		return fmt.Errorf("%d memories", len(c.memories))
	}
	return nil
}

// within reports whether limits are valid in a range (section 3.2.1).
func within(l wasm.Limits, most uint64) bool {
	return l.Min <= most && (!l.HasMax || l.Min <= l.Max && l.Max <= most)
}

// occurrences finds the functions that are named outside of functions and the start: C.refs in section 3.4.10.
func (c *context) occurrences() error {
	for _, e := range c.m.Exports {
		if e.Kind == wasm.ExternFunc {
			c.refs[e.Index] = true
		}
	}
	var expressions []wasm.Expr
	for i := range c.m.Globals {
		expressions = append(expressions, c.m.Globals[i].Init)
	}
	for i := range c.m.Elems {
		for _, f := range c.m.Elems[i].Funcs {
			c.refs[f] = true
		}
		expressions = append(expressions, c.m.Elems[i].Exprs...)
	}
	for _, e := range expressions {
		nodes, err := evaluator.Parse(e)
		if err != nil {
			return err
		}
		for i := range nodes {
			if nodes[i].Op == wasm.OpRefFunc {
				c.refs[uint32(nodes[i].Imm[0])] = true
			}
		}
	}
	return nil
}

// exports types the exports (section 3.4.8), whose names must differ.
func (c *context) exports() error {
	sizes := map[wasm.ExternKind]int{
		wasm.ExternFunc: len(c.funcs), wasm.ExternTable: len(c.tables), wasm.ExternMemory: len(c.memories), wasm.ExternGlobal: len(c.globals),
	}
	names := map[string]bool{}
	for _, e := range c.m.Exports {
		if uint64(e.Index) >= uint64(sizes[e.Kind]) {
			return fmt.Errorf("export of %s %d", e.Kind, e.Index)
		}
		if names[e.Name] {
			return fmt.Errorf("two exports %q", e.Name)
		}
		names[e.Name] = true
	}
	return nil
}

// start types the start function (section 3.4.7).
func (c *context) start() error {
	if c.m.Start == nil {
		return nil
	}
	f := *c.m.Start
	if uint64(f) >= uint64(len(c.funcs)) || !c.funcs[f].Equal(wasm.FuncType{}) {
		return fmt.Errorf("function %d cannot be the start", f)
	}
	return nil
}

// initial types globals, element and data segments (sections 3.4.4 to 3.4.6). Constant expressions see no globals but imported ones.
func (c *context) initial(whole *context) error {
	for i := range c.m.Globals {
		g := &c.m.Globals[i]
		if err := c.constant(g.Init, g.Type.Type); err != nil {
			return fmt.Errorf("global %d: %w", i, err)
		}
	}
	for i := range c.m.Elems {
		if err := c.elements(&c.m.Elems[i]); err != nil {
			return fmt.Errorf("element segment %d: %w", i, err)
		}
	}
	for i := range c.m.Datas {
		s := &c.m.Datas[i]
		if s.Mode != wasm.Active {
			continue
		}
		if uint64(s.Memory) >= uint64(len(whole.memories)) {
			return fmt.Errorf("data segment %d: no memory %d", i, s.Memory)
		}
		if err := c.constant(s.Offset, wasm.I32); err != nil {
			return fmt.Errorf("data segment %d: %w", i, err)
		}
	}
	return nil
}

func (c *context) elements(s *wasm.ElemSegment) error {
	for _, f := range s.Funcs {
		if uint64(f) >= uint64(len(c.funcs)) {
			return fmt.Errorf("no function %d", f)
		}
	}
	for _, e := range s.Exprs {
		if err := c.constant(e, s.Type); err != nil {
			return err
		}
	}
	if s.Mode != wasm.Active {
		return nil
	}
	if uint64(s.Table) >= uint64(len(c.tables)) || c.tables[s.Table].Elem != s.Type {
		return fmt.Errorf("%s for table %d", s.Type, s.Table)
	}
	return c.constant(s.Offset, wasm.I32)
}

// constantOps are the instructions of constant expressions but global.get (section 3.3.10, and the proposal for extended ones).
var constantOps = []string{
	"i32.const", "i64.const", "f32.const", "f64.const", "v128.const", "ref.null", "ref.func",
	"i32.add", "i32.sub", "i32.mul", "i64.add", "i64.sub", "i64.mul",
}

// constant types a constant expression with one result.
func (c *context) constant(e wasm.Expr, t wasm.ValType) error {
	nodes, err := evaluator.Parse(e)
	if err != nil {
		return err
	}
	o := &operands{}
	for i := range nodes {
		n := &nodes[i]
		if n.Op == wasm.OpGlobalGet {
			o.require(!c.global(n, o).Mutable, "global %d is mutable", n.Imm[0])
		} else {
			o.require(slices.Contains(constantOps, n.Op.String()), "%s is not constant", n.Op)
		}
	}
	c.sequence(nodes, o)
	o.end([]wasm.ValType{t})
	return o.wrong
}

// function types a function (section 3.4.1).
func (c *context) function(f *wasm.Func) error {
	t := c.m.Types[f.Type]
	c.locals, c.results, c.labels = slices.Clone(t.Params), t.Results, nil
	for _, run := range f.Locals {
		c.locals = append(c.locals, slices.Repeat([]wasm.ValType{run.Type}, int(run.Count))...)
	}
	nodes, err := evaluator.Parse(f.Body)
	if err != nil {
		return err
	}
	o := &operands{}
	c.body(nodes, wasm.FuncType{Results: t.Results}, t.Results, o)
	return o.wrong
}
