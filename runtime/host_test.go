package runtime_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestHostCallsBack lets guest and host call each other in turn, deep enough that the stack of values moves while the host
// holds its arguments, and checks that no result is lost.
func TestHostCallsBack(t *testing.T) {
	var m asm.Module
	host := m.Import("host", "down", "ii:i")
	// run(n) = n == 0 ? 0 : down(n-1, 1000) + n
	m.Func("run", "i:i", "IIIIIIIIIIIIIIII", new(asm.Body).
		Get(0).Op(wasm.OpI32Eqz).Op(wasm.OpIf, uint64(wasm.ResultBlock(wasm.I32))).I32(0).Op(wasm.OpElse).
		Get(0).I32(1).Op(wasm.OpI32Sub).I32(1000).Op(wasm.OpCall, uint64(host)).Get(0).Op(wasm.OpI32Add).End())
	var l runtime.Linker
	l.Func("host", "down", asm.Sig("ii:i"), func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
		if stack[1] != 1000 {
			t.Errorf("second argument: %d", stack[1])
		}
		out, err := caller.Call(ctx, "run", runtime.I32(int32(stack[0])))
		if err != nil {
			return err
		}
		stack[0] = uint64(uint32(out[0].I32()))
		return nil
	})
	in := instantiate(t, runtime.New(nil), &m, &l)
	const n = 3000
	out, err := in.Call(background, "run", runtime.I32(n))
	if err != nil || out[0].I32() != n*(n+1)/2 {
		t.Errorf("run(%d) = %v, %v, want %d", n, out, err, n*(n+1)/2)
	}
	if _, err := in.Call(background, "run", runtime.I32(-1)); !errors.Is(err, runtime.StackExhausted) {
		t.Errorf("endless recursion through the host: %v", err)
	}
	if out, err := in.Call(background, "run", runtime.I32(3)); err != nil || out[0].I32() != 6 {
		t.Errorf("after the exhaustion: %v, %v", out, err)
	}
}

// TestHostErrors checks what becomes of errors and panics of host functions.
func TestHostErrors(t *testing.T) {
	var m asm.Module
	host := m.Import("env", "fail", ":")
	m.Func("run", ":", "", new(asm.Body).Op(wasm.OpNop).Op(wasm.OpCall, uint64(host)))
	m.Export("again", wasm.ExternFunc, host)
	fail := error(io.ErrUnexpectedEOF)
	var l runtime.Linker
	l.Func("env", "fail", asm.Sig(":"), func(_ context.Context, caller *runtime.Instance, _ []uint64) error {
		if caller == nil || caller.Memory() != nil {
			t.Error("the caller is not an instance without memory")
		}
		if fail == nil {
			panic("host")
		}
		return fail
	})
	in := instantiate(t, runtime.New(nil), &m, &l)
	for _, name := range []string{"run", "again"} {
		_, err := in.Call(background, name)
		var h *runtime.HostError
		if !errors.As(err, &h) || !errors.Is(err, io.ErrUnexpectedEOF) || h.Module != "env" || h.Name != "fail" {
			t.Errorf("%s: %v", name, err)
		}
		if name == "run" && (len(h.Frames) != 1 || h.Frames[0].Name != "run" || h.Frames[0].Offset == 0) {
			t.Errorf("frames of the host error: %v", h.Frames)
		}
	}
	fail = &runtime.ExitError{Code: 3}
	var exit *runtime.ExitError
	if _, err := in.Call(background, "run"); !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("exit: %v", err)
	}
	fail = nil
	for range 3 { // the thread is usable after a panic
		func() {
			defer func() {
				if r := recover(); r != "host" {
					t.Errorf("recovered %v", r)
				}
			}()
			in.Call(background, "run")
		}()
	}
	fail = io.EOF
	if _, err := in.Call(background, "run"); !errors.Is(err, io.EOF) {
		t.Errorf("after a panic: %v", err)
	}
}

// TestStackTrace checks the frames of a trap through two instances.
func TestStackTrace(t *testing.T) {
	rt := runtime.New(nil)
	var inner asm.Module
	inner.Func("boom", "i:i", "", new(asm.Body).I32(1).Get(0).Op(wasm.OpI32DivU))
	var l runtime.Linker
	l.Instance("inner", instantiate(t, rt, &inner, nil))
	var outer asm.Module
	boom := outer.Import("inner", "boom", "i:i")
	middle := outer.Func("", "i:i", "", new(asm.Body).Get(0).Op(wasm.OpCall, uint64(boom)))
	outer.Func("run", "i:i", "", new(asm.Body).Get(0).Op(wasm.OpCall, uint64(middle)))
	in := instantiate(t, rt, &outer, &l)
	_, err := in.Call(background, "run", runtime.I32(0))
	var trap *runtime.Trap
	if !errors.As(err, &trap) || trap.Code != runtime.DivideByZero {
		t.Fatalf("%v", err)
	}
	got := runtime.Stack(trap.Frames)
	for i, want := range []string{"function 0 <boom>", "function 1 at", "function 2 <run>"} {
		if i >= len(trap.Frames) || !strings.HasPrefix(trap.Frames[i].String(), want) {
			t.Errorf("frame %d is not %q:\n%s", i, want, got)
		}
	}
	if out, err := in.Call(background, "run", runtime.I32(1)); err != nil || out[0].I32() != 1 {
		t.Errorf("after the trap: %v, %v", out, err)
	}
}

// TestLinkErrors checks the typed errors of linking.
func TestLinkErrors(t *testing.T) {
	var m asm.Module
	m.Import("a", "b", "i:")
	mod, err := runtime.Compile(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	var wrong, foreign runtime.Linker
	nop := func(context.Context, *runtime.Instance, []uint64) error { return nil }
	wrong.Func("a", "b", asm.Sig("I:"), nop)
	foreign.Define("a", "b", runtime.New(nil).NewFunc("a", "b", asm.Sig("i:"), nop))
	for name, l := range map[string]*runtime.Linker{"nil": nil, "wrong type": &wrong, "foreign": &foreign} {
		var link *runtime.LinkError
		if _, err := runtime.New(nil).Instantiate(background, mod, l); !errors.As(err, &link) || link.Module != "a" || link.Name != "b" {
			t.Errorf("%s: %v", name, err)
		}
	}
	var fallback runtime.Linker
	asked := ""
	fallback.Fallback(func(imp *wasm.Import, ft wasm.FuncType) runtime.HostFunc {
		asked = imp.Module + "." + imp.Name + " " + ft.String()
		return nop
	})
	if _, err := runtime.New(nil).Instantiate(background, mod, &fallback); err != nil || asked != "a.b (i32) -> ()" {
		t.Errorf("fallback was asked for %q: %v", asked, err)
	}
}

// TestReferences passes references in and out and through tables.
func TestReferences(t *testing.T) {
	rt := runtime.New(nil)
	var m asm.Module
	m.Tables = []wasm.TableType{{Elem: wasm.ExternRef, Limits: wasm.Limits{Min: 2}}}
	m.Export("table", wasm.ExternTable, 0)
	ref := wasm.FuncType{Params: []wasm.ValType{wasm.ExternRef}, Results: []wasm.ValType{wasm.ExternRef}}
	m.Funcs = []wasm.Func{{Type: m.Type(ref), Body: new(asm.Body).
		I32(1).Get(0).Op(wasm.OpTableSet, 0).I32(1).Op(wasm.OpTableGet, 0).Expr()}}
	m.Export("keep", wasm.ExternFunc, 0)
	in := instantiate(t, rt, &m, nil)
	out, err := in.Call(background, "keep", runtime.ExternRef("value"))
	if err != nil || out[0].Ref() != "value" {
		t.Errorf("keep: %v, %v", out, err)
	}
	table := in.Export("table").(*runtime.Table)
	if v, err := table.Get(1); err != nil || v.Ref() != "value" {
		t.Errorf("table element: %v, %v", v, err)
	}
	if _, err := table.Get(2); !errors.Is(err, runtime.TableOutOfBounds) {
		t.Errorf("outside the table: %v", err)
	}
	if err := table.Set(0, runtime.FuncRef(in.Func("keep"))); err == nil {
		t.Error("a funcref was put into a table of externref")
	}
	if _, err := in.Call(background, "keep", runtime.ExternRef([]int{1})); err == nil {
		t.Error("a slice was taken as externref")
	}
	if out, err := in.Call(background, "keep", runtime.ExternRef(nil)); err != nil || !out[0].IsNull() {
		t.Errorf("null: %v, %v", out, err)
	}
}

// TestModuleIsShared instantiates one module in many Runtimes at once.
func TestModuleIsShared(t *testing.T) {
	var m asm.Module
	m.Memory(1, 4)
	m.Func("run", "i:i", "", new(asm.Body).I32(0).Get(0).Op(wasm.OpI32Store, 2, 0).I32(0).Op(wasm.OpI32Load, 2, 0).I32(0).Op(wasm.OpI32DivU))
	mod, err := runtime.Compile(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			in, err := runtime.New(nil).Instantiate(background, mod, nil)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := in.Call(background, "run", runtime.I32(1)); !errors.Is(err, runtime.DivideByZero) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
