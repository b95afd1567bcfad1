package runtime

import (
	"fmt"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/internal/exec"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Table is a table of references.
type Table struct {
	rt    *Runtime
	typ   wasm.TableType
	elems []uint64
	view  exec.TableView // of elems, for the interpreter loop
}

// NewTable returns a table of null references of the host, to be imported by guests. The error is a *LimitError.
func (rt *Runtime) NewTable(t wasm.TableType) (*Table, error) {
	if left := rt.cfg.MaxTableElems - rt.elems; t.Limits.Min > left {
		return nil, &LimitError{What: "elements of a table", Got: t.Limits.Min, Max: left, Setting: "MaxTableElems"}
	}
	rt.elems += t.Limits.Min
	tab := &Table{rt: rt, typ: t, elems: make([]uint64, t.Limits.Min)}
	tab.view.Set(tab.elems)
	return tab, nil
}

// Kind returns wasm.ExternTable.
func (t *Table) Kind() wasm.ExternKind { return wasm.ExternTable }

// Type returns the table's type; its minimum is the current length.
func (t *Table) Type() wasm.TableType {
	typ := t.typ
	typ.Limits.Min = t.Len()
	return typ
}

// Len returns the number of elements. It changes when the guest grows the table.
func (t *Table) Len() uint64 { return uint64(len(t.elems)) }

// Get returns element i; the error is TableOutOfBounds.
func (t *Table) Get(i uint64) (Value, error) {
	if i >= t.Len() {
		return Value{}, fmt.Errorf("element %d of a table of %d: %w", i, t.Len(), TableOutOfBounds)
	}
	return t.rt.fromSlots(t.typ.Elem, t.elems[i:]), nil
}

// Set sets element i to a reference of the table's type.
func (t *Table) Set(i uint64, v Value) error {
	if i >= t.Len() {
		return fmt.Errorf("element %d of a table of %d: %w", i, t.Len(), TableOutOfBounds)
	}
	if v.typ != t.typ.Elem {
		return fmt.Errorf("a %s cannot be an element of a table of %s", v.typ, t.typ.Elem)
	}
	_, err := t.rt.toSlots(t.elems[i:], v)
	return err
}

// grow adds n elements and returns the old length, or false if the limits forbid it.
func (t *Table) grow(n, ref uint64) (uint64, bool) {
	old, limit := t.Len(), uint64(math.MaxUint32)
	if t.typ.Limits.HasMax {
		limit = t.typ.Limits.Max
		if planted.Selected == planted.TableMaximum {
			limit++
		}
	}
	if n > limit || old > limit-n || n > t.rt.cfg.MaxTableElems-t.rt.elems {
		return 0, false
	}
	t.rt.elems += n
	t.elems = append(t.elems, make([]uint64, n)...)
	if ref != 0 && planted.Selected != planted.TableGrowValue {
		for i := old; i < old+n; i++ {
			t.elems[i] = ref
		}
	}
	if planted.Selected != planted.TableView {
		t.view.Set(t.elems)
	}
	return old, true
}

// slice returns n elements from first on, or false if any of them is outside the table.
func (t *Table) slice(first, n uint64) ([]uint64, bool) {
	if first > t.Len() || n > t.Len()-first {
		return nil, false
	}
	return t.elems[first : first+n], true
}

// reset makes the table what it was when it was made: of its least size, and all null.
func (t *Table) reset() {
	t.rt.elems -= t.Len() - t.typ.Limits.Min
	t.elems = t.elems[:t.typ.Limits.Min]
	clear(t.elems)
	t.view.Set(t.elems)
}
