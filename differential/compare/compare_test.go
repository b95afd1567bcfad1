package compare

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/tree"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// sample is a result that has something of everything.
func sample() *engine.Result {
	return &engine.Result{
		Stage: engine.StageRun,
		Calls: []engine.CallResult{
			{Export: "a", Outcome: engine.Returned, Values: []engine.Value{{Type: wasm.I32, Bits: 7}, {Type: wasm.F32, Bits: 0x3f800000}}},
			{Export: "b", Outcome: engine.Trapped, Trap: wasm.DivideByZero},
			{Export: "c", Outcome: engine.Exited, Exit: 3},
		},
		HostCallTotal: 1,
		HostCalls:     []engine.HostCall{{Module: "host", Name: "f", Args: []engine.Value{{Type: wasm.I64, Bits: 9}}}},
		Globals:       []engine.NamedGlobal{{Name: "g", Readable: true, Value: engine.Value{Type: wasm.F64, Bits: 0x7ff8000000000000}}},
		Tables:        []engine.NamedTable{{Name: "t", Readable: true, Len: 3, NonNull: []byte{1, 0, 1}}},
		Memories:      []engine.NamedMemory{{Name: "m", Pages: 1, Hash: [32]byte{1}}},
		Stdout:        []byte("out"),
	}
}

func side(name string, change func(*Side)) Side {
	s := Side{Engine: name, Result: sample(), Tree: tree.Snapshot{{Path: "0"}, {Path: "0/f", Size: 1}}}
	if change != nil {
		change(&s)
	}
	return s
}

func TestPair(t *testing.T) {
	set := func(f func(r *engine.Result)) func(*Side) { return func(s *Side) { f(s.Result) } }
	cases := []struct {
		name   string
		change func(*Side)
		where  string // of the only difference; empty for none
	}{
		{"same", nil, ""},
		{"stage", set(func(r *engine.Result) { *r = engine.Result{Stage: engine.StageRejected} }), "instantiation"},
		{"value", set(func(r *engine.Result) { r.Calls[0].Values[0].Bits = 8 }), "call 0 a"},
		{"type", set(func(r *engine.Result) { r.Calls[0].Values[0].Type = wasm.I64 }), "call 0 a"},
		{"zero sign", set(func(r *engine.Result) { r.Calls[0].Values[1].Bits = 0x80000000 }), "call 0 a"},
		{"NaN for number", set(func(r *engine.Result) { r.Calls[0].Values[1].Bits = 0x7fc00000 }), "call 0 a"},
		{"other NaN", set(func(r *engine.Result) { r.Globals[0].Value.Bits = 0xfff0000000000001 }), ""},
		{"infinity for NaN", set(func(r *engine.Result) { r.Globals[0].Value.Bits = 0x7ff0000000000000 }), "global g"},
		{"trap", set(func(r *engine.Result) { r.Calls[1].Trap = wasm.Unreachable }), "call 1 b"},
		{"trap text", set(func(r *engine.Result) { r.Calls[1].Message = "other words" }), ""},
		{"return for trap", set(func(r *engine.Result) { r.Calls[1].Outcome = engine.Returned }), "call 1 b"},
		{"exit", set(func(r *engine.Result) { r.Calls[2].Exit = 4 }), "call 2 c"},
		{"call missing", set(func(r *engine.Result) { r.Calls = r.Calls[:2] }), "call 2 c"},
		{"host call", set(func(r *engine.Result) { r.HostCalls[0].Args[0].Bits = 8 }), "host call 0"},
		{"host calls", set(func(r *engine.Result) { r.HostCallTotal = 2 }), "host calls"},
		{"table element", set(func(r *engine.Result) { r.Tables[0].NonNull = []byte{1, 1, 1} }), "table t"},
		{"table length", set(func(r *engine.Result) { r.Tables[0].Len = 4 }), "table t"},
		{"table not readable", set(func(r *engine.Result) { r.Tables[0] = engine.NamedTable{Name: "t"} }), ""},
		{"memory", set(func(r *engine.Result) { r.Memories[0].Hash[31] = 1 }), "memory m"},
		{"pages", set(func(r *engine.Result) { r.Memories[0].Pages = 2 }), "memory m"},
		{"stdout", set(func(r *engine.Result) { r.Stdout = []byte("oops") }), "stdout"},
		{"stderr", set(func(r *engine.Result) { r.Stderr = []byte("oops") }), "stderr"},
		{"file", func(s *Side) { s.Tree = tree.Snapshot{{Path: "0"}, {Path: "0/f", Size: 2}} }, "file 0/f"},
		{"file missing", func(s *Side) { s.Tree = s.Tree[:1] }, "file 0/f"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, b := side("a", nil), side("b", c.change)
			for _, out := range []Outcome{Pair(&a, &b), Pair(&b, &a)} {
				var where []string
				for _, d := range out.Differences {
					where = append(where, d.Where)
					if d.A == d.B {
						t.Errorf("%s: both are shown as %q", d.Where, d.A)
					}
				}
				if c.where == "" && where != nil || c.where != "" && !slices.Contains(where, c.where) {
					t.Errorf("differences at %q, want %q", where, c.where)
				}
				if c.name != "stage" && len(where) > 1 {
					t.Errorf("one change gives differences at %q", where)
				}
			}
		})
	}
}

func TestMergedTraps(t *testing.T) {
	trap := func(code wasm.TrapCode, merged ...[]wasm.TrapCode) Side {
		return Side{Features: engine.Features{Merged: merged}, Result: &engine.Result{Stage: engine.StageRun,
			Calls: []engine.CallResult{{Export: "f", Outcome: engine.Trapped, Trap: code}}}}
	}
	a := trap(wasm.UninitializedElement, []wasm.TrapCode{wasm.UndefinedElement, wasm.UninitializedElement})
	b := trap(wasm.TableOutOfBounds, []wasm.TrapCode{wasm.UndefinedElement, wasm.TableOutOfBounds})
	if out := Pair(&a, &b); out.Differences != nil {
		t.Errorf("the join of both mergings was not applied: %v", out.Differences)
	}
	c := trap(wasm.TableOutOfBounds)
	if out := Pair(&a, &c); len(out.Differences) != 1 {
		t.Errorf("classes that neither engine merges compare equal")
	}
}

func TestSegmentThatDoesNotFit(t *testing.T) {
	link := Side{Result: &engine.Result{Stage: engine.StageUnlinkable}}
	oob := Side{Result: &engine.Result{Stage: engine.StageStart, Trap: wasm.MemoryOutOfBounds}}
	other := Side{Result: &engine.Result{Stage: engine.StageStart, Trap: wasm.Unreachable}}
	if out := Pair(&link, &oob); out.Differences != nil {
		t.Error("unlinkable and out of bounds differ")
	}
	if out := Pair(&link, &other); out.Differences == nil {
		t.Error("unlinkable and another trap are equal")
	}
}

func TestPoison(t *testing.T) {
	a := side("a", nil)
	b := side("b", func(s *Side) {
		s.Result.Calls[1].Trap = wasm.StackExhausted
		s.Result.Memories[0].Pages = 99
	})
	if out := Pair(&a, &b); out.Differences != nil || out.Poison != StackExhausted || out.PoisonA || !out.PoisonB {
		t.Errorf("got %+v", out)
	}
	b.Result.Calls[0].Values[0].Bits = 1 // before the overflow: compared
	if out := Pair(&a, &b); len(out.Differences) != 1 {
		t.Errorf("got %+v", out)
	}
	c := side("c", func(s *Side) { s.Result.Calls[0].Outcome = engine.Limited })
	if out := Pair(&a, &c); out.Poison != Limit {
		t.Errorf("got %+v", out)
	}
}

func TestJudgeVotes(t *testing.T) {
	bad := func(s *Side) { s.Result.Calls[0].Values[0].Bits = 8 }
	sides := []Side{side("a", bad), side("b", nil), side("c", nil), side("d", bad), side("e", nil)}
	v := Judge(sides, nil, time.Second)
	if m, ok := v.Majority(); !ok || !slices.Equal(m, []int{1, 2, 4}) {
		t.Errorf("majority %v, %v", m, ok)
	}
	if len(v.Rows) != 1 || !slices.Equal(v.Rows[0].Odd, []bool{true, false, false, true, false}) {
		t.Fatalf("rows %+v", v.Rows)
	}
	for i, text := range v.Rows[0].Texts {
		if text == "" {
			t.Errorf("side %d has no text", i)
		}
	}
	if !v.Complete() || v.Class() != "call" {
		t.Errorf("complete %v, class %q", v.Complete(), v.Class())
	}
	tie := Judge([]Side{side("a", bad), side("b", nil)}, nil, time.Second)
	if _, ok := tie.Majority(); ok || !tie.Diverges() {
		t.Error("a tie has a majority")
	}
}

// TestVariantsHaveOneVoice: engines that share their code share what they get wrong.
func TestVariantsHaveOneVoice(t *testing.T) {
	bad := func(s *Side) { s.Result.Calls[0].Values[0].Bits = 8 }
	sides := []Side{side("wasmtime", bad), side("wasmtime@v25.0.0", bad), side("wasmtime:opt=none", bad), side("touchstone", nil), side("wazero", nil)}
	if m, clear := Judge(sides, nil, time.Second).Majority(); !clear || !slices.Equal(m, []int{3, 4}) {
		t.Errorf("majority %v, %v", m, clear)
	}
}

// TestMemoryAddress: where the bytes of memories were kept, the first that differs is shown, the same place for all.
func TestMemoryAddress(t *testing.T) {
	with := func(name string, at int, b byte) Side {
		return side(name, func(s *Side) {
			data := make([]byte, wasm.PageSize)
			data[at] = b
			s.Result.Memories[0].Data, s.Result.Memories[0].Hash = data, [32]byte{b}
		})
	}
	v := Judge([]Side{with("a", 0x1234, 7), with("b", 0x1234, 7), with("c", 0x1234, 8)}, nil, time.Second)
	if len(v.Rows) != 1 || !strings.Contains(v.Rows[0].Texts[0], "from 0x1234: 07 00") || !strings.Contains(v.Rows[0].Texts[2], "from 0x1234: 08 00") {
		t.Errorf("rows %+v", v.Rows)
	}
}

func TestJudgeCrashAndHang(t *testing.T) {
	crash := Side{Engine: "x", Result: &engine.Result{Stage: engine.StageCrash}}
	hang := Side{Engine: "y", Result: &engine.Result{Stage: engine.StageHang}}
	good := side("a", func(s *Side) { s.Result.Elapsed = time.Millisecond })
	slow := side("b", func(s *Side) { s.Result.Elapsed = 400 * time.Millisecond })
	v := Judge([]Side{crash, good, hang}, nil, time.Second)
	if !slices.Equal(v.Crashed, []int{0}) || !slices.Equal(v.Hung, []int{2}) || v.Diverges() || v.Reason() != Crash {
		t.Errorf("got %+v", v)
	}
	v = Judge([]Side{slow, hang}, nil, time.Second)
	if v.Hung != nil || v.Skipped[1] != Timeout {
		t.Errorf("an engine that is merely slower was called hung: %+v", v)
	}
	v = Judge([]Side{hang, hang}, nil, time.Second)
	if v.Hung != nil || v.Skipped[0] != Timeout || v.Skipped[1] != Timeout {
		t.Errorf("an endless module was called a hang: %+v", v)
	}
	v = Judge([]Side{hang, hang, {Engine: "z", Result: &engine.Result{Stage: engine.StageRejected, Elapsed: time.Millisecond}}}, nil, time.Second)
	if v.Hung != nil || v.Skipped[0] != Timeout {
		t.Errorf("an endless module that one engine refuses was called a hang: %+v", v)
	}
}

func TestNeeds(t *testing.T) {
	rejected := Side{Engine: "a", Result: &engine.Result{Stage: engine.StageRejected}}
	claims := Side{Engine: "b", Features: engine.Features{SIMD: true}, Result: &engine.Result{Stage: engine.StageRejected}}
	accepted := Side{Engine: "c", Features: engine.Features{SIMD: true}, Result: &engine.Result{Stage: engine.StageCompiled}}
	var vectors asm.Module
	vectors.Func("", ":V", "", new(asm.Body).Op(wasm.OpV128Const))
	module := vectors.Encode()
	needs := Needs(module, nil)
	of := func(list []Proposal) func() []Proposal { return func() []Proposal { return list } }
	v := Judge([]Side{rejected, accepted}, of(needs), time.Second)
	if v.Diverges() || v.Skipped[0] != "needs simd" {
		t.Errorf("an engine without SIMD was compared: %+v", v)
	}
	if v := Judge([]Side{rejected, rejected}, of(needs), time.Second); !v.Complete() {
		t.Error("engines that all refuse a module do not agree")
	}
	if v := Judge([]Side{claims, accepted}, of(needs), time.Second); !v.Diverges() {
		t.Error("an engine that claims SIMD and refuses it was not compared")
	}
	if needs := Needs([]byte("\x00asm\x01\x00\x00\x00\x0d"), &wasm.MalformedError{Offset: 8}); len(needs) != 1 || needs[0].Name != "exceptions" {
		t.Errorf("a tag section: %v", needs)
	}
	if v := Judge([]Side{rejected, accepted}, of(Needs(new(asm.Module).Encode(), nil)), time.Second); !v.Diverges() {
		t.Error("a valid module may be refused")
	}
}

func TestUnreadIsCountedForTheEngineThatCannot(t *testing.T) {
	blind := side("b", func(s *Side) { s.Result.Tables[0] = engine.NamedTable{Name: "t"} })
	v := Judge([]Side{side("a", nil), blind}, nil, time.Second)
	if v.Unread[0] != nil || !slices.Equal(v.Unread[1], []string{"table t"}) {
		t.Errorf("got %v", v.Unread)
	}
}

func TestAccept(t *testing.T) {
	bad := func(s *Side) { s.Result.Calls[0].Values[0].Bits = 8 }
	sides := []Side{side("a", nil), side("b", bad), side("c", nil)}
	v := Judge(sides, nil, time.Second)
	known := []Known{{Name: "k", Engines: []string{"b"}, Versions: []string{"1"}, Explains: func(_ []byte, v *Verdict, s []Side, i int) bool { return v.Class() == "call" }}}
	if k := Accept(nil, v, sides, []string{"1", "1", "1"}, known); len(k) != 1 || k[0].Name != "k" {
		t.Error("the known defect was not recognised")
	}
	if Accept(nil, v, sides, []string{"1", "2", "1"}, known) != nil {
		t.Error("accepted for a version that nobody looked into")
	}
	sides[2] = Side{Engine: "c", Result: &engine.Result{Stage: engine.StageCrash}}
	if Accept(nil, Judge(sides, nil, time.Second), sides, []string{"1", "1", "1"}, known) != nil {
		t.Error("a known defect hides a crash of another engine")
	}
}

func TestTextsCannotMoveTheCursor(t *testing.T) {
	s := side("a", func(s *Side) {
		s.Result.Calls[0].Export = "\x1b[2J\n"
		s.Result.Globals[0].Name = "\r"
		s.Result.Stdout = []byte("\x1b[31m")
		s.Result.Calls = append(s.Result.Calls, engine.CallResult{Export: "f", Outcome: engine.Failed, Message: "\x1b]0;x\a"})
	})
	for _, o := range Observe(&s) {
		if strings.ContainsAny(o.Where+o.Text, "\x1b\n\r\a") {
			t.Errorf("%q: %q", o.Where, o.Text)
		}
	}
}

func TestStreamsAreShownFromTheFirstDifference(t *testing.T) {
	long := strings.Repeat("line\n", 100)
	out := func(s string) func(*Side) { return func(side *Side) { side.Result.Stdout = []byte(s) } }
	v := Judge([]Side{side("a", out(long+"x")), side("b", out(long+"x")), side("c", out(long+"y"))}, nil, time.Second)
	if len(v.Rows) != 1 || v.Rows[0].Texts[0] != `501 bytes, from byte 500: "x"` || v.Rows[0].Texts[2] != `501 bytes, from byte 500: "y"` {
		t.Errorf("got %+v", v.Rows)
	}
}

func TestWasmerWideLoad(t *testing.T) {
	module := func(ops ...wasm.Instr) []byte {
		var code []byte
		for i := range ops {
			code = wasm.AppendInstr(code, &ops[i])
		}
		code = wasm.AppendInstr(code, &wasm.Instr{Op: wasm.OpEnd})
		return wasm.Encode(&wasm.Module{Types: []wasm.FuncType{{Results: []wasm.ValType{wasm.I32}}},
			Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1}}}, Funcs: []wasm.Func{{Body: wasm.Expr{Code: code}}}})
	}
	load := []wasm.Instr{{Op: wasm.OpI32Const}, {Op: wasm.OpI32Load, Imm: [2]uint64{0, 65532}}}
	trap := func(c wasm.TrapCode) func(*Side) {
		return func(s *Side) { s.Result.Calls[0] = engine.CallResult{Export: "a", Outcome: engine.Trapped, Trap: c} }
	}
	accept := func(module []byte, c wasm.TrapCode) bool {
		sides := []Side{side("a", nil), side("wasmer", trap(c)), side("b", nil)}
		versions := []string{"", wasmerDefects[0].Versions[0], ""}
		return Accept(module, Judge(sides, nil, time.Second), sides, versions, KnownDefects) != nil
	}
	extended := module(append(load, wasm.Instr{Op: wasm.OpI32Extend16S})...)
	if !accept(extended, wasm.MemoryOutOfBounds) {
		t.Error("the defect was not recognised")
	}
	if accept(extended, wasm.Unreachable) || accept(module(load...), wasm.MemoryOutOfBounds) {
		t.Error("the defect explains what it cannot")
	}
}

func TestWazeroActiveData(t *testing.T) {
	module := func(mode wasm.SegmentMode) []byte {
		one := uint32(1)
		expr := func(ops ...wasm.Instr) (e wasm.Expr) {
			for i := range ops {
				e.Code = wasm.AppendInstr(e.Code, &ops[i])
			}
			e.Code = wasm.AppendInstr(e.Code, &wasm.Instr{Op: wasm.OpEnd})
			return e
		}
		zero := wasm.Instr{Op: wasm.OpI32Const}
		data := wasm.DataSegment{Mode: mode, Init: []byte("x")}
		if mode == wasm.Active {
			data.Offset = expr(zero)
		}
		return wasm.Encode(&wasm.Module{Types: []wasm.FuncType{{}}, Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1}}},
			DataCount: &one, Datas: []wasm.DataSegment{data},
			Funcs: []wasm.Func{{Body: expr(zero, zero, zero, wasm.Instr{Op: wasm.OpMemoryInit})}}})
	}
	trap := func(s *Side) {
		s.Result.Calls[0] = engine.CallResult{Export: "a", Outcome: engine.Trapped, Trap: wasm.MemoryOutOfBounds}
	}
	accept := func(module []byte, sides ...Side) bool {
		versions := []string{"", "", "1.12.0"}
		return Accept(module, Judge(sides, nil, time.Second), sides, versions, KnownDefects) != nil
	}
	if !accept(module(wasm.Active), side("a", trap), side("b", trap), side("wazero", nil)) {
		t.Error("the defect was not recognised")
	}
	if accept(module(wasm.Passive), side("a", trap), side("b", trap), side("wazero", nil)) {
		t.Error("a passive segment is explained by the defect of active ones")
	}
	if accept(module(wasm.Active), side("a", nil), side("b", nil), side("wazero", trap)) {
		t.Error("a trap too many is explained by a trap too few")
	}
	crash := Side{Engine: "wazero", Result: &engine.Result{Stage: engine.StageCrash}}
	if accept(module(wasm.Active), crash, crash, crash) {
		t.Error("a crash is explained")
	}
}
