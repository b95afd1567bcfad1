package isa

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// Site describes the WebAssembly instruction before which an Observe stands. Its operands are in consecutive slots; so are its
// results once it has been executed, from the same slot on.
type Site struct {
	Func   uint32 // function index in the module
	Offset uint32 // of the instruction, as its Reader counts
	Slot   uint16 // first slot of the operands and of the results
	Op     wasm.Op
	// First says that the instruction is the first of its function. No branch goes to it, so it is executed once in a call.
	First             bool
	operands, results typeList
}

// typeList is a run of Sites.types.
type typeList struct{ first, n uint32 }

// Sites are the sites of observed code, by the number in the immediate word of the Observe.
type Sites struct {
	list  []Site
	types []wasm.ValType
	lists map[string]typeList // of what is in types: a short instruction can have many operands, again and again
}

// Add appends a site with the types of its operands and results.
func (s *Sites) Add(site Site, operands, results []wasm.ValType) {
	site.operands, site.results = s.intern(operands), s.intern(results)
	s.list = append(s.list, site)
}

func (s *Sites) intern(types []wasm.ValType) typeList {
	if l, ok := s.lists[string(types)]; ok {
		return l
	}
	if s.lists == nil {
		s.lists = map[string]typeList{}
	}
	l := typeList{uint32(len(s.types)), uint32(len(types))}
	s.types = append(s.types, types...)
	s.lists[string(types)] = l
	return l
}

// Len returns the number of sites.
func (s *Sites) Len() int { return len(s.list) }

// At returns site i. It must not be changed.
func (s *Sites) At(i int) *Site { return &s.list[i] }

// Operands returns the types of the operands of a site, the topmost last.
func (s *Sites) Operands(site *Site) []wasm.ValType { return s.at(site.operands) }

// Results returns the types of the results of a site. An instruction that does not go on behind itself has none.
func (s *Sites) Results(site *Site) []wasm.ValType { return s.at(site.results) }

func (s *Sites) at(l typeList) []wasm.ValType { return s.types[l.first:][:l.n:l.n] }
