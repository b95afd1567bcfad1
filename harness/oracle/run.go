package oracle

import (
	"context"
	"errors"
	"hash/maphash"
	"strconv"

	"github.com/touchstone-wasm/touchstone/generators/code"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// runFuel is what each call may use. Fused code goes from a branch to a branch in one step, so plain code needs more: at most as
// many times as there are instructions.
const runFuel = 500

// runLimits keep what one input costs low, so that many can be tried.
var (
	runLimits = wasm.ModuleLimits{wasm.LimitBytes: 8 << 10, wasm.LimitFunctions: 100, wasm.LimitLocals: 500, wasm.LimitElements: 1000}
	runConfig = runtime.Config{MaxMemoryBytes: 2 * wasm.PageSize, MaxTableElems: 2000, MaxCallDepth: 40, MaxStackBytes: 32 << 10}
)

// specifiedInputs is the part of the inputs of [Code] that the evaluator executes.
const specifiedInputs = 4

// Code is Run for the module that [code.Module] makes of bytes. Modules of every fourth length of data must also do what the
// specification says.
func Code(ctx context.Context, data []byte) (executed bool, failure *Failure) {
	m := code.Module(data)
	src := wasm.Encode(m)
	defer func() { failure.of(src) }()
	executed, failure = Run(ctx, src)
	if failure == nil && executed && len(data)%specifiedInputs == 0 {
		failure = asSpecified(ctx, m)
	}
	return executed, failure
}

// Run asserts of any bytes: if they are a module, all its functions do on fused code what they do on plain code, to the last bit of
// results, arguments of imported functions, globals, tables and memory, and trap at the same places; every second module is
// compiled deterministically. If two NaNs meet in one that is not, the specification leaves open which of them comes out, so
// deterministic code is compared instead. Whatever the bytes are, they end and stay within the limits. It returns whether src was
// executed.
func Run(ctx context.Context, src []byte) (bool, *Failure) {
	m, err := wasm.DecodeWithin(&runLimits, src)
	if err != nil {
		return false, refusedToDecode(src, err)
	}
	exposeAll(m)
	c := comparison{m: m, fuel: uint64(runFuel * len(src))}
	deterministic := len(src)%2 == 1
	executed, failure := c.run(ctx, deterministic)
	if failure == nil || deterministic || !c.nansMeet(ctx) {
		return executed, failure
	}
	return c.run(ctx, true)
}

// comparison is of fused and plain code of a module.
type comparison struct {
	m    *wasm.Module
	fuel uint64 // of plain code
}

// run compares what fused and plain code do. It returns whether both were executed, or one and there was nothing to compare.
func (c *comparison) run(ctx context.Context, deterministic bool) (bool, *Failure) {
	var ends [2]*runState
	for i := range ends {
		compiler := runtime.Compiler{Limits: &runLimits, Deterministic: deterministic, Plain: i == 1}
		compiled, err := compiler.CompileModule(c.m)
		if err != nil {
			return i > 0, refusedToCompile(err)
		}
		limit := c.fuel
		if !compiler.Plain {
			limit = runFuel
		}
		if ends[i], err = runAll(ctx, compiled, limit, ends[0], nil); err != nil {
			return i > 0, refusedToLink(err)
		}
		if err := ends[i].untyped; err != nil {
			return true, fail("run: no trap", "%T: %v", err, err)
		}
		if len(ends[i].calls) == 0 {
			return true, nil // the start function did not end
		}
	}
	return true, ends[0].compare(ends[1])
}

// nansMeet reports whether, in a run of the module, an instruction takes two NaNs of which it may return either.
func (c *comparison) nansMeet(ctx context.Context) (met bool) {
	compiled, err := (&runtime.Compiler{Limits: &runLimits, Observed: true}).CompileModule(c.m)
	if err != nil {
		return false
	}
	_, err = runAll(ctx, compiled, c.fuel, nil, func(step *runtime.Step) error {
		met = met || takesNaNs(step.Op(), step.Operands())
		return nil
	})
	return met && err == nil
}

// exposeAll exports all that a module defines or imports, under names that no module has by accident.
func exposeAll(m *wasm.Module) {
	for kind, n := range [...]int{
		wasm.ExternFunc:  m.ImportedFuncs() + len(m.Funcs),
		wasm.ExternTable: m.ImportedTables() + len(m.Tables), wasm.ExternMemory: m.ImportedMemories() + len(m.Memories),
		wasm.ExternGlobal: m.ImportedGlobals() + len(m.Globals),
	} {
		for i := range n {
			m.Exports = append(m.Exports, wasm.Export{Name: exposed(wasm.ExternKind(kind), i), Kind: wasm.ExternKind(kind), Index: uint32(i)})
		}
	}
}

// exposed returns the name of the export of index i of a kind.
func exposed(kind wasm.ExternKind, i int) string {
	if i < len(exposedNames) {
		return exposedNames[i][kind]
	}
	return exposedName(kind, i)
}

// exposedNames holds the names that nearly all modules do with.
var exposedNames = func() (names [][wasm.ExternGlobal + 1]string) {
	for i := range 32 {
		var row [wasm.ExternGlobal + 1]string
		for kind := range row {
			row[kind] = exposedName(wasm.ExternKind(kind), i)
		}
		names = append(names, row)
	}
	return names
}()

func exposedName(kind wasm.ExternKind, i int) string {
	return "\x00" + string('a'+rune(kind)) + strconv.Itoa(i)
}

func refusedToCompile(err error) *Failure {
	var invalid *wasm.InvalidError
	var unsupported *wasm.UnsupportedError
	if isLimit(err) || errors.As(err, &invalid) || errors.As(err, &unsupported) {
		return nil
	}
	return fail("run: untyped refusal of a module", "%T: %v", err, err)
}

func refusedToLink(err error) *Failure {
	var link *runtime.LinkError
	if isLimit(err) || errors.As(err, &link) {
		return nil
	}
	return fail("run: untyped refusal of an instance", "%T: %v", err, err)
}

// runState is what was seen of one run: an entry for the instantiation and one for each call, up to one for which the fuel did not
// suffice.
type runState struct {
	calls    []runCall
	starved  bool  // fuel ran out in the call behind these
	untyped  error // of a call that did not end in a trap, as none should
	host     maphash.Hash
	instance *runtime.Instance
}

type runCall struct {
	trap    *runtime.Trap
	results []uint64
}

// seed makes the hashes of the two runs comparable.
var seed = maphash.MakeSeed()

// runAll instantiates a module and calls its functions in order, under an observer if there is one. It makes as many calls as the
// run that it is to be compared with, if there is one.
func runAll(ctx context.Context, compiled *runtime.Module, fuel uint64, like *runState, o runtime.Observer) (*runState, error) {
	cfg := runConfig
	cfg.Fuel = fuel
	rt, s := runtime.New(&cfg), new(runState)
	rt.Observe(o)
	s.host.SetSeed(seed)
	linker, err := s.imports(rt, compiled.Wasm())
	if err != nil {
		return nil, err
	}
	s.instance, err = rt.Instantiate(ctx, compiled, linker)
	if s.instance == nil {
		return nil, err
	}
	s.add(err, nil)
	types := compiled.Wasm().FuncTypes()
	for i := compiled.Wasm().ImportedFuncs(); i < len(types); i++ {
		if s.starved || like != nil && len(s.calls) == len(like.calls) {
			break
		}
		stack := arguments(&types[i], i)
		err := s.instance.Func(exposed(wasm.ExternFunc, i)).CallStack(ctx, stack)
		if err != nil {
			stack = nil
		}
		s.add(err, stack)
	}
	return s, nil
}

// add notes how a call ended.
func (s *runState) add(err error, results []uint64) {
	c := runCall{results: results}
	if err != nil && !errors.As(err, &c.trap) {
		s.untyped = err
	}
	if c.trap != nil && c.trap.Code == wasm.FuelExhausted {
		s.starved = true
		return
	}
	s.calls = append(s.calls, c)
}

// imports defines what a module imports. Its functions return zeros.
func (s *runState) imports(rt *runtime.Runtime, m *wasm.Module) (*runtime.Linker, error) {
	l := new(runtime.Linker)
	l.Fallback(func(_ *wasm.Import, t wasm.FuncType) runtime.HostFunc {
		return func(_ context.Context, _ *runtime.Instance, stack []uint64) error {
			for i := range stack {
				maphash.WriteComparable(&s.host, stack[i])
			}
			clear(stack)
			return nil
		}
	})
	for i := range m.Imports {
		im := &m.Imports[i]
		var x runtime.Extern
		var err error
		switch im.Kind {
		case wasm.ExternTable:
			x, err = rt.NewTable(im.Table)
		case wasm.ExternMemory:
			x, err = rt.NewMemory(im.Memory)
		case wasm.ExternGlobal:
			x, err = rt.NewGlobal(im.Global, zero(im.Global.Type))
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		l.Define(im.Module, im.Name, x)
	}
	return l, nil
}

// zero returns the default value of a type.
func zero(t wasm.ValType) runtime.Value {
	switch {
	case t == wasm.V128:
		return runtime.V128(0, 0)
	case t == wasm.FuncRef:
		return runtime.FuncRef(nil)
	case t == wasm.ExternRef:
		return runtime.ExternRef(nil)
	}
	return runtime.Num(t, 0)
}

// interesting are the halves of arguments of each type, used in turn.
var interesting = map[wasm.ValType][]uint64{
	wasm.I32:  {0, 1, 0xffffffff, 0x80000000, 7, 0x7fffffff, 65535},
	wasm.I64:  {0, 1, 1<<64 - 1, 1 << 63, 7, 1<<63 - 1, 1 << 32},
	wasm.F32:  {0, 0x3fc00000, 0xffc00001, 0x80000000, 0x7f800000, 0x4f000000, 0x7fa00000},
	wasm.F64:  {0, 0x3ff8000000000000, 0xfff8000000000001, 1 << 63, 0x7ff0000000000000, 0x41e0000000000000, 0x7ff4000000000000},
	wasm.V128: {0, 0x7fc000003f800000, 0x0001020380ff7f01, 1<<64 - 1, 0xfff8000000000001, 1 << 63, 0x0123456789abcdef},
}

// arguments returns the slots of a call of function index.
func arguments(t *wasm.FuncType, index int) []uint64 {
	stack := make([]uint64, 0, 2*max(len(t.Params), len(t.Results)))
	for i, p := range t.Params {
		values := interesting[p] // none for references, which are null
		for range slots(p) {
			v := uint64(0)
			if len(values) > 0 {
				v = values[(index+i+len(stack))%len(values)]
			}
			stack = append(stack, v)
		}
	}
	n := len(stack)
	results := 0
	for _, r := range t.Results {
		results += slots(r)
	}
	return stack[:max(n, results)]
}

func slots(t wasm.ValType) int {
	if t == wasm.V128 {
		return 2
	}
	return 1
}
