package engine

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// observe reads what is exported.
func (d *drive) observe() {
	globals := d.plan.Module.GlobalTypes()
	for _, e := range d.plan.Module.Exports {
		switch e.Kind {
		case wasm.ExternGlobal:
			if globals[e.Index].Type.IsVector() {
				continue // no binding for Go can hold its value
			}
			d.res.Globals = append(d.res.Globals, d.global(e.Name, globals[e.Index]))
		case wasm.ExternTable:
			d.res.Tables = append(d.res.Tables, d.table(e.Name))
		case wasm.ExternMemory:
			data, err := d.g.Memory(e.Name)
			if err != nil {
				d.stop(StageUnsupported, fmt.Sprintf("memory %q cannot be read: %v", e.Name, err))
				return
			}
			m := NamedMemory{Name: e.Name, Pages: uint64(len(data)) / wasm.PageSize, Hash: sha256.Sum256(data)}
			if d.job.Memories && len(data) <= MaxKept {
				m.Data = bytes.Clone(data)
			}
			d.res.Memories = append(d.res.Memories, m)
		}
	}
}

func (d *drive) global(name string, t wasm.GlobalType) NamedGlobal {
	if number, ok := d.re.globals[name]; ok {
		v, err := d.read(number, 0)
		return NamedGlobal{Name: name, Readable: err == nil, Value: Value{Type: t.Type, Bits: v}}
	}
	v, err := d.g.Global(name, t)
	return NamedGlobal{Name: name, Readable: err == nil, Value: v}
}

// read calls the function that the rewriter added.
func (d *drive) read(number int, index uint64) (uint64, error) {
	args := []Value{{Type: wasm.I32, Bits: uint64(number)}, {Type: wasm.I32, Bits: index}}
	values, err := d.g.Call(d.ctx, d.re.reader, readerType, args)
	if err != nil {
		return 0, err
	}
	return values[0].Bits, nil
}

func (d *drive) table(name string) NamedTable {
	length, nonNull, err := d.tableReader(name)
	if err != nil || length > MaxTableElems {
		return NamedTable{Name: name}
	}
	nt := NamedTable{Name: name, Readable: true, Len: length}
	for i := range length {
		set, err := nonNull(i)
		if err != nil {
			return NamedTable{Name: name}
		}
		bit := byte(0)
		if set {
			bit = 1
		}
		nt.NonNull = append(nt.NonNull, bit)
	}
	return nt
}

func (d *drive) tableReader(name string) (uint64, func(uint64) (bool, error), error) {
	number, ok := d.re.tables[name]
	if !ok {
		return d.g.Table(name)
	}
	length, err := d.read(number, 0)
	return length, func(i uint64) (bool, error) {
		v, err := d.read(number+1, i)
		return v != 0, err
	}, err
}

func (d *drive) output() {
	stdout, stderr, err := d.g.Output()
	if err != nil {
		d.stop(StageUnsupported, "the guest's output cannot be read: "+err.Error())
		return
	}
	// nil and empty are made the same, because a result that went through a pipe has only nil.
	if len(stdout) > 0 {
		d.res.Stdout = stdout[:min(len(stdout), MaxOutput)]
	}
	if len(stderr) > 0 {
		d.res.Stderr = stderr[:min(len(stderr), MaxOutput)]
	}
}
