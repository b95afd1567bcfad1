package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// modes are all ways to compile a module.
var modes = []runtime.Compiler{{}, {Plain: true}, {Deterministic: true}, {Deterministic: true, Plain: true}}

// descents is a module whose exports call themselves as often as their parameter says: with floats and locals in their frames, through
// a table, through a function of the host, and by tail calls.
func descents() *asm.Module {
	var m asm.Module
	host := m.Import("host", "again", "i:i")
	m.Tables = []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}}}
	step := func(call func(b *asm.Body)) *asm.Body {
		b := new(asm.Body).Get(0).Block(wasm.OpIf).F64(1).Get(1).Op(wasm.OpF64Add).Set(1).
			F32(2).F64(3).Get(0).I32(1).Op(wasm.OpI32Sub)
		call(b)
		return b.Ops(wasm.OpDrop, wasm.OpDrop, wasm.OpDrop).End().Get(0)
	}
	direct := m.Func("direct", "i:i", "FV", step(func(b *asm.Body) { b.Op(wasm.OpCall, uint64(host+1)) }))
	m.Func("indirect", "i:i", "FI", step(func(b *asm.Body) { b.I32(0).Op(wasm.OpCallIndirect, uint64(m.Type(asm.Sig("i:i"))), 0) }))
	m.Func("host", "i:i", "F", step(func(b *asm.Body) { b.Op(wasm.OpCall, uint64(host)) }))
	m.Func("tail", "i:i", "F", new(asm.Body).Get(0).Block(wasm.OpIf).Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpReturnCall, uint64(direct+3)).End().Get(0))
	m.Elems = []wasm.ElemSegment{{Type: wasm.FuncRef, Offset: new(asm.Body).I32(0).Expr(), Funcs: []uint32{direct + 1}}}
	return &m
}

// descend calls an export of descents and reports whether the stack sufficed.
func descend(t *testing.T, compiled *runtime.Module, cfg runtime.Config, export string, n int) bool {
	t.Helper()
	var l runtime.Linker
	l.Func("host", "again", asm.Sig("i:i"), func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
		return caller.Func("host").CallStack(ctx, stack)
	})
	in, err := runtime.New(&cfg).Instantiate(background, compiled, &l)
	if err != nil {
		t.Fatal(err)
	}
	_, err = in.Call(background, export, runtime.I32(int32(n)))
	if err != nil && !errors.Is(err, runtime.StackExhausted) {
		t.Fatal(err)
	}
	return err == nil
}

// TestStackLimitsAreExact finds the smallest stack, in calls and in bytes, that a recursion needs. It is the same in every mode, to the
// last call and to the last slot, whether or not the stack had to grow on the way.
func TestStackLimitsAreExact(t *testing.T) {
	src := descents().Encode()
	for _, export := range []string{"direct", "indirect", "host", "tail"} {
		for _, n := range []int{1, 62, 63, 64, 65, 300} {
			want := ""
			for _, c := range modes {
				compiled, err := c.Compile(src)
				if err != nil {
					t.Fatal(err)
				}
				calls := sort.Search(10_000, func(d int) bool {
					return descend(t, compiled, runtime.Config{MaxCallDepth: d + 1}, export, n)
				}) + 1
				slots := sort.Search(100_000, func(s int) bool {
					return descend(t, compiled, runtime.Config{MaxStackBytes: 8 * (s + 1)}, export, n)
				}) + 1
				got := fmt.Sprintf("%d calls, %d slots", calls, slots)
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("%s(%d): %s with %+v, %s by default", export, n, got, c, want)
				}
				if wantCalls := map[bool]int{true: 1, false: n + 1}[export == "tail"]; calls != wantCalls {
					t.Errorf("%s(%d) needs %d calls, want %d", export, n, calls, wantCalls)
				}
			}
			t.Logf("%s(%d): %s", export, n, want)
		}
	}
}
