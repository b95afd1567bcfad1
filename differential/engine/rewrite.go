package engine

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// rewritten is a module with what the engine lacks added, and where to find it.
type rewritten struct {
	module  *wasm.Module
	changed bool
	prefix  string // of added exports; no export of the original begins with it

	calls   map[string]string // export that the binding cannot call as it is -> its wrapper
	bridged bool              // wrappers have i32 in place of references
	// reader is the name of a function that takes the number of what is to be read and an index, and returns it as an i32.
	reader  string
	reads   [][]byte          // by number, what pushes it; local 1 is the index
	globals map[string]int    // exported reference global -> number of: it is no null
	tables  map[string]int    // exported table -> number of its size; the next one is: the element is no null
	moved   map[uint32]uint32 // imported function -> the function that stands in front of it
}

// rewrite returns a copy of the plan's module with what l lacks added, or the module itself if nothing is to add.
func (p *Plan) rewrite(l Lacks, maxPages uint64) *rewritten {
	m := *p.Module
	r := &rewritten{module: &m, prefix: freePrefix(&m), calls: map[string]string{}, bridged: l.Refs, globals: map[string]int{}, tables: map[string]int{}, moved: map[uint32]uint32{}}
	if l.Limits {
		m.Memories, m.Tables = slices.Clone(m.Memories), slices.Clone(m.Tables)
		for i := range m.Memories {
			r.lower(&m.Memories[i].Limits, maxPages)
		}
		for i := range m.Tables {
			r.lower(&m.Tables[i].Limits, MaxTableElems)
		}
	}
	m.Types, m.Funcs, m.Exports = slices.Clip(m.Types), slices.Clip(m.Funcs), slices.Clip(m.Exports)
	if l.ExternSegments {
		r.dropExternSegments()
	}
	if l.Refs {
		r.bridgeImports()
	}
	globals := m.GlobalTypes()
	for _, e := range p.Module.Exports {
		switch {
		case e.Kind == wasm.ExternTable && l.Tables:
			element := instr(instr(nil, wasm.OpLocalGet, 1), wasm.OpTableGet, uint64(e.Index))
			r.tables[e.Name] = r.read(instr(nil, wasm.OpTableSize, uint64(e.Index)), isRef(element))
		case e.Kind == wasm.ExternGlobal && l.Refs && globals[e.Index].Type.IsRef():
			r.globals[e.Name] = r.read(isRef(instr(nil, wasm.OpGlobalGet, uint64(e.Index))))
		}
	}
	r.addReader()
	for i := range p.Calls {
		r.addWrapper(p, p.Calls[i].Export)
	}
	if l.Vectors {
		r.dropVectors(p)
	}
	return r
}

var readerType = wasm.FuncType{Params: []wasm.ValType{wasm.I32, wasm.I32}, Results: []wasm.ValType{wasm.I32}}

// lower lowers a maximum to bound. A bound below the minimum cannot happen: such modules are not run.
func (r *rewritten) lower(l *wasm.Limits, bound uint64) {
	if !l.HasMax || l.Max > bound {
		l.HasMax, l.Max, r.changed = true, bound, true
	}
}

// read makes something readable and returns its number; what else is given gets those behind it.
func (r *rewritten) read(push ...[]byte) int {
	r.reads = append(r.reads, push...)
	return len(r.reads) - len(push)
}

// addReader adds one function for all that is to be read: compilers take longer for functions than for what is in them.
func (r *rewritten) addReader() {
	if len(r.reads) == 0 {
		return
	}
	var body []byte
	empty := wasm.EmptyBlock
	for n, push := range r.reads {
		body = instr(instr(instr(body, wasm.OpLocalGet, 0), wasm.OpI32Const, uint64(n)), wasm.OpI32Eq)
		body = append(instr(body, wasm.OpIf, uint64(empty)), push...)
		body = instr(instr(body, wasm.OpReturn), wasm.OpEnd)
	}
	r.reader = r.add(readerType, instr(body, wasm.OpI32Const, 0))
}

// addWrapper exports a function that calls an export which has vectors in its type, or references if they are bridged: it has two i64 in place of
// a vector; reference parameters are null, and reference results 0 for null and 1 for others.
func (r *rewritten) addWrapper(p *Plan, export string) {
	t, err := p.native(export)
	if err != nil || r.calls[export] != "" || !hasVector(t) && !(r.bridged && hasRefs(t)) {
		return
	}
	var body []byte
	local := uint64(0) // the next parameter of the wrapper
	for _, pt := range t.Params {
		switch {
		case pt.IsVector():
			body = joinVector(body, local)
			local++
		case pt.IsRef() && r.bridged:
			body = instr(body, wasm.OpRefNull, uint64(pt))
		default:
			body = instr(body, wasm.OpLocalGet, local)
		}
		local++
	}
	body = instr(body, wasm.OpCall, uint64(r.target(p.exports[export].Index)))
	var locals []wasm.Locals
	for i := range t.Results {
		locals = append(locals, wasm.Locals{Count: 1, Type: t.Results[i]})
	}
	for i := len(t.Results) - 1; i >= 0; i-- {
		body = instr(body, wasm.OpLocalSet, local+uint64(i))
	}
	for i, rt := range t.Results {
		body = instr(body, wasm.OpLocalGet, local+uint64(i))
		switch {
		case rt.IsVector():
			body = halfOfVector(instr(halfOfVector(body, 0), wasm.OpLocalGet, local+uint64(i)), 1)
		case rt.IsRef() && r.bridged:
			body = isRef(body)
		}
	}
	r.calls[export] = r.add(r.wrapperType(wasm.FuncType{Params: split(t.Params), Results: split(t.Results)}), body, locals...)
}

// wrapperType returns the type of the wrapper of an export that is called by type t.
func (r *rewritten) wrapperType(t wasm.FuncType) wasm.FuncType {
	if r.bridged {
		return wasm.FuncType{Params: withoutRefs(t.Params), Results: withoutRefs(t.Results)}
	}
	return t
}

// withoutRefs replaces reference types by i32.
func withoutRefs(ts []wasm.ValType) []wasm.ValType {
	out := slices.Clone(ts)
	for i, t := range out {
		if t.IsRef() {
			out[i] = wasm.I32
		}
	}
	return out
}

// add appends a function and exports it; it returns the export's name.
func (r *rewritten) add(t wasm.FuncType, body []byte, locals ...wasm.Locals) string {
	m := r.module
	index := uint32(m.ImportedFuncs() + len(m.Funcs))
	name := fmt.Sprintf("%s%d", r.prefix, index)
	m.Funcs = append(m.Funcs, wasm.Func{
		Type:   TypeIndex(m, t),
		Locals: locals,
		Body:   wasm.Expr{Code: instr(body, wasm.OpEnd)},
	})
	m.Exports = append(m.Exports, wasm.Export{Name: name, Kind: wasm.ExternFunc, Index: index})
	r.changed = true
	return name
}

// TypeIndex returns the index of a function type in a module, which is added behind the others if it is not there. Engines compile something
// for each type of a module, some of them for two that are the same too.
func TypeIndex(m *wasm.Module, t wasm.FuncType) uint32 {
	if i := slices.IndexFunc(m.Types, t.Equal); i >= 0 {
		return uint32(i)
	}
	m.Types = append(m.Types, t)
	return uint32(len(m.Types) - 1)
}

func instr(code []byte, op wasm.Op, imm ...uint64) []byte {
	in := wasm.NewInstr(op, imm...)
	return wasm.AppendInstr(code, &in)
}

// isRef appends what turns a reference into 0 for null and 1 for any other.
func isRef(code []byte) []byte {
	return instr(instr(code, wasm.OpRefIsNull), wasm.OpI32Eqz)
}

// freePrefix returns a prefix that no export has.
func freePrefix(m *wasm.Module) string {
	for n := 0; ; n++ {
		prefix := fmt.Sprintf("touchstone%d:", n)
		if !slices.ContainsFunc(m.Exports, func(e wasm.Export) bool { return len(e.Name) >= len(prefix) && e.Name[:len(prefix)] == prefix }) {
			return prefix
		}
	}
}
