package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The bounds that generated modules keep, below what every engine can do.
const (
	maxFuncs     = 6
	maxPages     = 16   // of a memory
	maxElems     = 1000 // of a table
	maxDepth     = 60   // calls in progress; the guest counts them itself
	maxBodyBytes = 24 << 10
	defaultFuel  = 200
)

// Generate returns the module that data describes. It never fails: when data is at its end, the module ends.
//
// The tape's frames are, in this order: one with the sizes of everything, one with the swarm mask, one with block types, one for each
// function's signature, one for globals, one for segments; then one for each statement. A statement names the function
// that it is appended to, so that frames can come, go and change without moving the others.
func Generate(data []byte, opts Options) *wasm.Module {
	g := &generator{t: tape.New(data), opts: opts, features: emitted | opts.Features&optional, typeIndex: map[string]uint32{}}
	if g.opts.Fuel == 0 {
		g.opts.Fuel = defaultFuel
	}
	g.plan()
	for g.t.Frame() {
		b := g.bodies[g.t.Intn(len(g.bodies))]
		b.statement()
	}
	m := g.assemble()
	if opts.Mode == Invalid {
		t := tape.New(data)
		t.Frame()
		t.Uint64() // what planSizes reads is not the damage's business
		for range 1 + t.Byte()%2 {
			damageOnce(m, t)
		}
	}
	return m
}

// generator holds what is known of the module while its functions are written.
type generator struct {
	t         *tape.Tape
	opts      Options
	features  wasm.FeatureSet
	traps     bool // operands may be left unguarded
	edge      bool // most statements are probes
	trapFuel  bool // spent fuel ends in unreachable, not in a return
	start     bool
	values    []wasm.ValType // of parameters, results, locals and globals
	kinds     []*statementKind
	weights   []int // of kinds
	types     []wasm.FuncType
	typeIndex map[string]uint32
	twins     map[string]uint32 // by signature: a second index of an equal type
	imports   []hostFunc
	memory    wasm.MemoryType
	tables    []wasm.TableType
	globals   []wasm.Global
	elems     []segment[wasm.ElemSegment]
	datas     []segment[wasm.DataSegment]
	bodies    []*body
	calls     map[string]uint32 // by signature: the first of callSlots entries of table 0
	swarm     [32]byte
	byResult  map[wasm.ValType][]wasm.Op // enabled instructions of one result, loads included
	byOperand map[wasm.ValType][]wasm.Op // of these, the pure ones by their first operand; see takers
	stores    []wasm.Op                  // enabled, of lanes included
	bulk      []wasm.Op                  // enabled

	wasi map[string]uint32 // imported hostcalls by name
	fds  uint64            // the first of the globals with descriptors

	probes     []wasm.Op // enabled instructions of probes
	priorities []int     // of probes
	probeFuncs []wasm.Func
}

// segment is an element or data segment. size is what the code may rely on: 0 if the segment may have been dropped.
type segment[T any] struct {
	seg  T
	size uint64
	drop bool // the code may drop it
}

// emitted is the set of features whose instructions are always generated.
var emitted = wasm.Features(wasm.MVP, wasm.SignExtension, wasm.SaturatingConversion, wasm.BulkMemory, wasm.ReferenceTypes)

// optional is the set of features that [Options.Features] adds.
var optional = wasm.Features(wasm.SIMD, wasm.TailCall, wasm.ExtendedConst)

// enabled reports whether the swarm mask lets statements use o.
func (g *generator) enabled(o wasm.Op) bool {
	return g.features.Has(o.Info().Since) && g.swarm[o/8%wasm.Op(len(g.swarm))]&(1<<(o%8)) == 0
}

// unguarded decides whether one operand is left as it comes.
func (g *generator) unguarded() bool { return g.traps && g.t.Chance(20) }

// typeOf returns the index of a function type, which it adds if it is new.
func (g *generator) typeOf(t wasm.FuncType) uint32 {
	key := t.Key()
	if i, ok := g.typeIndex[key]; ok {
		return i
	}
	i := uint32(len(g.types))
	g.types = append(g.types, t)
	g.typeIndex[key] = i
	return i
}

// callee is a function that the code may call.
type callee struct {
	index uint32
	sig   wasm.FuncType
}

// hosts returns the imported functions that can be called with any arguments.
func (g *generator) hosts() []hostFunc { return g.imports[:len(g.imports)-len(g.wasi)] }

// callees returns the functions that can be called with any arguments.
func (g *generator) callees() []callee {
	list := make([]callee, 0, len(g.imports)+len(g.bodies))
	for i, f := range g.hosts() {
		list = append(list, callee{uint32(i), f.sig})
	}
	for _, b := range g.bodies {
		list = append(list, callee{b.index, b.sig})
	}
	return list
}
