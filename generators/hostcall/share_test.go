package hostcall

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// pathClasses are the paths that runtimes have been wrong about, and how many of 10,000 must be of the class.
var pathClasses = []struct {
	name  string
	is    func(p string) bool
	least int
}{
	{"empty", func(p string) bool { return p == "" }, 30},
	{"with a NUL byte", func(p string) bool { return strings.Contains(p, "\x00") }, 30},
	{"absolute", func(p string) bool { return strings.HasPrefix(p, "/") }, 50},
	{"with a slash at the end", func(p string) bool { return len(p) > 1 && strings.HasSuffix(p, "/") }, 50},
	{"with two slashes", func(p string) bool { return strings.Contains(p, "//") }, 50},
	{"with a dot at the end", func(p string) bool { return strings.HasSuffix(p, "/.") }, 20},
	{"up, not at the end", func(p string) bool { return strings.Contains(p, "../") }, 300},
	{"up after a link", func(p string) bool {
		return strings.Contains(p, "linkdir/..") || strings.Contains(p, "up/..") || strings.Contains(p, "escape/..") || strings.Contains(p, "link/..")
	}, 20},
	{"of 4096 bytes or more", func(p string) bool { return len(p) >= wasi.MaxPath }, 20},
	{"with a name of more than 255 bytes", func(p string) bool {
		return slices.ContainsFunc(strings.Split(p, "/"), func(c string) bool { return len(c) > 255 })
	}, 20},
	{"not UTF-8", func(p string) bool { return !utf8.ValidString(p) }, 30},
	{"to a loop of links", func(p string) bool { return strings.Contains(p, "loop") }, 100},
	{"to a link out", func(p string) bool { return strings.Contains(p, "escape") || strings.Contains(p, "absolute") }, 300},
	{"to what there is not", func(p string) bool { return strings.Contains(p, "new") || strings.Contains(p, "other") }, 500},
}

// TestPathShares counts the paths of calls by class.
func TestPathShares(t *testing.T) {
	const paths = 10_000
	counts, n := make([]int, len(pathClasses)), 0
	for seed := uint64(0); n < paths; seed++ {
		g := generator{t: tape.New(tape.Random(seed, 1)), opts: &Options{Outside: "/outside"}, next: scratch}
		g.t.Frame()
		p := g.path()
		n++
		for i, c := range pathClasses {
			if c.is(p) {
				counts[i]++
			}
		}
	}
	for i, c := range pathClasses {
		t.Logf("%5.1f %% %s", 100*float64(counts[i])/paths, c.name)
		if counts[i] < c.least {
			t.Errorf("%d of %d paths are %s, want %d", counts[i], paths, c.name, c.least)
		}
	}
}

// TestPointerShares counts where calls are told to write, and descriptors that are wrong on purpose.
func TestPointerShares(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(2000) {
		for _, c := range Generate(tape.Random(seed, 12), Options{}) {
			for i, r := range c.Out {
				counts["pointers"]++
				switch end := r.Addr + r.Len; {
				case end > MemorySize && r.Addr < MemorySize:
					counts["across the end"]++
				case r.Addr >= MemorySize:
					counts["outside"]++
				case end == MemorySize:
					counts["at the end"]++
				}
				if r.Addr%4 != 0 {
					counts["misaligned"]++
				}
				if overlaps(c.Out[:i], r) {
					counts["overlapping"]++
				}
			}
			for i, p := range c.Row.Params {
				if i == 0 && p.Kind.IsFD() {
					counts["descriptors"]++
					if c.Args[0].From == Number {
						counts["wrong numbers"]++
					}
					if c.Args[0].From == AnyFD {
						counts["any descriptors"]++
					}
				}
			}
		}
	}
	for _, c := range []struct {
		name, of string
		least    float64
	}{{"misaligned", "pointers", 5}, {"overlapping", "pointers", 3}, {"at the end", "pointers", 2}, {"across the end", "pointers", 1}, {"outside", "pointers", 1},
		{"wrong numbers", "descriptors", 3}, {"any descriptors", "descriptors", 8}} {
		share := 100 * float64(counts[c.name]) / float64(counts[c.of])
		t.Logf("%5.1f %% of %s: %s", share, c.of, c.name)
		if share < c.least {
			t.Errorf("%.1f %% of %s are %s, want %v %%", share, c.of, c.name, c.least)
		}
	}
}

// TestFollowShares counts calls that are for the same descriptor as the call before, or for the one that it opened.
func TestFollowShares(t *testing.T) {
	calls, follow, last := 0, 0, 0
	for seed := range uint64(2000) {
		list := Generate(tape.Random(seed, 8), Options{})
		for i := 1; i < len(list); i++ {
			calls++
			if len(list[i].Args) == 0 || len(list[i-1].Args) == 0 {
				continue
			}
			switch a := list[i].Args[0]; {
			case a.From == LastFD:
				last++
				follow++
			case a.From != Number && a == list[i-1].Args[0]:
				follow++
			}
		}
	}
	for _, c := range []struct {
		name  string
		n     int
		least float64
	}{{"for the same descriptor as the call before", follow, 15}, {"for what was opened last", last, 1.5}} {
		share := 100 * float64(c.n) / float64(calls)
		t.Logf("%5.1f %% of calls: %s", share, c.name)
		if share < c.least {
			t.Errorf("%.1f %% of calls are %s, want %v %%", share, c.name, c.least)
		}
	}
}
