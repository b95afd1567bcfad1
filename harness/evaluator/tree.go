package evaluator

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Node is an instruction with the instructions inside it, as in the abstract syntax (section 2.4).
type Node struct {
	wasm.Instr
	Body []Node // of a block, a loop or an if
	Else []Node // of an if; empty if there is no else, which is the same (section 2.4.8)
}

// Parse makes a tree of an expression. The error says that blocks do not nest or the code is malformed.
func Parse(e wasm.Expr) ([]Node, error) { return new(parser).parse(e) }

// parser makes trees, one after the other.
type parser struct {
	r    wasm.Reader
	open []Node // of the sequences that have not ended, the outermost first
}

func (p *parser) parse(e wasm.Expr) ([]Node, error) {
	p.r, p.open = wasm.NewReader(e), p.open[:0]
	nodes, last, err := p.sequence()
	if err == nil && (last != wasm.OpEnd || p.r.Pos() != len(e.Code)) {
		err = fmt.Errorf("the expression ends in %s at byte %d of %d", last, p.r.Pos(), len(e.Code))
	}
	return nodes, err
}

// sequence reads instructions up to the else or end that is not inside any of them, and returns which it is.
func (p *parser) sequence() (nodes []Node, last wasm.Op, err error) {
	first := len(p.open)
	for {
		var n Node
		if err := p.r.Next(&n.Instr); err != nil {
			return nil, 0, err
		}
		switch n.Op {
		case wasm.OpElse, wasm.OpEnd:
			nodes = slices.Clone(p.open[first:])
			p.open = p.open[:first]
			return nodes, n.Op, nil
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			if n.Body, last, err = p.sequence(); err == nil && last == wasm.OpElse && n.Op == wasm.OpIf {
				n.Else, last, err = p.sequence()
			}
			if err == nil && last != wasm.OpEnd {
				err = fmt.Errorf("an else at byte %d belongs to no if", p.r.Pos())
			}
			if err != nil {
				return nil, 0, err
			}
		}
		p.open = append(p.open, n)
	}
}
