// Package instrument rewrites modules so that they keep account of what they do, on any engine, without hooks.
//
// The rewritten module counts events and folds each into a rolling hash; both are exported globals. Two engines that give the same
// count and hash have done the same, up to the order of the events (level L2). With [Options.Stop] the guest traps at an event of a
// given number, so that the first event that differs is found by bisection (L3), and with [Options.Record] it leaves the last events,
// or every instruction between two events, in more exported globals (L4).
//
// Nothing that is there changes its index: functions, globals, types and exports are appended. Only the start function
// may become an export, see [Options.Open].
//
// # NaNs
//
// The specification leaves the bits of most NaNs open (section 4.3.3), so they must not reach the hash, or honest engines would
// differ. [Canonical] replaces each NaN that arithmetic gives where it arises; then every bit in the module is determined, of memories,
// integers and lanes too, and everything is folded as it is. [Exact] does the same for modules whose arithmetic gives canonical NaNs
// from the start, as generated ones do. [Folded] changes no arithmetic: a float that is a NaN counts as the canonical one. A v128 does not
// say what its lanes are; there a 32-bit word that is a NaN of f32 counts as the canonical one, and if it is a high half, the low half
// counts as nothing, because that is what the NaNs of f64 look like. So any two vectors that differ in NaNs of either kind of lanes
// fold alike. What is left is a NaN whose bits became an integer: those who need certainty use Canonical.
package instrument

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// NaNs says what becomes of NaNs.
type NaNs uint8

// The treatments; see the package comment.
const (
	Folded NaNs = iota
	Exact
	Canonical
)

// Options says what to add to a module. The zero value adds count and hash.
type Options struct {
	NaNs NaNs
	// Runs hands events to the hash by stretches of straight-line code: what was stored and set in one, with the event that ends it. It is
	// what compiles fastest. A trap within a stretch leaves out its events, which the state shows that they left. The events are the same
	// ones, and so is their count but for that, and but for the end of a function that a trap leaves, which is counted with its entry; the
	// hash is another. It goes with NaNs alone.
	Runs bool
	// Bare tells of events without their operands: an optimising compiler treats a value that something else sees too in another way, which can
	// hide what it does wrong. What differs is then seen in the state at a stop.
	Bare bool
	// Values folds the result of every instruction into the hash, not only the operands of events. The count stays the same. With [Exact]
	// it leaves out what has open bits: the module makes that canonical itself, in the instructions that follow.
	Values bool
	// Stops makes the guest trap with unreachable at the event with the number Stop, counted from 1, after that was counted, and
	// at each later one before it is counted. An event 0 is before all others.
	Stops bool
	Stop  uint64
	// Record, if set, keeps events.
	Record *Record
	// Samples, if set, keeps the hash at some events.
	Samples *Samples
	// Pin, if set, keeps a value.
	Pin *Pin
	// Open exports the start function, to be called, in place of having it called, and exports memories and tables that are not.
	Open bool
}

// Samples says at which events the hash is kept: at From, and then at every Every-th, up to Slots of them. From is 1 or more.
type Samples struct {
	From, Every uint64
	Slots       int
}

// Record says which events are kept in exported globals.
type Record struct {
	// From is the number of the first event that is kept; if Dense, of the event between which and the next every
	// instruction is kept with its operands and its results, and the next event itself.
	From  uint64
	Dense bool
	Skip  int // Dense: leave out this number of records
	Slots int // how many are kept
	// Until, if not 0, makes the guest trap instead of making a record, if Dense, when there were this number of them.
	Until uint64
	// Only leaves out the records of other sites than those it reports true for; nil keeps all. Events are always kept.
	Only func(*Site) bool
}

// Module is a rewritten module.
type Module struct {
	Bytes []byte
	Sites []Site
	// Start is the name under which the start function is exported; empty if there is none, or it was left alone.
	Start string
	// Skipped are functions that had no room for more locals or operands, and do not count what they do.
	Skipped []uint32

	prefix  string
	record  *Record
	samples *Samples
	pinned  *Site
}

// Rewrite adds what o asks for to a module. An error is one of [wasm.Decode] or [wasm.Validate], of the given module.
func Rewrite(module []byte, o Options) (*Module, error) {
	m, err := wasm.Decode(module)
	if err != nil {
		return nil, err
	}
	r := &rewriter{o: o, in: m, helpers: map[string]uint32{}, blocks: map[string]wasm.BlockType{}}
	out := *m
	out.Types, out.Funcs, out.Globals, out.Exports = slices.Clip(m.Types), make([]wasm.Func, len(m.Funcs)), slices.Clip(m.Globals), slices.Clip(m.Exports)
	r.out, r.prefix = &out, freePrefix(m)
	if err := r.v.Begin(nil, m); err != nil {
		return nil, err
	}
	r.addState()
	for i := range m.Funcs {
		if err := r.rewrite(i); err != nil {
			return nil, err
		}
	}
	r.out.Funcs = append(r.out.Funcs, r.added...)
	if o.Open {
		r.open()
	}
	return &Module{Bytes: wasm.Encode(&out), Sites: r.sites, Start: r.start, Skipped: r.skipped, prefix: r.prefix, record: o.Record, samples: o.Samples, pinned: r.pinned}, nil
}

// rewriter is a rewriting under way.
type rewriter struct {
	o       Options
	in, out *wasm.Module
	v       wasm.Validator
	prefix  string
	start   string
	sites   []Site
	skipped []uint32

	hash, count, stop, kept uint32 // globals
	slots                   uint32 // the first of those of the first slot
	next, sampled           uint32 // the number of the next event that is sampled, the first sample
	pin, pinWords           uint32 // the pinned value, the first of its words
	pinned                  *Site
	helpers                 map[string]uint32
	added                   []wasm.Func // helpers, by index behind the functions of the module
	blocks                  map[string]wasm.BlockType
}

// freePrefix returns a prefix that no export has.
func freePrefix(m *wasm.Module) string {
	for n := 0; ; n++ {
		prefix := fmt.Sprintf("trace%d:", n)
		if !slices.ContainsFunc(m.Exports, func(e wasm.Export) bool { return strings.HasPrefix(e.Name, prefix) }) {
			return prefix
		}
	}
}

// The names of the exported globals behind the prefix. Those of a slot have its number behind.
const (
	nameHash  = "hash"
	nameCount = "count"
	nameStop  = "stop"
	nameKept  = "kept"
	nameNext  = "next"
)

func sampleName(k int) string { return fmt.Sprintf("sample.%d", k) }

// addState adds the globals.
func (r *rewriter) addState() {
	r.hash, r.count = r.global(nameHash, 0), r.global(nameCount, 0)
	if r.o.Stops {
		r.stop = r.global(nameStop, r.o.Stop)
	}
	if r.o.Pin != nil {
		r.addPin()
	}
	if s := r.o.Samples; s != nil {
		r.next = r.global(nameNext, s.From)
		for k := range s.Slots {
			g := r.global(sampleName(k), 0)
			if k == 0 {
				r.sampled = g
			}
		}
	}
	if rec := r.o.Record; rec != nil {
		r.kept = r.global(nameKept, 0)
		for k := range rec.Slots {
			for w := range slotWords {
				g := r.global(slotName(k, w), 0)
				if k == 0 && w == 0 {
					r.slots = g
				}
			}
		}
	}
}

// slotWords is the number of globals of a slot: the site and the words.
const slotWords = 1 + maxWords

func slotName(slot, word int) string { return fmt.Sprintf("%d.%d", slot, word) }

// global adds an exported mutable i64 and returns its index.
func (r *rewriter) global(name string, value uint64) uint32 {
	index := r.plainGlobal(wasm.Global{Type: wasm.GlobalType{Type: wasm.I64, Mutable: true},
		Init: wasm.Expr{Code: new(emitter).op(wasm.OpI64Const, value).op(wasm.OpEnd).code}})
	r.export(name, wasm.ExternGlobal, index)
	return index
}

// plainGlobal adds a global and returns its index.
func (r *rewriter) plainGlobal(g wasm.Global) uint32 {
	r.out.Globals = append(r.out.Globals, g)
	return uint32(len(r.in.GlobalTypes()) + len(r.out.Globals) - len(r.in.Globals) - 1)
}

func (r *rewriter) export(name string, kind wasm.ExternKind, index uint32) {
	r.out.Exports = append(r.out.Exports, wasm.Export{Name: r.prefix + name, Kind: kind, Index: index})
}

// open does what [Options.Open] says.
func (r *rewriter) open() {
	if r.in.Start != nil {
		r.start, r.out.Start = r.prefix+"start", nil
		r.export("start", wasm.ExternFunc, *r.in.Start)
	}
	hidden := func(kind wasm.ExternKind, n int) {
		for i := range uint32(n) {
			if !slices.ContainsFunc(r.in.Exports, func(e wasm.Export) bool { return e.Kind == kind && e.Index == i }) {
				r.export(fmt.Sprintf("%v%d", kind, i), kind, i)
			}
		}
	}
	hidden(wasm.ExternMemory, len(r.in.MemoryTypes()))
	hidden(wasm.ExternTable, len(r.in.TableTypes()))
}

// typeIndex returns the index of a function type, which is added if it is not there.
func (r *rewriter) typeIndex(t wasm.FuncType) uint32 { return engine.TypeIndex(r.out, t) }

// Reading is what a rewritten module left.
type Reading struct {
	Hash, Count uint64
	Events      []Event // those that were to be kept and occurred, in order
	Kept        uint64  // Dense: how many records there were in all
	// Samples are the hashes that were to be kept, of the events that occurred.
	Samples []uint64
	// Pinned is the last value of what was pinned, zero if it did not arise; nil if nothing was pinned.
	Pinned *Event
}

// Read takes what a rewritten module left out of a result. It reports false if the globals are not there, because the module
// was not instantiated.
func (m *Module) Read(res *engine.Result) (*Reading, bool) {
	values := map[string]uint64{}
	for _, g := range res.Globals {
		if name, ok := strings.CutPrefix(g.Name, m.prefix); ok && g.Readable {
			values[name] = g.Value.Bits
		}
	}
	if _, ok := values[nameHash]; !ok {
		return nil, false
	}
	out := &Reading{Hash: values[nameHash], Count: values[nameCount], Kept: values[nameKept]}
	if s := m.samples; s != nil && out.Count >= s.From {
		for k := range min(s.Slots, int((out.Count-s.From)/s.Every)+1) {
			out.Samples = append(out.Samples, values[sampleName(k)])
		}
	}
	if m.pinned != nil {
		out.Pinned = &Event{Site: m.pinned}
		for w := range words(m.pinned.Types) {
			out.Pinned.Words = append(out.Pinned.Words, values[pinName(w)])
		}
	}
	if m.record == nil {
		return out, true
	}
	n := uint64(m.record.Slots)
	if m.record.Dense {
		n = min(n, out.Kept-min(out.Kept, uint64(m.record.Skip)))
	} else {
		n = min(n, out.Count+1-min(out.Count+1, m.record.From))
	}
	for k := range int(n) {
		site := &m.Sites[values[slotName(k, 0)]]
		e := Event{Site: site}
		for w := range words(site.Types) {
			e.Words = append(e.Words, values[slotName(k, w+1)])
		}
		out.Events = append(out.Events, e)
	}
	return out, true
}

// Added tells whether an export was added by Rewrite.
func (m *Module) Added(export string) bool { return strings.HasPrefix(export, m.prefix) }
