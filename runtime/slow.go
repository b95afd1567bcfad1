package runtime

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// minusOne is the i32 -1 in a slot: what growing that is refused returns.
const minusOne = 0xffffffff

// slow holds the instructions that the interpreter loop leaves for, but for calls. Each function executes the instruction w at
// the current position and goes on behind it, or returns a trap.
var slow = [isa.NumOps]func(t *thread, w isa.Inst) error{
	isa.MemoryGrow: func(t *thread, w isa.Inst) error {
		old, ok := t.current.memories[0].Grow(u32(t, w.A()))
		return t.grown(w, old, ok)
	},
	isa.MemoryInit: func(t *thread, w isa.Inst) error {
		return t.check(MemoryOutOfBounds, t.current.memoryInit(int(t.state.Imm()), u32(t, w.D()), u32(t, w.A()), u32(t, w.B())))
	},
	isa.MemoryCopy: func(t *thread, w isa.Inst) error { return t.memoryCopy(u32(t, w.D()), u32(t, w.A()), u32(t, w.B())) },
	isa.MemoryFill: func(t *thread, w isa.Inst) error {
		return t.memoryFill(u32(t, w.D()), byte(t.state.Slot(w.A())), u32(t, w.B()))
	},
	isa.DataDrop: func(t *thread, w isa.Inst) error {
		if planted.Selected != planted.DataDrop {
			t.current.datas[t.state.Imm()] = nil
		}
		return t.check(0, true)
	},
	isa.TableGet: func(t *thread, w isa.Inst) error {
		elem, ok := t.current.tables[t.state.Imm()].slice(u32(t, w.A()), 1)
		if ok {
			t.state.SetSlot(w.D(), uint64(elem[0]))
		}
		return t.check(TableOutOfBounds, ok)
	},
	isa.TableSet: func(t *thread, w isa.Inst) error {
		elem, ok := t.current.tables[t.state.Imm()].slice(u32(t, w.D()), 1)
		if ok {
			elem[0] = uint32(t.state.Slot(w.A()))
		}
		return t.check(TableOutOfBounds, ok)
	},
	isa.TableSize: func(t *thread, w isa.Inst) error {
		return t.grown(w, t.current.tables[t.state.Imm()].Len(), true)
	},
	isa.TableGrow: func(t *thread, w isa.Inst) error {
		old, ok := t.current.tables[t.state.Imm()].grow(u32(t, w.B()), t.state.Slot(w.A()))
		return t.grown(w, old, ok)
	},
	isa.TableFill: func(t *thread, w isa.Inst) error {
		elems, ok := t.current.tables[t.state.Imm()].slice(u32(t, w.D()), u32(t, w.B()))
		if !ok && planted.Selected == planted.TableFillEdge {
			all := t.current.tables[t.state.Imm()].elems
			elems = all[min(u32(t, w.D()), uint64(len(all))):]
		}
		for i := range elems {
			elems[i] = uint32(t.state.Slot(w.A()))
		}
		return t.check(TableOutOfBounds, ok)
	},
	isa.TableInit: func(t *thread, w isa.Inst) error {
		imm := t.state.Imm()
		return t.check(TableOutOfBounds, t.current.tableInit(uint32(imm>>32), int(uint32(imm)), u32(t, w.D()), u32(t, w.A()), u32(t, w.B())))
	},
	isa.TableCopy: func(t *thread, w isa.Inst) error {
		imm, n := t.state.Imm(), u32(t, w.B())
		dst, ok1 := t.current.tables[uint32(imm)].slice(u32(t, w.D()), n)
		if planted.Selected == planted.TableCopyOther {
			imm = imm<<32 | imm&0xffffffff
		}
		src, ok2 := t.current.tables[imm>>32].slice(u32(t, w.A()), n)
		if ok1 && ok2 && planted.Selected == planted.TableCopyForward {
			for i := range n {
				dst[i] = src[i]
			}
		} else if ok1 && ok2 {
			copy(dst, src)
		}
		return t.check(TableOutOfBounds, ok1 && ok2)
	},
	isa.ElemDrop: func(t *thread, w isa.Inst) error {
		if planted.Selected != planted.ElemDrop {
			t.current.elems[t.state.Imm()] = nil
		}
		return t.check(0, true)
	},
	isa.RefFunc: func(t *thread, w isa.Inst) error {
		t.state.SetSlot(w.D(), t.rt.ref(t.current.fn(uint32(t.state.Imm()))))
		t.state.Next()
		return nil
	},
	isa.Observe: func(t *thread, _ isa.Inst) error { return t.observe() },
}

// u32 returns the i32 in a slot, unsigned.
func u32(t *thread, slot uint16) uint64 { return uint64(uint32(t.state.Slot(slot))) }

// check goes on behind the instruction if ok, and traps otherwise.
func (t *thread) check(code TrapCode, ok bool) error {
	if !ok {
		return t.trap(code)
	}
	t.state.Next()
	return nil
}

// grown stores the result of an instruction that grows something, and goes on.
func (t *thread) grown(w isa.Inst, old uint64, ok bool) error {
	if !ok {
		old = minusOne
	}
	t.state.SetSlot(w.D(), old)
	t.state.Next()
	return nil
}
