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
	elems []uint32       // references: a table of the largest size takes 40 MB
	view  exec.TableView // of elems, for the interpreter loop
}

// NewTable returns a table of null references of the host, to be imported by guests. The error is a *LimitError.
func (rt *Runtime) NewTable(t wasm.TableType) (*Table, error) {
	if left := rt.cfg.MaxTableElems - rt.elems; t.Limits.Min > left {
		return nil, &LimitError{What: "elements of a table", Got: t.Limits.Min, Max: left, Setting: "MaxTableElems"}
	}
	rt.elems += t.Limits.Min
	tab := &Table{rt: rt, typ: t, elems: make([]uint32, t.Limits.Min)}
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
	return t.rt.fromSlots(t.typ.Elem, []uint64{uint64(t.elems[i])}), nil
}

// Set sets element i to a reference of the table's type.
func (t *Table) Set(i uint64, v Value) error {
	if i >= t.Len() {
		return fmt.Errorf("element %d of a table of %d: %w", i, t.Len(), TableOutOfBounds)
	}
	if v.typ != t.typ.Elem {
		return fmt.Errorf("a %s cannot be an element of a table of %s", v.typ, t.typ.Elem)
	}
	var ref [1]uint64
	_, err := t.rt.toSlots(ref[:], v)
	if err == nil {
		t.elems[i] = uint32(ref[0])
	}
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
	t.makeRoom(old+n, min(limit, old+t.rt.cfg.MaxTableElems-t.rt.elems))
	t.rt.elems += n
	t.elems = t.elems[:old+n]
	if ref != 0 && planted.Selected != planted.TableGrowValue {
		for i := old; i < old+n; i++ {
			t.elems[i] = uint32(ref)
		}
	}
	if planted.Selected != planted.TableView {
		t.view.Set(t.elems)
	}
	return old, true
}

// A table of more than largeTable elements gets room for hugeTable at once, if it may have so many: what is not touched takes no memory of the
// host, what is left behind by growing in steps would.
const (
	largeTable = 1 << 20
	hugeTable  = 10_000_000
)

// makeRoom makes room for need elements of a table that may have most.
func (t *Table) makeRoom(need, most uint64) {
	if need <= uint64(cap(t.elems)) {
		return
	}
	room := max(need, 2*t.Len())
	if need > largeTable {
		room = max(room, hugeTable)
	}
	elems := make([]uint32, t.Len(), min(room, most))
	copy(elems, t.elems)
	t.elems = elems
}

// slice returns n elements from first on, or false if any of them is outside the table.
func (t *Table) slice(first, n uint64) ([]uint32, bool) {
	if first > t.Len() || n > t.Len()-first {
		return nil, false
	}
	return t.elems[first : first+n], true
}

// reset makes the table what it was when it was made: of its least size, and all null.
func (t *Table) reset() {
	if planted.Selected != planted.ResetElements {
		t.rt.elems -= t.Len() - t.typ.Limits.Min
	}
	clear(t.elems) // all of it: what is behind the end is null
	t.elems = t.elems[:t.typ.Limits.Min]
	t.view.Set(t.elems)
}
