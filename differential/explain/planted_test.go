package explain_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/explain"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// fault is one instruction that an engine executes as another one: the nth with its opcode in its function.
type fault struct {
	fn     int // of those that the module defines
	nth    int
	op, as wasm.Op
	offset int // in the module's bytes
}

// plant replaces the instruction in a module: the original, or one that was rewritten, since nothing that is added to a body has an
// opcode that faults are made of.
func (f *fault) plant(t *testing.T, module []byte) []byte {
	m, err := wasm.Decode(module)
	if err != nil {
		t.Fatal(err)
	}
	var code []byte
	n := 0
	r := wasm.NewReader(m.Funcs[f.fn].Body)
	for in := (wasm.Instr{}); r.Next(&in) == nil; {
		if in.Op == f.op {
			if n == f.nth {
				in.Op = f.as
			}
			n++
		}
		code = wasm.AppendInstr(code, &in)
	}
	m.Funcs[f.fn].Body = wasm.Expr{Code: code}
	return wasm.Encode(m)
}

// added are the opcodes that the rewriter puts into bodies.
var added = []wasm.Op{wasm.OpI32Eqz, wasm.OpI32LtU}

// partners are the instructions that each can be mistaken for.
var partners = func() map[wasm.Op][]wasm.Op {
	partners := map[wasm.Op][]wasm.Op{}
	for a, x := range wasm.Ops() {
		for b, y := range wasm.Ops() {
			if a != b && x.Class != wasm.ClassCustom && x.Class != wasm.ClassConst && x.Class == y.Class && x.Sig == y.Sig && slices.Equal(x.Imms, y.Imms) &&
				!slices.Contains(added, a) && x.Access <= y.Access && x.Since == y.Since && (x.Lanes.Width == y.Lanes.Width || !slices.Contains(x.Imms, wasm.ImmLane)) {
				partners[a] = append(partners[a], b)
			}
		}
	}
	return partners
}()

// faults lists the faults that a module can have.
func faults(m *wasm.Module, random *rand.Rand) (all []fault) {
	for i := range m.Funcs {
		counts := map[wasm.Op]int{}
		r := wasm.NewReader(m.Funcs[i].Body)
		for in := (wasm.Instr{}); r.Next(&in) == nil; {
			if p := partners[in.Op]; p != nil {
				all = append(all, fault{i, counts[in.Op], in.Op, p[random.IntN(len(p))], in.Offset})
			}
			counts[in.Op]++
		}
	}
	return all
}

// pick chooses a fault, of an instruction that was not seen to make a difference yet if there is one.
func pick(list []fault, seen map[wasm.Op]bool, random *rand.Rand) *fault {
	fresh := slices.DeleteFunc(slices.Clone(list), func(f fault) bool { return seen[f.op] })
	if len(fresh) > 0 {
		list = fresh
	}
	return &list[random.IntN(len(list))]
}

// runner runs jobs on our own engine, with a fault if there is one.
func runner(t *testing.T, name string, f *fault) explain.Runner {
	e, err := touchstone.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return explain.Runner{Name: name, Run: func(ctx context.Context, job explain.Job) (compare.Side, error) {
		if f != nil {
			job.Module = f.plant(t, job.Module)
		}
		res, err := e.Run(ctx, &engine.Job{Module: job.Module, Calls: job.Calls, Timeout: job.Timeout})
		return compare.Side{Engine: name, Features: e.Features(), Result: res}, err
	}}
}

// TestPlanted plants a fault of one instruction in our own engine and holds the search to its exact place, whenever the fault shows.
func TestPlanted(t *testing.T) {
	const want = 50
	random := rand.New(rand.NewPCG(6, 31407))
	exact, hidden := 0, 0
	ops := map[wasm.Op]bool{}
	for i := 0; exact < want && i < 2000; i++ {
		features := wasm.FeatureSet(0)
		if i%2 == 1 {
			features = wasm.AllFeatures
		}
		m := module.Generate(source.Tape(99, int64(i)), module.Options{Imports: i%4 == 0, Features: features})
		original := wasm.Encode(m)
		if m, _ = wasm.Decode(original); m == nil {
			t.Fatal("the generated module is malformed")
		}
		list := faults(m, random)
		if len(list) == 0 {
			continue
		}
		f := pick(list, ops, random)
		right, wrong := runner(t, "touchstone", nil), runner(t, "planted", f)
		x, err := explain.Explain(context.Background(), &explain.Subject{Module: original, Canonical: true, Timeout: 10 * time.Second}, []explain.Runner{right, wrong})
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Partings) == 0 {
			hidden++ // it was not executed, or did not matter
			continue
		}
		exact++
		fn := uint32(m.ImportedFuncs() + f.fn)
		c := x.Partings[0].Culprit
		if c == nil || c.Func != fn || c.Offset != f.offset || c.Op != f.op {
			t.Errorf("module %d, %v for %v in func %d at %#x:\n%s", i, f.as, f.op, fn, f.offset, x.Text(original))
		}
		ops[f.op] = true
	}
	t.Logf("%d faults of %d different instructions, each localised exactly; %d more made no difference", exact, len(ops), hidden)
	if exact < want {
		t.Errorf("only %d faults made a difference", exact)
	}
}
