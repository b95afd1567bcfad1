package coverage

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// samples are values and their classes: at least one for each class of each type.
var samples = map[wasm.ValType]map[string][][2]uint64{
	wasm.I32: {
		"zero": {{0}}, "one": {{1}}, "minus_one": {{0xffffffff}}, "min": {{0x80000000}}, "max": {{0x7fffffff}},
		"power_of_two": {{2}, {0x40000000}}, "small": {{3}, {255}}, "small_negative": {{0xfffffffe}, {0xffffff00}},
		"positive": {{257}, {0x7ffffffe}}, "negative": {{0xfffffeff}, {0x80000001}},
	},
	wasm.I64: {
		"zero": {{0}}, "one": {{1}}, "minus_one": {{math.MaxUint64}}, "min": {{1 << 63}}, "max": {{1<<63 - 1}},
		"power_of_two": {{2}, {1 << 32}}, "small": {{3}, {255}}, "small_negative": {{^uint64(1)}, {^uint64(255)}},
		"positive": {{257}, {0xffffffff}}, "negative": {{^uint64(256)}, {1<<63 + 1}},
	},
	wasm.F32: {
		"zero": {{0}}, "minus_zero": {{0x80000000}}, "one": {{0x3f800000}}, "minus_one": {{0xbf800000}},
		"inf": {{0x7f800000}}, "minus_inf": {{0xff800000}}, "canonical_nan": {{0x7fc00000}, {0xffc00000}},
		"quiet_nan": {{0x7fc00001}, {0xffffffff}}, "signalling_nan": {{0x7f800001}, {0xffbfffff}},
		"subnormal": {{1}, {0x807fffff}}, "huge": {{0x5f000000}, {0xff7fffff}}, "integer": {{0x40000000}, {0xc2000000}},
		"positive": {{0x3fc00000}, {0x00800000}}, "negative": {{0xbfc00000}},
	},
	wasm.F64: {
		"zero": {{0}}, "minus_zero": {{1 << 63}}, "one": {{math.Float64bits(1)}}, "minus_one": {{math.Float64bits(-1)}},
		"inf": {{math.Float64bits(math.Inf(1))}}, "minus_inf": {{math.Float64bits(math.Inf(-1))}},
		"canonical_nan": {{0x7ff8 << 48}, {0xfff8 << 48}}, "quiet_nan": {{0x7ff8<<48 | 1}}, "signalling_nan": {{0x7ff0<<48 | 1}, {0xfff4 << 48}},
		"subnormal": {{1}, {1<<63 | 1<<51}}, "huge": {{math.Float64bits(1 << 63)}, {math.Float64bits(-math.MaxFloat64)}},
		"integer": {{math.Float64bits(2)}, {math.Float64bits(-1 << 62)}}, "positive": {{math.Float64bits(0.5)}}, "negative": {{math.Float64bits(-1.5)}},
	},
	wasm.V128: {
		"zero": {{0, 0}}, "ones": {{math.MaxUint64, math.MaxUint64}}, "bytes_equal": {{0x0303030303030303, 0x0303030303030303}},
		"halves_equal": {{7, 7}}, "low_half": {{7, 0}}, "mixed": {{0, 7}, {1, 2}},
	},
	wasm.FuncRef:   {"null": {{0}}, "reference": {{1}, {1000}}},
	wasm.ExternRef: {"null": {{0}}, "reference": {{1}}},
}

func TestClasses(t *testing.T) {
	for typ, k := range kinds {
		for i, name := range k.classes {
			values := samples[typ][name]
			if len(values) == 0 {
				t.Errorf("%s: no sample of class %s", k.name, name)
			}
			for _, v := range values {
				if got := k.of(v[0], v[1]); got != i {
					t.Errorf("%s %#x is %s, want %s", k.name, v, k.classes[got], name)
				}
			}
		}
		if len(samples[typ]) != len(k.classes) {
			t.Errorf("%s: samples of %d classes, but there are %d", k.name, len(samples[typ]), len(k.classes))
		}
	}
}

func TestPlaces(t *testing.T) {
	const size = 65536
	for _, c := range []struct {
		address, width uint64
		want           string
	}{
		{0, 4, "start"}, {size - 4, 4, "end"}, {size - 1, 1, "end"}, {6, 4, "unaligned"}, {8, 4, "inside"}, {7, 1, "inside"},
		{size - 3, 4, "straddling"}, {size - 1, 16, "straddling"}, {size, 1, "outside"}, {math.MaxUint32, 4, "outside"},
		{math.MaxUint32 + 1, 4, "beyond"}, {2 * math.MaxUint32, 1, "beyond"},
	} {
		if got := addresses.classes[ofAddress(c.address, c.width, size)]; got != c.want {
			t.Errorf("%d bytes at %#x of %#x: %s, want %s", c.width, c.address, size, got, c.want)
		}
	}
}

// TestCount counts instructions of every form and compares the cells that are not zero.
func TestCount(t *testing.T) {
	i32, v128 := wasm.I32, wasm.V128
	c := New()
	c.Count(wasm.OpNop, nil, nil, Access{})
	c.Count(wasm.OpI32Eqz, []wasm.ValType{i32}, []uint64{0}, Access{})
	for range 3 {
		c.Count(wasm.OpI32DivS, []wasm.ValType{i32, i32}, []uint64{0x80000000, 0xffffffff}, Access{})
	}
	c.Count(wasm.OpI32Store, []wasm.ValType{i32, i32}, []uint64{65535, 1}, Access{Offset: 1, Memory: 65536})
	c.Count(wasm.OpV128Load, []wasm.ValType{i32}, []uint64{65520}, Access{Memory: 65536})
	c.Count(wasm.OpV128Bitselect, []wasm.ValType{v128, v128, v128}, []uint64{0, 0, 1, 1, 0, 1}, Access{})
	c.Count(wasm.OpMemoryFill, []wasm.ValType{i32, i32, i32}, []uint64{5, 1, 0}, Access{})
	c.Count(wasm.OpDrop, []wasm.ValType{wasm.FuncRef}, []uint64{0}, Access{})
	c.Count(wasm.OpLocalSet, []wasm.ValType{v128}, []uint64{3, 0}, Access{})
	c.Count(wasm.OpBrIf, []wasm.ValType{i32, i32}, []uint64{7, 1}, Access{})
	c.Count(wasm.OpCall, []wasm.ValType{i32}, []uint64{7}, Access{})
	want := map[string]uint64{
		"i32.eqz i32:zero": 1, "i32.div_s i32:min i32:minus_one": 3, "i32.store address:outside i32:one": 1, "v128.load address:end": 1,
		"v128.bitselect 0:v128:zero": 1, "v128.bitselect 1:v128:halves_equal": 1, "v128.bitselect 2:v128:mixed": 1,
		"memory.fill 0:i32:small": 1, "memory.fill 1:i32:one": 1, "memory.fill 2:i32:zero": 1,
		"drop funcref:null": 1, "local.set v128:low_half": 1, "br_if i32:one": 1,
	}
	all := New()
	all.Merge(c)
	all.Merge(c)
	for cell, n := range all.All() {
		if name := cell.String(); n != 2*want[name] {
			t.Errorf("%s was counted %d times, want %d", name, n, 2*want[name])
		} else {
			delete(want, name)
		}
	}
	for name := range want {
		t.Errorf("there is no cell %s", name)
	}
	if n := all.Executed(wasm.OpI32DivS); n != 6 {
		t.Errorf("i32.div_s was executed %d times, want 6", n)
	}
	if s := all.Summary(wasm.AllFeatures); s.Ops != 11 || s.Cells != 13 || s.AllOps != wasm.NumOps {
		t.Errorf("summary %+v", s)
	}
	if s := all.Summary(wasm.Features(wasm.MVP)); s.Ops != 8 || s.Cells != 6 || s.AllOps >= wasm.NumOps {
		t.Errorf("summary without features %+v", s)
	}
}

// TestCells: the cells that are listed are all there are, but for what accesses of a byte cannot do, and all have names of their own.
func TestCells(t *testing.T) {
	names, seen := map[string]bool{}, map[string]wasm.Op{}
	for cell := range New().All() {
		if op, ok := seen[cell.String()]; ok && op == cell.Op { // both forms of select have one name
			t.Errorf("two cells %s", cell)
		}
		names[cell.String()], seen[cell.String()] = true, cell.Op
	}
	if names["i32.load8_s address:straddling"] || !names["i32.load16_s address:straddling"] || len(names) > numCells {
		t.Errorf("%d cells of %d are possible", len(names), numCells)
	}
	t.Logf("%d cells, %d possible", numCells, len(names))
}

// TestCountAny counts any operands of any instruction: whatever a guest computes has a class.
func TestCountAny(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	c := New()
	for op, info := range wasm.Ops() {
		types := anyType
		if info.Class != wasm.ClassCustom {
			types = op.Operands().Params
		}
		for range 100 {
			var slots []uint64
			for _, typ := range types {
				slots = append(slots, r.Uint64()>>r.IntN(64))
				if typ == wasm.V128 {
					slots = append(slots, r.Uint64())
				}
			}
			c.Count(op, types, slots, Access{Offset: uint64(r.Uint32()), Memory: 65536})
		}
	}
	if s := c.Summary(wasm.AllFeatures); s.Ops != s.AllOps {
		t.Errorf("%+v", s)
	}
}

func BenchmarkCount(b *testing.B) {
	c, types := New(), []wasm.ValType{wasm.I32, wasm.I32}
	slots := []uint64{1 << 20, 0xfffffff0}
	b.ReportAllocs()
	for b.Loop() {
		c.Count(wasm.OpI32Add, types, slots, Access{})
	}
}
