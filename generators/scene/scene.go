// Package scene makes scenes of a store: modules that import from each other, functions of the host that call back, and what the host
// does between calls. Nothing is executed here: a scene is data that any engine can play.
//
// All that is exchanged goes through a few slots, each with a name and a type of its own. At the beginning every slot holds something of
// the host; an instance puts what it exports in the place of that. Most imports want the type of their slot, some another one.
package scene

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Module is the name under which modules import slots, and Host that of what no instance replaces: the globals Who and Left.
const (
	Module = "m"
	Host   = "host"
	Who    = "who"  // the number of the instance that has called something last
	Left   = "left" // how many functions may still be entered
)

// Counter is the type of the globals of Host.
var Counter = wasm.GlobalType{Type: wasm.I32, Mutable: true}

// Type is the type of what is imported and exported; of the fields that of its Kind counts.
type Type struct {
	Kind   wasm.ExternKind
	Func   wasm.FuncType
	Table  wasm.TableType
	Memory wasm.MemoryType
	Global wasm.GlobalType
}

// Slot is something that modules import and export by one name.
type Slot struct {
	Name string
	Type
}

func function(name string, params []wasm.ValType, results ...wasm.ValType) Slot {
	return Slot{name, Type{Kind: wasm.ExternFunc, Func: wasm.FuncType{Params: params, Results: results}}}
}

func table(name string, elem wasm.ValType, limits wasm.Limits) Slot {
	return Slot{name, Type{Kind: wasm.ExternTable, Table: wasm.TableType{Elem: elem, Limits: limits}}}
}

func memory(name string, limits wasm.Limits) Slot {
	return Slot{name, Type{Kind: wasm.ExternMemory, Memory: wasm.MemoryType{Limits: limits}}}
}

func global(name string, t wasm.ValType, mutable bool) Slot {
	return Slot{name, Type{Kind: wasm.ExternGlobal, Global: wasm.GlobalType{Type: t, Mutable: mutable}}}
}

// Slots lists the slots; functions are first.
var Slots = []Slot{
	function("f0", nil),
	function("f1", []wasm.ValType{wasm.I32}, wasm.I32),
	function("f2", []wasm.ValType{wasm.I64, wasm.F64}, wasm.F64, wasm.I64),
	function("f3", []wasm.ValType{wasm.V128}, wasm.V128),
	function("f4", []wasm.ValType{wasm.I32, wasm.I32}, wasm.I32, wasm.V128, wasm.I64),
	function("f5", []wasm.ValType{wasm.FuncRef, wasm.ExternRef}, wasm.ExternRef),
	table("t0", wasm.FuncRef, wasm.Limits{Min: 4, Max: 9, HasMax: true}),
	table("t1", wasm.FuncRef, wasm.Limits{Min: 3}),
	table("t2", wasm.ExternRef, wasm.Limits{Min: 2, Max: 20, HasMax: true}),
	memory("m0", wasm.Limits{Min: 1, Max: 3, HasMax: true}),
	memory("m1", wasm.Limits{}),
	global("g0", wasm.I32, true),
	global("g1", wasm.I64, false),
	global("g2", wasm.V128, true),
	global("g3", wasm.FuncRef, true),
	global("g4", wasm.ExternRef, true),
	global("g5", wasm.I32, false),
}

// Funcs is how many of the slots hold functions.
var Funcs = slices.IndexFunc(Slots, func(s Slot) bool { return s.Kind != wasm.ExternFunc })

// of lists the slots of a kind.
func of(kind wasm.ExternKind) (list []int) {
	for i := range Slots {
		if Slots[i].Kind == kind {
			list = append(list, i)
		}
	}
	return list
}

// Value is a value of the host. A reference is null if Low is 0; else it refers to the function in the slot Low-1, or to the host's value
// that is the number Low.
type Value struct {
	Type      wasm.ValType
	Low, High uint64
}

// Kind is what a step does.
type Kind uint8

// The kinds of steps. Slots are those of the right kind, counted from the first one on.
const (
	Call        Kind = iota // the function of slot At with Args
	CallElem                // what element Num of table At refers to, with as many of Args as it has parameters of their types
	Instantiate             // Module, as a new instance
	Reset                   // instance Num
	SetGlobal               // global At to Arg of its type
	SetElem                 // element Num of table At to Arg of its type
	Write                   // Num, eight bytes, to memory At, 16 bytes behind its beginning
	Grow                    // memory At by Num pages
	End                     // the function of the host whose script this step is in, as Num says
	kinds
)

// How a function of the host ends at a step End.
const (
	Return = iota
	Trap   // a trap that the host raises
	Fail   // an error
	Exit   // with status 7
	Panic
	Ends
)

// Step is one thing that the host does.
type Step struct {
	Kind   Kind
	At     int
	Num    uint64
	Args   []Value // of the types of the slots' parameters, one of each type
	Module *Built
	// Pass says that a script ends as what it calls does, if that traps.
	Pass bool
}

// Scene is what the host does, and what its functions do, by slot, when they are called.
type Scene struct {
	Steps   []Step
	Scripts [][]Step
	Types   bool // the store has many types already
}

// Generate makes a scene of a tape. Modules are valid, and what is called ends.
func Generate(data []byte) *Scene {
	g := &generator{Tape: tape.New(data), scene: &Scene{Scripts: make([][]Step, Funcs), Types: len(data)%4 == 3}}
	for g.Frame() {
		switch g.Weighted([]int{8, 3, 3, 4}) {
		case 0:
			b := g.module()
			b.statement(g.Tape)
			for range maxStatements - 1 {
				if g.More() {
					b.statement(g.Tape)
				}
			}
		case 1:
			g.begin()
		case 2:
			to := g.Intn(Funcs)
			g.scene.Scripts[to] = append(g.scene.Scripts[to], g.step(true))
		case 3:
			g.scene.Steps = append(g.scene.Steps, g.step(false))
		}
	}
	for _, b := range g.built {
		b.finish()
	}
	return g.scene
}

type generator struct {
	*tape.Tape
	scene *Scene
	built []*Built // the last one gets the statements
}

// module returns the module that is built.
func (g *generator) module() *Built {
	if len(g.built) == 0 {
		g.begin()
	}
	return g.built[len(g.built)-1]
}

// maxStatements bounds the statements of a frame.
const maxStatements = 4

// maxModules bounds the modules of a scene.
const maxModules = 6

// begin begins a module, and instantiates it at this place of the scene, when it will be complete.
func (g *generator) begin() {
	if len(g.built) < maxModules {
		g.built = append(g.built, newBuilt(g.Tape, len(g.built)))
		g.scene.Steps = append(g.scene.Steps, Step{Kind: Instantiate, Module: g.module()})
	}
}

// step returns something that the host does, in a script or not.
func (g *generator) step(script bool) (s Step) {
	if s.Kind = Kind(g.Weighted([]int{8, 3, 1, 3, 2, 2, 1, 2, 0})); script && g.Chance(80) {
		s.Kind = End
	}
	s.At, s.Pass = g.Intn(16), g.Bool()
	s.Num = uint64(g.Intn(6))
	switch s.Kind {
	case Instantiate:
		s.Module = g.module()
		if len(g.built) > 1 { // one that was instantiated before
			s.Module = g.built[g.Intn(len(g.built))]
		}
	case End:
		s.Num = uint64(g.Intn(Ends))
	case Write:
		s.Num = g.Uint64()
	}
	for _, t := range argTypes {
		s.Args = append(s.Args, g.value(t))
	}
	return s
}

// argTypes are the types of the Args of a step.
var argTypes = []wasm.ValType{wasm.I32, wasm.I64, wasm.F64, wasm.V128, wasm.FuncRef, wasm.ExternRef}

// Arg returns the argument of type t of a step.
func (s *Step) Arg(t wasm.ValType) Value { return s.Args[slices.Index(argTypes, t)] }

// value returns a value of the host.
func (g *generator) value(t wasm.ValType) Value {
	v := Value{Type: t}
	switch small := g.Byte(); {
	case t == wasm.FuncRef:
		v.Low = uint64(small) % uint64(Funcs+1)
	case t == wasm.ExternRef:
		v.Low = uint64(small) % 5
	case t == wasm.I32:
		v.Low = uint64(uint32(int8(small)))
	case t == wasm.V128:
		v.Low, v.High = uint64(small)*0x0101010101010101, ^uint64(small)
	default:
		v.Low = uint64(int8(small)) << (small % 64)
	}
	return v
}
