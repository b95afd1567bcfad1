package commandline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// runStart does what an engine's command would do with a module that has _start; the form of the results tells the engines apart. A trap
// is said in the engine's way, on the stream that the engine uses.
func runStart(m *runtime.Module, form string) error {
	linker := new(runtime.Linker)
	system, err := wasi.New(&wasi.Config{Stdout: os.Stdout, Stderr: os.Stderr})
	if err != nil {
		return err
	}
	system.Define(linker)
	print := wasm.FuncType{Params: []wasm.ValType{wasm.I32, wasm.I64}}
	linker.Func("host", "print", print, func(_ context.Context, _ *runtime.Instance, stack []uint64) error {
		fmt.Printf("called host host.print(i32:%d, i64:%d) =>\n", uint32(stack[0]), stack[1])
		return nil
	})
	in, err := runtime.New(nil).Instantiate(context.Background(), m, linker)
	if err == nil {
		_, err = in.Call(context.Background(), "_start")
	}
	var trap *runtime.Trap
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &trap):
		return err
	case strings.HasPrefix(form, "repeat()"): // wasm-interp
		fmt.Printf("_start() => error: %s\n", interpWords(trap.Code))
		return nil
	case strings.HasPrefix(form, "%#"): // iwasm
		fmt.Printf("Exception: %s\n", trap.Code.Error())
		os.Exit(1)
	case strings.HasPrefix(form, "Result"): // wasm3
		return fmt.Errorf("Error: [trap] %s", trap.Code.Error())
	case trap.Code == wasm.Unreachable:
		return fmt.Errorf("Error: failed to run main module\n\nCaused by:\n    2: wasm trap: wasm `unreachable` instruction executed\nRuntimeError: unreachable")
	}
	return fmt.Errorf("Error: failed to run main module\n\nCaused by:\n    2: wasm trap: %s", trap.Code.Error())
}

func interpWords(c wasm.TrapCode) string {
	if c == wasm.Unreachable {
		return "unreachable executed"
	}
	return c.Error()
}

// rich is a module with everything that a telling module must tell: results of all types, globals, tables, memory that is used where
// sinks borrow it and at its end, host calls with references and NaNs, a start function, and a trap if it is asked for.
func rich(trap bool) []byte {
	var m asm.Module
	every := []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.FuncRef, wasm.ExternRef}
	m.Imports = []wasm.Import{{Module: "h", Name: "f", Kind: wasm.ExternFunc, Func: m.Type(wasm.FuncType{Params: every, Results: every})}}
	const host = 0
	small := m.Import("h", "g", ":I")
	m.Memory(2, 4)
	m.Datas = append(m.Datas, wasm.DataSegment{Mode: wasm.Active, Offset: new(asm.Body).I32(0).Expr(), Init: []byte("what a sink borrows, it must give back")})
	m.Tables = append(m.Tables, wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 70}})
	m.Export("t", wasm.ExternTable, 0)
	m.Globals = append(m.Globals,
		wasm.Global{Type: wasm.GlobalType{Type: wasm.I64, Mutable: true}, Init: new(asm.Body).I64(-3).Expr()},
		wasm.Global{Type: wasm.GlobalType{Type: wasm.FuncRef}, Init: new(asm.Body).Op(wasm.OpRefFunc, host).Expr()})
	m.Export("g", wasm.ExternGlobal, 0)
	m.Export("r", wasm.ExternGlobal, 1)
	start := m.Func("", ":", "", new(asm.Body).I64(5).Op(wasm.OpGlobalSet, 0))
	m.Start = &start
	nan := new(asm.Body).I32(7).I64(-1).F32(0).F32(0).Op(wasm.OpF32Div).F64(-1.5).Op(wasm.OpRefNull, uint64(wasm.FuncRef)).Op(wasm.OpRefNull, uint64(wasm.ExternRef))
	m.Funcs = append(m.Funcs, wasm.Func{Type: m.Type(wasm.FuncType{Results: every}), Body: nan.Op(wasm.OpCall, host).Expr()})
	m.Export("all", wasm.ExternFunc, uint32(m.ImportedFuncs()+len(m.Funcs)-1))
	m.Func("mem", ":i", "", new(asm.Body).I32(1).Op(wasm.OpMemoryGrow, 0).I32(196600).I64(-2).Op(wasm.OpI64Store, 0, 0).
		I32(3).I32(99).Op(wasm.OpI32Store8, 0, 0).Op(wasm.OpMemorySize, 0).Op(wasm.OpI32Add))
	m.Func("tab", ":I", "", new(asm.Body).I32(0).Op(wasm.OpRefFunc, host).Op(wasm.OpTableSet, 0).
		I32(69).Op(wasm.OpRefFunc, uint64(small)).Op(wasm.OpTableSet, 0).Op(wasm.OpCall, uint64(small)))
	if trap {
		m.Func("bad", ":", "", new(asm.Body).Op(wasm.OpUnreachable))
		m.Func("after", ":", "", new(asm.Body))
	}
	m.Elems = append(m.Elems, wasm.ElemSegment{Mode: wasm.Declarative, Type: wasm.FuncRef, Funcs: []uint32{host, small}})
	return m.Encode()
}

// TestTelling: the rows of the table, on stand-ins, give the results that touchstone itself gives, or their beginning if there is a trap.
func TestTelling(t *testing.T) {
	reference, err := touchstone.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ignore := cmp.Options{cmpopts.IgnoreFields(engine.Result{}, "Elapsed"), cmpopts.IgnoreFields(engine.CallResult{}, "Message"), cmpopts.EquateEmpty()}
	for i := range Commands {
		c := &Commands[i]
		t.Run(c.Name, func(t *testing.T) {
			standIn(t, c)
			e, err := c.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			if f := e.Features(); !f.SIMD || !f.TailCall || !f.ExtendedConst || !f.Tables {
				t.Errorf("features %+v", f)
			}
			for _, trap := range []bool{false, true} {
				job := &engine.Job{Module: rich(trap)}
				want, err := reference.Run(t.Context(), job)
				if err != nil || want.Stage != engine.StageRun {
					t.Fatalf("%+v, error %v", want, err)
				}
				if trap {
					want.Globals, want.Tables, want.Memories, want.Unseen = nil, nil, nil, true
					want.Calls[4] = engine.CallResult{Export: "after", Outcome: engine.Unsupported}
				}
				got, err := e.Run(t.Context(), job)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got, ignore); diff != "" {
					t.Errorf("trap %v (-want +got):\n%s", trap, diff)
				}
			}
		})
	}
}

// TestStages: modules that do not come to their end for other reasons than a trap in a call.
func TestStages(t *testing.T) {
	c := &Commands[0]
	standIn(t, c)
	e, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var starts, segment, endless, empty, imports asm.Module
	f := starts.Func("", ":", "", new(asm.Body).Op(wasm.OpUnreachable))
	starts.Start = &f
	segment.Memory(1, 1)
	segment.Datas = []wasm.DataSegment{{Mode: wasm.Active, Offset: new(asm.Body).I32(65536).Expr(), Init: []byte("x")}}
	endless.Func("f", ":", "", new(asm.Body).Block(wasm.OpLoop).Op(wasm.OpBr, 0).End())
	empty.Memory(0, 1)
	imports.Imports = []wasm.Import{{Module: "m", Name: "g", Kind: wasm.ExternGlobal, Global: wasm.GlobalType{Type: wasm.I32}}}
	for name, x := range map[string]struct {
		module []byte
		stage  engine.Stage
		trap   wasm.TrapCode
	}{
		"trap in the start function": {starts.Encode(), engine.StageStart, wasm.Unreachable},
		"segment that does not fit":  {segment.Encode(), engine.StageStart, wasm.MemoryOutOfBounds},
		"endless":                    {endless.Encode(), engine.StageHang, wasm.NoTrap},
		"no room":                    {empty.Encode(), engine.StageUnsupported, wasm.NoTrap},
		"import that nobody offers":  {imports.Encode(), engine.StageUnsupported, wasm.NoTrap},
		"what we refuse":             {[]byte("\x00asm\x01\x00\x00\x00\x63"), engine.StageUnsupported, wasm.NoTrap},
	} {
		res, err := e.Run(t.Context(), &engine.Job{Module: x.module, Timeout: time.Second})
		if err != nil || res.Stage != x.stage || res.Trap != x.trap {
			t.Errorf("%s: %+v, error %v", name, res, err)
		}
	}
}

// TestNonsense: whatever a command writes, there is a result, and no memory is taken that it did not fill.
func TestNonsense(t *testing.T) {
	plan, err := engine.NewPlan(&engine.Job{Module: rich(false)})
	if err != nil {
		t.Fatal(err)
	}
	for name, told := range map[string][]record{
		"nothing begins":       {{tagCall, 0}},
		"wrong call":           {{tagBegin, 0}, {tagCall, 7}},
		"result without call":  {{tagBegin, 0}, {tagResult, 0}},
		"argument alone":       {{tagBegin, 0}, {tagArg, 0}},
		"unknown host":         {{tagBegin, 0}, {tagHost, 1 << 40}},
		"memory first":         {{tagBegin, 0}, {tagMemory, 1 << 60}},
		"word nowhere":         {{tagBegin, 0}, {tagWord, 1}},
		"elements of no table": {{tagBegin, 0}, {tagElems, 1}},
		"after the end":        {{tagBegin, 0}, {tagEnd, 0}, {tagBegin, 0}},
		"unknown":              {{tagBegin, 0}, {'?', 0}},
	} {
		l := &listener{plan: plan, res: new(engine.Result)}
		if err := l.listen(told); !errors.Is(err, errSequence) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
