// Package coverage counts which instructions were executed, and with operands of which classes: zero, one, the least and the greatest
// number, kinds of NaN, addresses at the end of memory, and so on. What can be counted follows from the opcode table; generators
// steer towards what was not counted yet, and tests publish how much was.
//
// An instruction with one operand is counted by the operand's class, one with two by the pair of classes, and one with more
// by the class of each. Instructions that the table gives no types for are counted by their topmost operand, if there is
// something to learn from it.
package coverage

import (
	"iter"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Counts counts executions. It is for one goroutine; the counts of several are merged.
type Counts struct {
	executed [wasm.NumOps]uint64
	cells    []uint64
}

// New returns counts that are all zero.
func New() *Counts { return &Counts{cells: make([]uint64, numCells)} }

// Access is what counts of a memory access besides its operands.
type Access struct {
	Offset uint64 // the displacement
	Memory uint64 // the size of the memory in bytes
}

// Count counts one execution of an instruction. The operands stand in slots as for host functions, a v128 in two; types are
// theirs. Only memory accesses look at access. It does not allocate.
func (c *Counts) Count(op wasm.Op, types []wasm.ValType, slots []uint64, access Access) {
	c.executed[op]++
	p := &plans[op]
	switch {
	case p.top != nil:
		if n := len(types); n > 0 {
			c.countTop(p, types[n-1], slots)
		}
	case len(p.operands) == 0:
	case len(p.operands) == 2:
		a, b := &p.operands[0], &p.operands[1]
		c.cells[p.base+a.class(slots, p, access)*len(b.kind.classes)+b.class(slots, p, access)]++
	default:
		base := p.base
		for i := range p.operands {
			o := &p.operands[i]
			c.cells[base+o.class(slots, p, access)]++
			base += len(o.kind.classes)
		}
	}
}

// countTop counts the topmost operand, whose type is t.
func (c *Counts) countTop(p *plan, t wasm.ValType, slots []uint64) {
	base := p.base
	for _, a := range p.top {
		if a.t != t {
			base += len(a.kind.classes)
			continue
		}
		high := slots[len(slots)-1]
		low := high
		if t == wasm.V128 {
			low = slots[len(slots)-2]
		}
		c.cells[base+a.kind.of(low, high)]++
		return
	}
}

// class returns the number of the class of an operand.
func (o *operand) class(slots []uint64, p *plan, access Access) int {
	switch {
	case o.kind == addresses:
		return int(ofAddress(slots[o.slot]+access.Offset, p.width, access.Memory))
	case o.wide:
		return o.kind.of(slots[o.slot], slots[o.slot+1])
	}
	return o.kind.of(slots[o.slot], 0)
}

// Merge adds the counts of another run.
func (c *Counts) Merge(d *Counts) {
	for i, n := range d.executed {
		c.executed[i] += n
	}
	for i, n := range d.cells {
		c.cells[i] += n
	}
}

// Executed returns how often an instruction was executed.
func (c *Counts) Executed(op wasm.Op) uint64 { return c.executed[op] }

// Summary says how much of what can be counted was counted at least once.
type Summary struct {
	Ops, AllOps     int // instructions
	Cells, AllCells int // instructions with classes of operands
}

// Summary returns how much was counted of the instructions that belong to features.
func (c *Counts) Summary(features wasm.FeatureSet) (s Summary) {
	for op, info := range wasm.Ops() {
		if !features.Has(info.Since) {
			continue
		}
		if s.AllOps++; c.executed[op] > 0 {
			s.Ops++
		}
	}
	for cell, n := range c.All() {
		if !features.Has(cell.Op.Info().Since) {
			continue
		}
		if s.AllCells++; n > 0 {
			s.Cells++
		}
	}
	return s
}

// Cell is an instruction with a class of one operand, or the classes of both of its two.
type Cell struct {
	Op       wasm.Op
	Operands []Operand
}

// Operand is an operand of an instruction, and a class of its values.
type Operand struct {
	Index int    // among the instruction's operands; -1 for the topmost of an instruction with operands of no fixed types
	Kind  string // a value type's name, or "address"
	Class string
}

// String returns the cell as "i32.add i32:zero i32:one". An operand of an instruction with more than two has its number before it.
func (c Cell) String() string {
	var b strings.Builder
	b.WriteString(c.Op.String())
	for _, o := range c.Operands {
		b.WriteByte(' ')
		if len(plans[c.Op].operands) > 2 {
			b.WriteByte(byte('0' + o.Index))
			b.WriteByte(':')
		}
		b.WriteString(o.Kind + ":" + o.Class)
	}
	return b.String()
}

// All returns every cell that can be counted, with its count, in the order of the opcode table. Instructions without operands have
// none.
func (c *Counts) All() iter.Seq2[Cell, uint64] {
	return func(yield func(Cell, uint64) bool) {
		for op := range wasm.Op(wasm.NumOps) {
			at := plans[op].base
			for operands, possible := range plans[op].cells() {
				if possible && !yield(Cell{op, slices.Clone(operands)}, c.cells[at]) {
					return
				}
				at++
			}
		}
	}
}
