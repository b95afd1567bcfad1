// Package edit takes modules apart and puts them together again: function bodies as trees of typed instructions, and index
// spaces whose members move or go. Mutation and reduction are written with it.
//
// Nothing that it is given is changed; what it returns may share memory with that.
package edit

import (
	"io"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Node is an instruction. A block, loop or if holds what it encloses; else and end are no nodes.
type Node struct {
	wasm.Instr
	Body []Node
	Else []Node // of an if; nil if it has no else

	// Before and After are the types of all operands of the function before and behind the instruction, the topmost last. They are
	// there if Typed, which code that cannot be reached and code of invalid modules is not.
	Before, After []wasm.ValType
	Typed         bool
}

// Of returns a node for an instruction with immediates in the order of its row; see [wasm.NewInstr].
func Of(op wasm.Op, imms ...uint64) Node { return Node{Instr: wasm.NewInstr(op, imms...)} }

// IsBlock reports whether the node encloses others.
func (n *Node) IsBlock() bool {
	return n.Op == wasm.OpBlock || n.Op == wasm.OpLoop || n.Op == wasm.OpIf
}

// Ends reports whether nothing behind the instruction in the same block can be reached.
func Ends(op wasm.Op) bool {
	switch op {
	case wasm.OpUnreachable, wasm.OpBr, wasm.OpBrTable, wasm.OpReturn, wasm.OpReturnCall, wasm.OpReturnCallIndirect:
		return true
	}
	return false
}

// source gives the instructions of an expression and the operands behind each.
type source struct {
	next     func() (*wasm.Instr, error)
	operands func() []wasm.ValType // nil if nothing is known of types
	last     []wasm.ValType        // the operands behind the last instruction
}

// Parse returns the instructions of an expression, without types.
func Parse(e wasm.Expr) ([]Node, error) {
	r, in := wasm.NewReader(e), wasm.Instr{}
	s := source{next: func() (*wasm.Instr, error) { err := r.Next(&in); return &in, err }}
	list, _, err := s.list(true)
	return list, err
}

// Bodies returns the bodies of all functions that a module defines: with types if it is valid, else without. The error is that of
// an expression that is not well-formed.
func Bodies(m *wasm.Module) ([][]Node, error) {
	var v wasm.Validator
	typed := v.Begin(nil, m) == nil
	bodies := make([][]Node, len(m.Funcs))
	for i := range m.Funcs {
		var err error
		if typed {
			if bodies[i], err = body(&v, i); err == nil {
				continue
			}
			typed = false
		}
		if bodies[i], err = Parse(m.Funcs[i].Body); err != nil {
			return nil, err
		}
	}
	return bodies, nil
}

// body returns a function's body with types.
func body(v *wasm.Validator, i int) ([]Node, error) {
	if err := v.Func(i); err != nil {
		return nil, err
	}
	s := source{next: v.Next, operands: v.Operands}
	list, _, err := s.list(false)
	if err == nil {
		_, err = v.Next() // there must be nothing behind the end
	}
	if err == io.EOF {
		err = nil
	}
	return list, err
}

// list reads up to the end or else of a block, and returns which it was. What is dead has no types.
func (s *source) list(dead bool) (list []Node, end wasm.Op, err error) {
	for {
		in, err := s.next()
		if err != nil {
			return nil, 0, err
		}
		if in.Op == wasm.OpEnd || in.Op == wasm.OpElse {
			end := in.Op
			s.step()
			return list, end, nil
		}
		n := Node{Instr: *in, Before: s.last, Typed: !dead}
		n.Labels, n.Types = slices.Clone(in.Labels), slices.Clone(in.Types)
		s.step()
		if n.IsBlock() {
			if err := s.enclosed(&n, dead); err != nil {
				return nil, 0, err
			}
		}
		n.After = s.last
		dead = dead || Ends(n.Op)
		list = append(list, n)
	}
}

// enclosed reads what a block encloses.
func (s *source) enclosed(n *Node, dead bool) (err error) {
	var end wasm.Op
	if n.Body, end, err = s.list(dead); err != nil || end == wasm.OpEnd {
		return err
	}
	if n.Else, _, err = s.list(dead); n.Else == nil {
		n.Else = []Node{}
	}
	return err
}

// step remembers the operands.
func (s *source) step() {
	if s.operands != nil {
		s.last = slices.Clone(s.operands())
	}
}

var (
	endInstr  = wasm.NewInstr(wasm.OpEnd)
	elseInstr = wasm.NewInstr(wasm.OpElse)
)

// Expr returns the expression of these instructions, with the final end.
func Expr(list []Node) wasm.Expr {
	return wasm.Expr{Code: wasm.AppendInstr(appendNodes(nil, list), &endInstr)}
}

func appendNodes(code []byte, list []Node) []byte {
	for i := range list {
		n := &list[i]
		code = wasm.AppendInstr(code, &n.Instr)
		if !n.IsBlock() {
			continue
		}
		code = appendNodes(code, n.Body)
		if n.Else != nil {
			code = appendNodes(wasm.AppendInstr(code, &elseInstr), n.Else)
		}
		code = wasm.AppendInstr(code, &endInstr)
	}
	return code
}

// Count returns the number of instructions, those that are enclosed included and ends not.
func Count(list []Node) (n int) {
	for i := range list {
		n += 1 + Count(list[i].Body) + Count(list[i].Else)
	}
	return n
}

// Map returns the list with every node replaced by what f makes of it: f gets each node after what it encloses was replaced, and may
// change the copy.
func Map(list []Node, f func(n Node) []Node) []Node {
	out := make([]Node, 0, len(list))
	for _, n := range list {
		if n.IsBlock() {
			n.Body = Map(n.Body, f)
			if n.Else != nil {
				n.Else = Map(n.Else, f)
			}
		}
		out = append(out, f(n)...)
	}
	return out
}

// Lists returns the list and all lists that are enclosed in it, outer ones first.
func Lists(list *[]Node) []*[]Node {
	all := []*[]Node{list}
	for i := range *list {
		n := &(*list)[i]
		if n.IsBlock() {
			all = append(all, Lists(&n.Body)...)
			if n.Else != nil {
				all = append(all, Lists(&n.Else)...)
			}
		}
	}
	return all
}

// Splice returns the list with the nodes from i to j replaced.
func Splice(list []Node, i, j int, with ...Node) []Node {
	return slices.Concat(list[:i], with, list[j:])
}
