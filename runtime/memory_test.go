package runtime_test

import (
	"bytes"
	"context"
	"errors"
	goruntime "runtime"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// accesses is a module with a memory of so many pages and exports that use it.
func accesses(pages uint64) *asm.Module {
	var m asm.Module
	m.Memory(pages, wasm.MaxPages)
	m.Func("load", "i:i", "", new(asm.Body).Get(0).Op(wasm.OpI32Load8U, 0, 0))
	m.Func("store", "ii:", "", new(asm.Body).Get(0).Get(1).Op(wasm.OpI32Store8, 0, 0))
	m.Func("store64", "iI:", "", new(asm.Body).Get(0).Get(1).Op(wasm.OpI64Store, 0, 0))
	m.Func("fill", "iii:", "", new(asm.Body).Get(0).Get(1).Get(2).Op(wasm.OpMemoryFill, 0))
	m.Func("copy", "iii:", "", new(asm.Body).Get(0).Get(1).Get(2).Op(wasm.OpMemoryCopy, 0, 0))
	m.Func("grow", "i:i", "", new(asm.Body).Get(0).Op(wasm.OpMemoryGrow, 0))
	return &m
}

// call calls an export with i32 arguments and returns its result, 0 if it has none.
func call(in *runtime.Instance, name string, args ...int32) (int32, error) {
	values := make([]runtime.Value, len(args))
	for i, a := range args {
		values[i] = runtime.I32(a)
	}
	out, err := in.Call(background, name, values...)
	if err != nil || len(out) == 0 {
		return 0, err
	}
	return out[0].I32(), nil
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	f()
	goruntime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestMemoryIsBackedWhereItIsUsed(t *testing.T) {
	var in *runtime.Instance
	n := allocated(func() {
		in = instantiate(t, runtime.New(nil), accesses(wasm.MaxPages), nil) // 4 GiB
		for _, at := range []int32{0, 70_000, 1_000_000} {
			if _, err := call(in, "store", at, 7); err != nil {
				t.Fatal(err)
			}
			if v, err := call(in, "load", at); v != 7 || err != nil {
				t.Errorf("byte %d: %d, %v", at, v, err)
			}
		}
	})
	if n > 16<<20 {
		t.Errorf("a guest that uses one of 4096 MiB took %d MiB", n>>20)
	}
	if n := allocated(func() { instantiate(t, runtime.New(nil), accesses(1), nil) }); n > 64<<10 {
		t.Errorf("an instance with one page that it does not use took %d KiB", n>>10)
	}
}

// TestMemoryBounds tries the edges of a memory whose upper part nothing has used yet, before and after it grows, with each way to
// access it first.
func TestMemoryBounds(t *testing.T) {
	const size = 3 * wasm.PageSize
	for _, c := range []struct {
		name string
		args []int32
		ok   bool
	}{
		{"load", []int32{size - 1}, true}, {"load", []int32{size}, false}, {"load", []int32{-1}, false},
		{"store", []int32{size - 1, 1}, true}, {"store", []int32{size, 1}, false},
		{"fill", []int32{size - 5, 1, 5}, true}, {"fill", []int32{size - 5, 1, 6}, false}, {"fill", []int32{size, 1, 0}, true},
		{"fill", []int32{size + 1, 1, 0}, false}, {"fill", []int32{1, 1, -1}, false},
		{"copy", []int32{size - 5, 0, 5}, true}, {"copy", []int32{0, size - 5, 5}, true}, {"copy", []int32{0, size - 5, 6}, false},
		{"copy", []int32{size, size, 0}, true}, {"copy", []int32{size + 1, 0, 0}, false}, {"copy", []int32{0, size + 1, 0}, false},
	} {
		in := instantiate(t, runtime.New(nil), accesses(3), nil)
		_, err := call(in, c.name, c.args...)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, runtime.MemoryOutOfBounds) {
			t.Errorf("%s%v: %v", c.name, c.args, err)
		}
		if old, err := call(in, "grow", 1); old != 3 || err != nil {
			t.Errorf("grow: %d, %v", old, err)
		}
		if v, err := call(in, "load", size+wasm.PageSize-1); v != 0 || err != nil {
			t.Errorf("last byte after growing: %d, %v", v, err)
		}
		if _, err := call(in, "load", size+wasm.PageSize); !errors.Is(err, runtime.MemoryOutOfBounds) {
			t.Errorf("behind the last byte after growing: %v", err)
		}
		if _, ok := in.Memory().Slice(size+wasm.PageSize-1, 2); ok {
			t.Error("the host was given a byte behind the end")
		}
	}
	in := instantiate(t, runtime.New(nil), accesses(1), nil)
	for at, ok := range map[int32]bool{wasm.PageSize - 8: true, wasm.PageSize - 7: false, 4096 - 4: true} {
		if _, err := in.Call(background, "store64", runtime.I32(at), runtime.I64(-1)); (err == nil) != ok {
			t.Errorf("eight bytes at %d: %v", at, err)
		}
	}
	if v, _ := call(in, "load", wasm.PageSize-7); v != 0xff {
		t.Errorf("a store that traps has written, or one that does not has not: %#x", v)
	}
}

// TestMemoryOfHost uses several slices at once, and lets the guest see what was written to them.
func TestMemoryOfHost(t *testing.T) {
	m := accesses(4)
	in := instantiate(t, runtime.New(nil), m, nil)
	low, _ := in.Memory().Slice(10, 4)
	high, _ := in.Memory().Slice(4*wasm.PageSize-4, 4)
	copy(low, "abcd")
	copy(high, "efgh")
	for at, want := range map[int32]int32{10: 'a', 13: 'd', 4*wasm.PageSize - 1: 'h'} {
		if v, err := call(in, "load", at); v != want || err != nil {
			t.Errorf("byte %d: %c, %v, want %c", at, v, err, want)
		}
	}
}

// TestMemoryEqual compares memories of which other parts were used.
func TestMemoryEqual(t *testing.T) {
	with := func(pages uint64, stores ...int32) *runtime.Memory {
		in := instantiate(t, runtime.New(nil), accesses(pages), nil)
		for _, at := range stores {
			if _, err := call(in, "store", at, 1); err != nil {
				t.Fatal(err)
			}
		}
		return in.Memory()
	}
	zeroed := with(2, 100_000)
	b, _ := zeroed.Slice(100_000, 1)
	b[0] = 0
	for i, c := range []struct {
		a, b *runtime.Memory
		want bool
	}{
		{with(2), with(2), true}, {with(2), with(3), false}, {with(2, 5), with(2), false}, {with(2, 5), with(2, 5), true},
		{with(2, 5), with(2, 5, 100_000), false}, {with(2), zeroed, true}, {with(2, 131_071), with(2), false},
	} {
		if c.a.Equal(c.b) != c.want || c.b.Equal(c.a) != c.want {
			t.Errorf("case %d: want %v", i, c.want)
		}
	}
}

// TestBulkCopyOverlaps copies runs that overlap and are longer than what is copied at once, up and down, and compares with copy.
func TestBulkCopyOverlaps(t *testing.T) {
	const pages, n = 80, 3<<20 + 17
	for _, c := range []struct{ to, from int32 }{{0, 5}, {5, 0}, {1 << 20, 100}, {100, 1 << 20}, {7, 7}} {
		in := instantiate(t, runtime.New(nil), accesses(pages), nil)
		mem, _ := in.Memory().Slice(0, pages*wasm.PageSize)
		for i := range mem {
			mem[i] = byte(i * 7 >> 3)
		}
		want := bytes.Clone(mem)
		copy(want[c.to:c.to+n], want[c.from:c.from+n])
		if _, err := call(in, "copy", c.to, c.from, n); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(mem, want) {
			t.Errorf("copy of %d bytes from %d to %d is wrong", n, c.from, c.to)
		}
	}
}

// TestBulkIsInterrupted fills 4 GiB again and again; the end of the context must not wait for one fill.
func TestBulkIsInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: takes up to a GiB of memory")
	}
	var m asm.Module
	m.Memory(1<<14, 1<<14) // 1 GiB
	m.Func("run", ":", "", new(asm.Body).Block(wasm.OpLoop).I32(0).I32(1).I32(1<<30-1).Op(wasm.OpMemoryFill, 0).Op(wasm.OpBr, 0).End())
	in := instantiate(t, runtime.New(nil), &m, nil)
	ctx, cancel := context.WithTimeout(background, 30*time.Millisecond)
	defer cancel()
	if _, err := in.Call(ctx, "run"); !errors.Is(err, runtime.Interrupted) {
		t.Errorf("error %v", err)
	}
}

// TestMemoryGrowsInSmallSteps: a guest that grows its memory page by page and uses each page has each byte copied a constant number
// of times, not once a step.
func TestMemoryGrowsInSmallSteps(t *testing.T) {
	const pages = 400
	in := instantiate(t, runtime.New(nil), accesses(1), nil)
	n := allocated(func() {
		for i := range int32(pages) {
			if _, err := call(in, "grow", 1); err != nil {
				t.Fatal(err)
			}
			if _, err := call(in, "store", i<<16+65535, 7); err != nil {
				t.Fatal(err)
			}
		}
	})
	if most := uint64(8 * pages * wasm.PageSize); n > most {
		t.Errorf("%d bytes were allocated for %d pages, more than %d", n, pages, most)
	}
}
