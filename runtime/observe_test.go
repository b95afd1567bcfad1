package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// compileObserved compiles a module that was written by hand.
func compileObserved(t testing.TB, m *asm.Module) *runtime.Module {
	t.Helper()
	decoded, err := wasm.Decode(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	mod, err := (&runtime.Compiler{Observed: true}).CompileModule(decoded)
	if err != nil {
		t.Fatal(err)
	}
	return mod
}

// stepLog writes down steps: "depth op operands", with the results of the instruction before as " -> results" behind that. A
// result that comes back after calls stands on a line of its own.
type stepLog struct {
	rt    *runtime.Runtime
	lines []string
	depth int
}

func (l *stepLog) step(s *runtime.Step) error {
	if r := l.values(s.Results()); r != "" {
		if s.Depth == l.depth {
			l.lines[len(l.lines)-1] += " ->" + r
		} else {
			l.lines = append(l.lines, fmt.Sprintf("%d ->%s", s.Depth, r))
		}
	}
	l.depth = s.Depth
	l.lines = append(l.lines, fmt.Sprintf("%d %s%s", s.Depth, s.Op(), l.values(s.Operands())))
	return nil
}

func (l *stepLog) values(v runtime.Values) string {
	text := ""
	for _, x := range l.rt.Values(v) {
		text += " " + x.String()
	}
	return text
}

// TestObserve compares the instructions that are observed with what is expected by hand.
func TestObserve(t *testing.T) {
	i32 := wasm.ResultBlock(wasm.I32)
	for _, c := range []struct {
		name  string
		build func(m *asm.Module)
		args  []runtime.Value
		trap  error
		want  string
	}{
		{"operands and results", func(m *asm.Module) {
			m.Func("run", "i:ii", "F", new(asm.Body).Get(0).I32(5).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).
				Get(1).Op(wasm.OpDrop).Op(wasm.OpNop).I32(1).Get(0).I32(0).Op(wasm.OpSelect))
		}, []runtime.Value{runtime.I32(-2)}, nil, `
1 local.get -> -2
1 i32.const -> 5
1 i32.add -2 5 -> 3
1 local.tee 3 -> 3
1 local.get -> 0
1 drop 0
1 nop
1 i32.const -> 1
1 local.get -> 3
1 i32.const -> 0
1 select 1 3 0 -> 3
1 end 3 3`},
		{"a loop is entered once, and its branch goes on behind it", func(m *asm.Module) {
			m.Func("run", "i:", "", new(asm.Body).Block(wasm.OpLoop).Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End())
		}, []runtime.Value{runtime.I32(2)}, nil, `
1 loop
1 local.get -> 2
1 i32.const -> 1
1 i32.sub 2 1 -> 1
1 local.tee 1 -> 1
1 br_if 1
1 local.get -> 1
1 i32.const -> 1
1 i32.sub 1 1 -> 0
1 local.tee 0 -> 0
1 br_if 0
1 end
1 end`},
		{"an if with a value, and the values of branches", func(m *asm.Module) {
			m.Func("run", "i:i", "", new(asm.Body).BlockOf(wasm.OpBlock, i32).I32(7).Get(0).Op(wasm.OpBrIf, 0).Op(wasm.OpDrop).
				Get(0).BlockOf(wasm.OpIf, i32).I32(1).Op(wasm.OpElse).I32(2).End().End().Op(wasm.OpReturn).Op(wasm.OpNop))
		}, []runtime.Value{runtime.I32(0)}, nil, `
1 block
1 i32.const -> 7
1 local.get -> 0
1 br_if 7 0
1 drop 7
1 local.get -> 0
1 if 0
1 i32.const -> 2
1 end 2 -> 2
1 end 2 -> 2
1 return 2`},
		{"the first part of an if ends with its else", func(m *asm.Module) {
			m.Func("run", ":i", "", new(asm.Body).I32(1).BlockOf(wasm.OpIf, i32).I32(8).Op(wasm.OpElse).I32(9).End())
		}, nil, nil, `
1 i32.const -> 1
1 if 1
1 i32.const -> 8
1 else 8
1 end 8`},
		{"a table branch skips the ends, dead code is never there", func(m *asm.Module) {
			m.Func("run", "i:i", "", new(asm.Body).BlockOf(wasm.OpBlock, i32).BlockOf(wasm.OpBlock, i32).I32(4).Get(0).BrTable(0, 1, 0).
				Op(wasm.OpDrop).End().Op(wasm.OpI32Eqz).End())
		}, []runtime.Value{runtime.I32(1)}, nil, `
1 block
1 block
1 i32.const -> 4
1 local.get -> 1
1 br_table 4 1
1 end 4`},
		{"calls, and calls in place of returns", func(m *asm.Module) {
			twice := m.Func("", "iI:iI", "", new(asm.Body).Get(0).I32(1).Op(wasm.OpI32Shl).Get(1))
			last := m.Func("", "i:i", "", new(asm.Body).Get(0))
			m.Func("run", ":i", "", new(asm.Body).I32(3).I64(9).Op(wasm.OpCall, uint64(twice)).Op(wasm.OpDrop).Op(wasm.OpReturnCall, uint64(last)))
		}, nil, nil, `
1 i32.const -> 3
1 i64.const -> 9
1 call 3 9
2 local.get -> 3
2 i32.const -> 1
2 i32.shl 3 1 -> 6
2 local.get -> 9
2 end 6 9
1 -> 6 9
1 drop 9
1 return_call 6
1 local.get -> 6
1 end 6`},
		{"recursion", func(m *asm.Module) {
			m.Func("run", "i:i", "", new(asm.Body).Get(0).BlockOf(wasm.OpIf, i32).Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpCall, 0).Op(wasm.OpElse).I32(5).End())
		}, []runtime.Value{runtime.I32(1)}, nil, `
1 local.get -> 1
1 if 1
1 local.get -> 1
1 i32.const -> 1
1 i32.sub 1 1 -> 0
1 call 0
2 local.get -> 0
2 if 0
2 i32.const -> 5
2 end 5 -> 5
2 end 5
1 -> 5
1 else 5
1 end 5`},
		{"a trap is the last", func(m *asm.Module) {
			m.Func("run", ":i", "", new(asm.Body).I32(1).I32(0).Op(wasm.OpI32DivU).I32(2).Op(wasm.OpI32Add))
		}, nil, runtime.DivideByZero, `
1 i32.const -> 1
1 i32.const -> 0
1 i32.div_u 1 0`},
		{"vectors take two slots", func(m *asm.Module) {
			m.Func("run", "V:i", "V", new(asm.Body).Get(0).Get(1).Get(0).I32(0).Op(wasm.OpSelect).Op(wasm.OpI64x2Add).Op(wasm.OpI32x4ExtractLane, 2))
		}, []runtime.Value{runtime.V128(1, 2)}, nil, `
1 local.get -> 0x00000000000000020000000000000001
1 local.get -> 0x00000000000000000000000000000000
1 local.get -> 0x00000000000000020000000000000001
1 i32.const -> 0
1 select 0x00000000000000000000000000000000 0x00000000000000020000000000000001 0 -> 0x00000000000000020000000000000001
1 i64x2.add 0x00000000000000020000000000000001 0x00000000000000020000000000000001 -> 0x00000000000000040000000000000002
1 i32x4.extract_lane 0x00000000000000040000000000000002 -> 4
1 end 4`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m asm.Module
			c.build(&m)
			rt := runtime.New(nil)
			log := &stepLog{rt: rt}
			rt.Observe(log.step)
			in, err := rt.Instantiate(background, compileObserved(t, &m), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := in.Call(background, "run", c.args...); !errors.Is(err, c.trap) {
				t.Fatalf("got %v, want %v", err, c.trap)
			}
			if got := strings.Join(log.lines, "\n"); got != strings.TrimSpace(c.want) {
				t.Errorf("got\n%s\nwant%s", got, c.want)
			}
		})
	}
}

// TestObserveAcross observes two instances that call each other through the host, a start function, and a guest that is called
// again after it trapped at the same depth.
func TestObserveAcross(t *testing.T) {
	var inner asm.Module
	inner.Func("f", "i:i", "", new(asm.Body).I32(6).Get(0).Op(wasm.OpI32DivU))
	var outer asm.Module
	imported := outer.Import("inner", "f", "i:i")
	back := outer.Import("host", "back", ":")
	start := outer.Func("", ":", "", new(asm.Body).I32(3).Op(wasm.OpCall, uint64(imported)).Op(wasm.OpDrop))
	outer.Start = &start
	outer.Func("run", ":i", "", new(asm.Body).Op(wasm.OpCall, uint64(back)).I32(2).Op(wasm.OpCall, uint64(imported)))

	rt := runtime.New(nil)
	log := &stepLog{rt: rt}
	rt.Observe(log.step)
	in, err := rt.Instantiate(background, compileObserved(t, &inner), nil)
	if err != nil {
		t.Fatal(err)
	}
	var l runtime.Linker
	l.Instance("inner", in)
	l.Func("host", "back", asm.Sig(":"), func(ctx context.Context, _ *runtime.Instance, _ []uint64) error {
		if _, err := in.Call(ctx, "f", runtime.I32(0)); !errors.Is(err, runtime.DivideByZero) {
			return err
		}
		_, err := in.Call(ctx, "f", runtime.I32(1))
		return err
	})
	out, err := rt.Instantiate(background, compileObserved(t, &outer), &l)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Call(background, "run"); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(`
1 i32.const -> 3
1 call 3
2 i32.const -> 6
2 local.get -> 3
2 i32.div_u 6 3 -> 2
2 end 2
1 -> 2
1 drop 2
1 end
1 call
2 i32.const -> 6
2 local.get -> 0
2 i32.div_u 6 0
2 i32.const -> 6
2 local.get -> 1
2 i32.div_u 6 1 -> 6
2 end 6
1 i32.const -> 2
1 call 2
2 i32.const -> 6
2 local.get -> 2
2 i32.div_u 6 2 -> 3
2 end 3
1 -> 3
1 end 3`)
	if got := strings.Join(log.lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestObserveStops ends a guest by an error of the observer, from the outermost call and from behind a function of the host.
func TestObserveStops(t *testing.T) {
	enough := errors.New("enough")
	var m asm.Module
	again := m.Import("host", "again", ":")
	m.Func("loop", "", "", new(asm.Body).Block(wasm.OpLoop).Op(wasm.OpBr, 0).End())
	m.Func("nested", "", "", new(asm.Body).Op(wasm.OpCall, uint64(again)))
	rt := runtime.New(nil)
	var in *runtime.Instance
	var l runtime.Linker
	l.Func("host", "again", asm.Sig(":"), func(ctx context.Context, _ *runtime.Instance, _ []uint64) error {
		_, err := in.Call(ctx, "loop")
		return err
	})
	in, err := rt.Instantiate(background, compileObserved(t, &m), &l)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"loop", "nested"} {
		steps := 0
		rt.Observe(func(*runtime.Step) error {
			if steps++; steps == 100 {
				return enough
			}
			return nil
		})
		if _, err := in.Call(background, name); !errors.Is(err, enough) || steps != 100 {
			t.Errorf("%s: %v after %d steps", name, err, steps)
		}
	}
	rt.Observe(nil)
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := in.Call(ctx, "loop"); !errors.Is(err, runtime.Interrupted) {
		t.Errorf("without an observer: %v", err)
	}
}

// TestObserveMidway sets an observer while calls are in progress: nothing is known of the instructions before.
func TestObserveMidway(t *testing.T) {
	var m asm.Module
	watch := m.Import("host", "watch", "i:i")
	m.Func("run", ":i", "", new(asm.Body).I32(1).Op(wasm.OpCall, uint64(watch)).I32(2).Op(wasm.OpCall, uint64(watch)).Op(wasm.OpI32Add))
	rt := runtime.New(nil)
	log := &stepLog{rt: rt}
	var l runtime.Linker
	l.Func("host", "watch", asm.Sig("i:i"), func(_ context.Context, _ *runtime.Instance, stack []uint64) error {
		if rt.Observe(log.step); stack[0] == 2 {
			rt.Observe(nil)
		}
		return nil
	})
	in, err := rt.Instantiate(background, compileObserved(t, &m), &l)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Call(background, "run"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"1 i32.const -> 2", "1 call 2"}; !slices.Equal(log.lines, want) {
		t.Errorf("got %q, want %q", log.lines, want)
	}
}

// TestObserveCostsNothing: ordinary code has no instruction for an observer.
func TestObserveCostsNothing(t *testing.T) {
	var m asm.Module
	m.Func("run", "i:i", "", new(asm.Body).Block(wasm.OpLoop).Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End().Get(0))
	for name, compile := range map[string]func(*wasm.Module) (*runtime.Module, error){
		"fused": runtime.CompileModule, "plain": (&runtime.Compiler{Plain: true}).CompileModule, "observed": (&runtime.Compiler{Observed: true}).CompileModule,
	} {
		mod, err := compile(&m.Module)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(mod.Ops(), isa.Observe); got != (name == "observed") {
			t.Errorf("%s code has an Observe: %v", name, got)
		}
	}
}

// TestObserveFuel: observed code needs the fuel of plain code.
func TestObserveFuel(t *testing.T) {
	i32 := wasm.ResultBlock(wasm.I32)
	var m asm.Module
	m.Func("run", "i:i", "i", new(asm.Body).Block(wasm.OpLoop).
		BlockOf(wasm.OpBlock, i32).BlockOf(wasm.OpBlock, i32).I32(4).Get(0).I32(3).Op(wasm.OpI32RemU).BrTable(0, 1, 0).End().
		Get(0).BlockOf(wasm.OpIf, i32).I32(1).Op(wasm.OpElse).I32(2).End().Op(wasm.OpI32Add).End().Op(wasm.OpCall, 1).Set(1).
		Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End().Get(1))
	m.Func("", "i:i", "", new(asm.Body).Get(0))
	need := func(compile func(*wasm.Module) (*runtime.Module, error)) int {
		mod, err := compile(&m.Module)
		if err != nil {
			t.Fatal(err)
		}
		for fuel := 1; ; fuel++ {
			in, err := runtime.New(&runtime.Config{Fuel: uint64(fuel)}).Instantiate(background, mod, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = in.Call(background, "run", runtime.I32(7))
			if err == nil {
				return fuel
			}
			if !errors.Is(err, runtime.FuelExhausted) {
				t.Fatal(err)
			}
		}
	}
	if plain, observed := need((&runtime.Compiler{Plain: true}).CompileModule), need((&runtime.Compiler{Observed: true}).CompileModule); plain != observed || plain < 7*3 {
		t.Errorf("plain code needs %d, observed code %d", plain, observed)
	}
}

// TestCounting counts what a guest does, addresses included.
func TestCounting(t *testing.T) {
	var m asm.Module
	m.Memory(1, 1)
	m.Func("run", "i:", "", new(asm.Body).Block(wasm.OpLoop).
		Get(0).I32(-1).Op(wasm.OpI32Store, 2, 4).
		Get(0).I32(4).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End())
	c := coverage.New()
	rt := runtime.New(nil)
	rt.Observe(runtime.Counting(c))
	in, err := rt.Instantiate(background, compileObserved(t, &m), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Call(background, "run", runtime.I32(65520)); !errors.Is(err, runtime.MemoryOutOfBounds) {
		t.Fatal(err)
	}
	want := map[string]uint64{
		"i32.store address:inside i32:minus_one": 2, "i32.store address:end i32:minus_one": 1, "i32.store address:outside i32:minus_one": 1,
		"i32.add i32:positive i32:power_of_two": 3, "local.tee i32:positive": 3, "br_if i32:positive": 3,
	}
	for cell, n := range c.All() {
		if n != want[cell.String()] {
			t.Errorf("%s: %d, want %d", cell, n, want[cell.String()])
		}
	}
	if n := c.Executed(wasm.OpLoop); n != 1 {
		t.Errorf("loop: %d, want 1", n)
	}
}

// BenchmarkObserve runs a loop of five instructions as ordinary code, as observed code without an observer, and with one that
// counts.
func BenchmarkObserve(b *testing.B) {
	var m asm.Module
	m.Func("run", "i:", "", new(asm.Body).Block(wasm.OpLoop).Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End())
	const rounds = 10_000
	for _, c := range []struct {
		name     string
		compile  func(*wasm.Module) (*runtime.Module, error)
		observer runtime.Observer
	}{
		{"fused", runtime.CompileModule, nil},
		{"plain", (&runtime.Compiler{Plain: true}).CompileModule, nil},
		{"unwatched", (&runtime.Compiler{Observed: true}).CompileModule, nil},
		{"watched", (&runtime.Compiler{Observed: true}).CompileModule, func(*runtime.Step) error { return nil }},
		{"counted", (&runtime.Compiler{Observed: true}).CompileModule, runtime.Counting(coverage.New())},
	} {
		b.Run(c.name, func(b *testing.B) {
			mod, err := c.compile(&m.Module)
			if err != nil {
				b.Fatal(err)
			}
			rt := runtime.New(nil)
			rt.Observe(c.observer)
			in, err := rt.Instantiate(background, mod, nil)
			if err != nil {
				b.Fatal(err)
			}
			f, stack := in.Func("run"), make([]uint64, 1)
			b.ReportAllocs()
			for b.Loop() {
				stack[0] = rounds
				if err := f.CallStack(background, stack); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(5*rounds), "ns/instruction")
		})
	}
}
