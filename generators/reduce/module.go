package reduce

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// modulePasses go from whole functions down to the bytes of the result.
var modulePasses = []pass{
	{"custom sections", true, listPass(func(m *wasm.Module) *[]wasm.Custom { return &m.Customs })},
	{"exports", true, listPass(func(m *wasm.Module) *[]wasm.Export { return &m.Exports })},
	{"functions", true, spacePass(wasm.ImmFunc)},
	{"bodies", true, modulePass(stubs)},
	{"unreachable code", false, modulePass(unreachable)},
	{"statements", true, modulePass(statements)},
	{"start", false, modulePass(start)},
	{"data segments", true, spacePass(wasm.ImmData)},
	{"element segments", true, spacePass(wasm.ImmElem)},
	{"expressions", false, modulePass(expressions)},
	{"blocks", false, modulePass(blocks)},
	{"parameters and results", false, modulePass(signatures)},
	{"locals", true, modulePass(locals)},
	{"indirect calls", false, modulePass(direct)},
	{"calls", false, modulePass(inlined)},
	{"globals", true, spacePass(wasm.ImmGlobal)},
	{"tables", true, spacePass(wasm.ImmTable)},
	{"memories", true, spacePass(wasm.ImmMemory)},
	{"types", true, spacePass(wasm.ImmType)},
	{"limits", false, modulePass(limits)},
	{"contents of segments", true, modulePass(contents)},
	{"modes of segments", false, modulePass(modes)},
	{"names", false, modulePass(names)},
	{"constants", false, modulePass(constants)},
	{"small modules' bytes", true, smallModule(removeBytes)},
	{"small modules' bytes to zero", false, smallModule(zeroBytes)},
	{"small modules' bytes to smaller ones", false, smallModule(lowerBytes)},
}

// Instructions counts the instructions of a module, those of constant expressions included, and neither ends nor elses.
func Instructions(src []byte) (n int) {
	m, err := wasm.Decode(src)
	if err != nil {
		return len(src)
	}
	var in wasm.Instr
	count := func(e wasm.Expr) {
		for r := wasm.NewReader(e); r.Next(&in) == nil; {
			if in.Op != wasm.OpEnd && in.Op != wasm.OpElse {
				n++
			}
		}
	}
	for i := range m.Funcs {
		count(m.Funcs[i].Body)
	}
	for _, e := range m.ConstExprs() {
		count(*e)
	}
	return n
}

// change returns a module with a range of items changed, or nil. It changes m only if it returns it.
type change func(from, to int) *wasm.Module

// modulePass makes a pass of changes of a module. What is valid stays valid.
func modulePass(open func(m *wasm.Module) (int, change)) func([]byte) items {
	return func(src []byte) items {
		m, err := wasm.Decode(src)
		if err != nil {
			return items{}
		}
		valid := wasm.ValidateFor(m, wasm.AllFeatures) == nil
		n, change := open(m)
		return items{n, func(from, to int) []byte {
			out := change(from, to)
			if out == nil {
				return nil
			}
			return encoded(out, valid)
		}}
	}
}

// encoded returns the bytes of a module, or nil if it should be valid and is not.
func encoded(m *wasm.Module, valid bool) []byte {
	src := wasm.Encode(m)
	if valid && !isValid(src) {
		return nil
	}
	return src
}

func isValid(src []byte) bool {
	m, err := wasm.Decode(src)
	return err == nil && wasm.ValidateFor(m, wasm.AllFeatures) == nil
}

// listPass removes elements of a list that nothing refers to.
func listPass[T any](list func(*wasm.Module) *[]T) func([]byte) items {
	return modulePass(func(m *wasm.Module) (int, change) {
		return len(*list(m)), func(from, to int) *wasm.Module {
			out := edit.Clone(m)
			l := list(out)
			*l = slices.Delete(*l, from, to)
			return out
		}
	})
}

// spacePass removes members of an index space, with what refers to them.
func spacePass(space wasm.Imm) func([]byte) items {
	return modulePass(func(m *wasm.Module) (int, change) {
		n := edit.Size(m, space)
		return n, func(from, to int) *wasm.Module {
			out, err := edit.Renumber(m, space, edit.Without(n, from, to))
			if err != nil {
				return nil
			}
			return out
		}
	})
}

func start(m *wasm.Module) (int, change) {
	if m.Start == nil {
		return 0, nil
	}
	return 1, func(int, int) *wasm.Module {
		out := edit.Clone(m)
		out.Start = nil
		return out
	}
}

// limits has three items for each memory and table: no pages or elements, no maximum, and half the minimum.
func limits(m *wasm.Module) (int, change) {
	all := func(m *wasm.Module) (list []*wasm.Limits) {
		for i := range m.Memories {
			list = append(list, &m.Memories[i].Limits)
		}
		for i := range m.Tables {
			list = append(list, &m.Tables[i].Limits)
		}
		return list
	}
	const each = 3
	return each * len(all(m)), func(from, _ int) *wasm.Module {
		out := edit.Clone(m)
		switch l := all(out)[from/each]; from % each {
		case 0:
			l.Min = 0
		case 1:
			l.HasMax, l.Max = false, 0
		default:
			l.Min /= 2
		}
		return out
	}
}

// contents has an item for each byte of data and each element of the segments.
func contents(m *wasm.Module) (int, change) {
	n := 0
	for i := range m.Elems {
		n += len(m.Elems[i].Funcs) + len(m.Elems[i].Exprs)
	}
	for i := range m.Datas {
		n += len(m.Datas[i].Init)
	}
	return n, func(from, to int) *wasm.Module {
		out := edit.Clone(m)
		for i := range out.Elems {
			s := &out.Elems[i]
			cut(&s.Funcs, &from, &to)
			cut(&s.Exprs, &from, &to)
		}
		for i := range out.Datas {
			cut(&out.Datas[i].Init, &from, &to)
		}
		return out
	}
}

// cut removes the part of a list that is from from to to, and makes both count from behind the list on.
func cut[T any](list *[]T, from, to *int) {
	n := len(*list)
	*list = slices.Concat((*list)[:min(max(*from, 0), n)], (*list)[min(max(*to, 0), n):])
	*from, *to = *from-n, *to-n
}

// modes makes active segments passive, and gives each segment the shortest form.
func modes(m *wasm.Module) (int, change) {
	n := len(m.Elems)
	return 2 * (n + len(m.Datas)), func(from, _ int) *wasm.Module {
		out := edit.Clone(m)
		passive := from%2 == 0
		if i := from / 2; i < n {
			s := &out.Elems[i]
			if s.Explicit = false; passive {
				s.Mode, s.Offset, s.Table = wasm.Passive, wasm.Expr{}, 0
			}
		} else {
			s := &out.Datas[i-n]
			if s.Explicit = false; passive {
				s.Mode, s.Offset, s.Memory = wasm.Passive, wasm.Expr{}, 0
			}
		}
		return out
	}
}

// names shortens the names of exports and imports.
func names(m *wasm.Module) (int, change) {
	return len(m.Exports), func(from, _ int) *wasm.Module {
		out := edit.Clone(m)
		name := &out.Exports[from].Name
		if len(*name) == 0 {
			return nil
		}
		*name = (*name)[:len(*name)-1]
		return out
	}
}

// smallBytes is the size up to which single bytes of a module are tried.
const smallBytes = 600

// smallModule makes a pass over the bytes of a module, which finds what has no pass of its own.
func smallModule(open func([]byte) items) func([]byte) items {
	return func(src []byte) items {
		if len(src) > smallBytes {
			return items{}
		}
		valid, all := isValid(src), open(src)
		return items{all.n, func(from, to int) []byte {
			out := all.candidate(from, to)
			if valid && !isValid(out) {
				return nil
			}
			return out
		}}
	}
}
