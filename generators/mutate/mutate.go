// Package mutate changes modules: so that they do something else, so that they may be invalid, or so that they do the same in another
// way.
//
// A mutator is a pure function of a module and of decisions that it reads from a tape. It never changes the module that it is given. The
// modules must be well-formed; most mutators find nothing to do in those that are not valid.
package mutate

import (
	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Keeps says what of a valid module a mutator keeps.
type Keeps uint8

// What is kept.
const (
	Nothing  Keeps = iota // the result may be invalid
	Validity              // the result is valid, and may do anything: it need not end by itself
	Meaning               // the result is valid, and does the same but for the time and the stack that it takes
)

// String returns the word for k.
func (k Keeps) String() string { return [...]string{"nothing", "validity", "meaning"}[k] }

// Mutator is one kind of change.
type Mutator struct {
	Name  string
	Keeps Keeps
	apply func(e *editor) bool // reports whether it changed something
}

// Mutators are all mutators.
var Mutators = []*Mutator{
	{"operator", Validity, operator},
	{"constant", Validity, constant},
	{"offset", Validity, offset},
	{"statement repeated", Validity, repeatStatement},
	{"statement moved", Validity, moveStatement},
	{"statement removed", Validity, removeStatement},
	{"statement wrapped", Validity, wrapStatement},
	{"block unwrapped", Validity, unwrapBlock},
	{"branches exchanged", Validity, exchangeBranches},
	{"function added", Validity, addFunction},
	{"function removed", Validity, removeFunction},
	{"bodies exchanged", Validity, exchangeBodies},
	{"export added", Validity, addExport},
	{"export removed", Validity, removeExport},
	{"export led elsewhere", Validity, redirectExport},
	{"data changed", Validity, changeData},
	{"data moved", Validity, moveData},
	{"data mode", Validity, dataMode},
	{"elements changed", Validity, changeElems},
	{"elements moved", Validity, moveElems},
	{"limits", Validity, changeLimits},

	{"index", Nothing, changeIndex},
	{"label", Nothing, changeLabel},
	{"instruction removed", Nothing, removeInstruction},
	{"instructions exchanged", Nothing, exchangeInstructions},
	{"function type", Nothing, changeFuncType},
	{"block type", Nothing, changeBlockType},
	{"type of a local", Nothing, changeLocalType},

	{"condition complemented", Meaning, complement},
	{"loop unrolled", Meaning, unroll},
	{"identity", Meaning, identity},
	{"associated", Meaning, associate},
	{"spilled", Meaning, spill},
	{"outlined", Meaning, outline},
	{"dead code", Meaning, deadCode},
	{"code that is never executed", Meaning, neverExecuted},
	{"unused definitions", Meaning, unusedDefinitions},
	{"functions in another order", Meaning, reorderFunctions},
	{"types in another order", Meaning, reorderTypes},
}

// Options say how to mutate. The zero value is the default.
type Options struct {
	// Keeps is what is kept at least.
	Keeps Keeps
	// Executed reports whether the instruction at an offset of a function, as the module's own code has it, was ever executed. Code that was
	// not can be changed at will. If it is nil, all code counts as executed.
	Executed func(function uint32, offset int) bool
}

// Mutate applies a mutator for each frame of a tape, which chooses it and where, and returns the module and what was done: the names of
// mutators in order. If nothing was done it returns m.
func Mutate(m *wasm.Module, data []byte, opts Options) (*wasm.Module, []string) {
	var choice []*Mutator
	for _, u := range Mutators {
		if u.Keeps >= opts.Keeps {
			choice = append(choice, u)
		}
	}
	var done []string
	for t := tape.New(data); t.Frame() && len(done) < maxMutations; {
		u := tape.Pick(t, choice)
		if out, ok := u.Apply(m, t, opts.Executed); ok {
			m, done = out, append(done, u.Name)
			opts.Executed = nil // what it says is about the code before
		}
	}
	return m, done
}

// The bounds on what becomes of a module.
const (
	maxMutations = 12
	maxNodes     = 20_000 // instructions
)

// Apply applies the mutator to m at a place that the current frame of t chooses. It returns false if there is none. See
// [Options.Executed] for executed.
func (u *Mutator) Apply(m *wasm.Module, t *tape.Tape, executed func(uint32, int) bool) (*wasm.Module, bool) {
	bodies, err := edit.Bodies(m)
	if err != nil {
		return nil, false
	}
	e := &editor{m: edit.Clone(m), t: t, bodies: bodies, executed: executed, changed: map[int]bool{}}
	if !u.apply(e) {
		return nil, false
	}
	for fn := range e.changed {
		e.m.Funcs[fn].Body = edit.Expr(e.bodies[fn])
	}
	return e.m, true
}

// editor is one application of a mutator.
type editor struct {
	m        *wasm.Module // the result; what is in its lists is shared with the module that is mutated
	t        *tape.Tape
	bodies   [][]edit.Node // of m.Funcs
	changed  map[int]bool  // the functions whose bodies were changed
	executed func(uint32, int) bool
}

// place is an instruction in a list, or several that follow each other.
type place struct {
	fn       int // of m.Funcs
	list     *[]edit.Node
	from, to int
}

// node returns the first instruction of a place.
func (p *place) node() *edit.Node { return &(*p.list)[p.from] }

// find chooses one of the instructions that match accepts, with the list that they are in.
func (e *editor) find(match func(list []edit.Node, i int) bool) (place, bool) {
	var places []place
	for fn := range e.bodies {
		for _, list := range edit.Lists(&e.bodies[fn]) {
			for i := range *list {
				if match(*list, i) {
					places = append(places, place{fn, list, i, i + 1})
				}
			}
		}
	}
	return e.pick(places)
}

func (e *editor) pick(places []place) (place, bool) {
	if len(places) == 0 {
		return place{}, false
	}
	return tape.Pick(e.t, places), true
}

// replace puts other instructions into a place.
func (e *editor) replace(p place, with ...edit.Node) bool {
	if edit.Count(e.bodies[p.fn])+edit.Count(with) > maxNodes {
		return false
	}
	*p.list = edit.Splice(*p.list, p.from, p.to, with...)
	e.changed[p.fn] = true
	return true
}

// imports returns the number of imported functions.
func (e *editor) imports() int { return e.m.ImportedFuncs() }

// typeIndex returns the index of a type, which it adds if it is new.
func (e *editor) typeIndex(t wasm.FuncType) uint32 {
	for i := range e.m.Types {
		if e.m.Types[i].Equal(t) {
			return uint32(i)
		}
	}
	e.m.Types = append(e.m.Types, t)
	return uint32(len(e.m.Types) - 1)
}
