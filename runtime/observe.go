package runtime

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// An Observer is called before each WebAssembly instruction. The step is valid during the call. The observer may look at
// everything that can be reached from it; it must change nothing and call no function of the Runtime. An error ends the guest,
// and is what the call from the host returns (inside a [HostError] if a function of the host has called back).
type Observer func(step *Step) error

// Observe makes o observe all instances of modules that were compiled to be observed, see [Compiler], from the next instruction on, in place of the
// observer before; nil ends it. Instructions of other modules are not observed.
func (rt *Runtime) Observe(o Observer) {
	rt.thread.observation = nil
	if o != nil {
		rt.thread.observation = &observation{observer: o}
	}
}

// Step is one WebAssembly instruction that is about to be executed. There is one for each instruction as the specification counts
// them, block, loop and end included, but that a branch skips the end of a block that it leaves, and goes on behind a loop
// that it repeats.
type Step struct {
	Instance *Instance
	Depth    int // calls in progress, at least 1

	sites      *isa.Sites
	site, last *isa.Site
	operands   []uint64
	results    []uint64
	instr      wasm.Instr
	decoded    bool
}

// Values are values as they stand in slots: one slot each, i32 and f32 zero-extended, a v128 in two, the low half first.
type Values struct {
	Types []wasm.ValType
	Slots []uint64
}

// Func returns the function's index in the module of the instance.
func (s *Step) Func() uint32 { return s.site.Func }

// Op returns the instruction's opcode.
func (s *Step) Op() wasm.Op { return s.site.Op }

// Frame returns where the instruction stands.
func (s *Step) Frame() Frame {
	return Frame{Func: s.site.Func, Name: s.Instance.module.funcName(s.site.Func), Offset: int(s.site.Offset)}
}

// Entry reports whether the instruction is the first of a call of its function.
func (s *Step) Entry() bool { return s.site.First }

// Operands returns what the instruction takes, the topmost last. Those of a branch and of a return are the values that go to the
// label, and then the condition or the index; those of an end and of an else are the results of the block.
func (s *Step) Operands() Values { return Values{s.sites.Operands(s.site), s.operands} }

// Results returns what the instruction before in the same call has left, the topmost last: nothing if it took a branch, or if there
// is none. The results of a call are there once the callee has returned.
func (s *Step) Results() Values {
	if s.last == nil {
		return Values{}
	}
	return Values{s.sites.Results(s.last), s.results}
}

// Instr returns the instruction with its immediates. It is valid during the call of the observer.
func (s *Step) Instr() *wasm.Instr {
	if !s.decoded {
		m := s.Instance.module.wasm
		body := m.Funcs[int(s.site.Func)-m.ImportedFuncs()].Body
		at := int(s.site.Offset) - body.Offset
		r := wasm.NewReader(wasm.Expr{Code: body.Code[at:], Offset: int(s.site.Offset)})
		if err := r.Next(&s.instr); err != nil {
			panic("runtime: an instruction of a module that was validated cannot be read")
		}
		s.decoded = true
	}
	return &s.instr
}

// Counting returns an observer that counts instructions with the classes of their operands into c.
func Counting(c *coverage.Counts) Observer {
	return func(s *Step) error {
		var access coverage.Access
		if s.site.Op.Info().Access > 0 {
			access = coverage.Access{Offset: s.Instr().Imm[1], Memory: s.Instance.memories[0].Size()}
		}
		c.Count(s.site.Op, s.sites.Operands(s.site), s.operands, access)
		return nil
	}
}

// Values returns values in slots, for example those of a [Step], as values with their types.
func (rt *Runtime) Values(v Values) []Value {
	out, at := make([]Value, len(v.Types)), 0
	for i, t := range v.Types {
		out[i] = rt.fromSlots(t, v.Slots[at:])
		at += isa.Width(t)
	}
	return out
}

// observation is what a thread keeps for its observer.
type observation struct {
	observer Observer
	step     Step
	last     []*isa.Site // the last instruction of each call in progress, by depth; above it, of calls that are over
}

// observe calls the observer about the instruction behind the Observe at the current position.
func (t *thread) observe() error {
	o := t.observation
	if o == nil {
		t.state.Next()
		return nil
	}
	s, sites, frame := &o.step, &t.current.module.code.Sites, t.state.Frame()
	s.Instance, s.Depth, s.sites, s.site, s.decoded = t.current, t.state.Depth(), sites, sites.At(int(t.state.Imm())), false
	for len(o.last) <= s.Depth {
		o.last = append(o.last, nil)
	}
	s.last, s.results = nil, nil
	if last := o.last[s.Depth]; last != nil && !s.site.First {
		s.last = last
		s.results = t.state.Values(frame+int(last.Slot), isa.Slots(sites.Results(last)))
	}
	s.operands = t.state.Values(frame+int(s.site.Slot), isa.Slots(sites.Operands(s.site)))
	o.last[s.Depth] = s.site
	if err := o.observer(s); err != nil {
		return err
	}
	t.state.Next()
	return nil
}
