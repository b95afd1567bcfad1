package wasm_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

const (
	header     = "\x00asm\x01\x00\x00\x00"
	allocLimit = 64 << 20 // bytes that judging one module may allocate
)

// module puts sections after the header.
func module(sections ...[]byte) []byte { return append([]byte(header), bytes.Join(sections, nil)...) }

func section(id wasm.SectionID, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	return append(wasm.AppendU32([]byte{byte(id)}, uint32(len(content))), content...)
}

func count(n int) []byte { return wasm.AppendU32(nil, uint32(n)) }

// oneFunc is a module with one function of type 0 of the given types.
func oneFunc(types []byte, body ...[]byte) []byte {
	b := bytes.Join(body, nil)
	return module(types, section(wasm.SectionFunction, []byte{1, 0}), section(wasm.SectionCode, []byte{1}, count(len(b)), b))
}

// nullary is a type section with the type () -> ().
var nullary = section(wasm.SectionType, []byte("\x01\x60\x00\x00"))

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestHostileModules(t *testing.T) {
	rep := func(s string, n int) []byte { return bytes.Repeat([]byte(s), n) }
	const million = 1 << 20
	wide := func(n int) []byte { // n types () -> (i32 × 1000), then () -> ()
		one := append([]byte("\x60\x00\xe8\x07"), rep("\x7f", 1000)...)
		return section(wasm.SectionType, count(n+1), []byte("\x60\x00\x00"), bytes.Repeat(one, n))
	}
	// Blocks of many different wide types around br_tables that name them all.
	labels := wasm.AppendU32([]byte{0x0e}, 400)
	for i := range 401 {
		labels = wasm.AppendU32(labels, uint32(i))
	}
	var nest []byte
	for i := range 401 {
		nest = wasm.AppendS64(append(nest, 0x02), int64(i+1))
	}
	// Each time 1000 operands (function 1 gives them), which each label compares with its types.
	branch := append([]byte("\x10\x01\x41\x00"), labels...)
	wideBody := slices.Concat([]byte{0}, nest, bytes.Repeat(branch, 1000), rep("\x0b", 401), []byte("\x00\x0b"))
	// By default such modules are refused before they cost anything; here they must not cost too much.
	raised := wasm.ModuleLimits{wasm.LimitNesting: 1 << 21, wasm.LimitLabels: 1 << 21}
	tests := []struct {
		name    string
		src     []byte
		verdict string
		within  time.Duration
	}{
		{"2^32-1 locals", oneFunc(nullary, []byte("\x01\xff\xff\xff\xff\x0f\x7f\x0b")), "limit", time.Millisecond},
		{"2^32 locals", oneFunc(nullary, []byte("\x02\xff\xff\xff\xff\x0f\x7f\x01\x7f\x0b")), spectest.Malformed, time.Millisecond},
		{"50000 locals in each function", module(nullary,
			section(wasm.SectionFunction, count(20000), make([]byte, 20000)),
			section(wasm.SectionCode, count(20000), rep("\x06\x01\xd0\x86\x03\x7f\x0b", 20000))), spectest.Accepted, 5 * time.Second},
		{"a million blocks", oneFunc(nullary, []byte{0}, rep("\x02\x40", million), rep("\x0b", million+1)), spectest.Accepted, 5 * time.Second},
		{"a million open blocks", oneFunc(nullary, []byte{0}, rep("\x02\x40", million)), spectest.Malformed, 5 * time.Second},
		{"a million ends", oneFunc(nullary, []byte{0}, rep("\x0b", million)), spectest.Malformed, time.Second},
		{"br_table of a million labels", oneFunc(nullary, []byte{0}, []byte("\x41\x00\x0e"), count(million), make([]byte, million+1), []byte("\x0b")), spectest.Accepted, 5 * time.Second},
		{"br_table of 2^32-1 labels", oneFunc(nullary, []byte("\x00\x41\x00\x0e\xff\xff\xff\xff\x0f\x0b")), spectest.Malformed, time.Second},
		{"br_tables of wide labels", module(wide(401), section(wasm.SectionFunction, []byte{2, 0, 1}), section(wasm.SectionCode, []byte{2},
			count(len(wideBody)), wideBody, []byte("\x03\x00\x00\x0b"))), spectest.Accepted, 5 * time.Second},
		{"operands without bound", oneFunc(nullary, []byte{0}, rep("\x41\x00", million), []byte("\x0b")), "limit", time.Second},
		{"select with 2^32-1 types", oneFunc(nullary, []byte("\x00\x1c\xff\xff\xff\xff\x0f\x0b")), spectest.Malformed, time.Second},
		{"1001 parameters", module(section(wasm.SectionType, []byte("\x01\x60\xe9\x07"), rep("\x7f", 1001), []byte{0})), "limit", time.Second},
	}
	for _, test := range tests {
		var err error
		began := time.Now()
		n := allocated(func() { err = checkWithin(&raised, test.src) })
		took := time.Since(began)
		got := verdict(err)
		if limit := (*wasm.LimitError)(nil); errors.As(err, &limit) {
			got = "limit"
		}
		if got != test.verdict || n > max(allocLimit, 32*uint64(len(test.src))) {
			t.Errorf("%s: want %s, got %s (%v); %d bytes allocated", test.name, test.verdict, got, err, n)
		}
		if took > 10*test.within { // ten times: the machine may be busy
			t.Errorf("%s: took %v", test.name, took)
		}
		t.Logf("%s: %d bytes, %v, %.1f MiB allocated", test.name, len(test.src), took, float64(n)/million)
	}
}

// TestHostileCounts declares more elements than there are bytes, and as many as there are bytes, in every section.
func TestHostileCounts(t *testing.T) {
	for id := wasm.SectionType; id < wasm.NumSections; id++ {
		for _, n := range []int{1<<32 - 1, 1 << 20, 1 << 19} {
			src := module(section(id, count(n), make([]byte, 1<<20)))
			var err error
			got := allocated(func() { err = check(src) })
			if err == nil {
				t.Errorf("section %d with %d elements was accepted", id, n)
			}
			if got > allocLimit || n > len(src) && got > 1<<20 {
				t.Errorf("section %d with %d elements: %d bytes allocated", id, n, got)
			}
		}
	}
}

// exercise decodes and validates the sources, then does with what decodes whatever a reader of modules may do. It
// returns how many decode and how many are valid.
func exercise(t *testing.T, sources [][]byte) (decoded, valid int) {
	modules, errs := make([]*wasm.Module, len(sources)), make([]error, len(sources))
	n := allocated(func() {
		for i, src := range sources {
			if modules[i], errs[i] = wasm.Decode(src); errs[i] == nil {
				errs[i] = wasm.Validate(modules[i])
			}
		}
	})
	if n > allocLimit { // for all together, which is stricter
		t.Errorf("%d bytes allocated for one of the sources %x", n, sources)
	}
	for i, m := range modules {
		checkOffset(t, sources[i], errs[i])
		if m == nil {
			continue
		}
		decoded++
		if errs[i] == nil {
			valid++
		}
		m.FuncNames()
		if err := wasm.Disassemble(io.Discard, m); err != nil {
			t.Errorf("%x: disassemble: %v", sources[i], err)
		}
		checkRoundTrip(t, "mutated", m)
	}
	return decoded, valid
}

// checkOffset checks that an error points into the module.
func checkOffset(t *testing.T, src []byte, err error) {
	var m *wasm.MalformedError
	var i *wasm.InvalidError
	offset := 0
	switch {
	case errors.As(err, &m):
		offset = m.Offset
	case errors.As(err, &i):
		offset = i.Offset
	}
	if offset < 0 || offset > len(src) {
		t.Errorf("%x: the offset is outside the module: %v", src, err)
	}
}

const (
	tries = 10000
	batch = 50
)

func TestRandomBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range tries / batch {
		var sources [][]byte
		for range batch {
			b := make([]byte, rng.IntN(200))
			for i := range b {
				b[i] = byte(rng.Uint32())
			}
			sources = append(sources, b, module(b), oneFunc(nullary, []byte{0}, b))
		}
		exercise(t, sources)
	}
}

func TestMutatedModules(t *testing.T) {
	var seeds [][]byte
	for _, suite := range []string{spectest.V1, spectest.V2} {
		eachCommand(t, suite, func(s *spectest.Script, c *spectest.Command) {
			if b := s.Wasm(t, c); c.Type == spectest.Module && len(b) < 4096 {
				seeds = append(seeds, b)
			}
		})
	}
	rng := rand.New(rand.NewPCG(3, 4))
	decoded, valid := 0, 0
	for i := 0; i < tries; i += batch {
		var sources [][]byte
		for j := range batch {
			src, other := seeds[(i+j)%len(seeds)], seeds[rng.IntN(len(seeds))]
			if j%2 == 0 {
				sources = append(sources, mutate(rng, src, other))
			} else {
				sources = append(sources, mutateBody(t, rng, src, other))
			}
		}
		d, v := exercise(t, sources)
		decoded += d
		valid += v
	}
	t.Logf("of %d mutated modules %d decode and %d are valid", tries, decoded, valid)
	if decoded < tries/5 || valid < tries/10 || decoded-valid < tries/20 {
		t.Error("the mutations leave too little to test")
	}
}

// mutateBody mutates the instructions of one function of src and keeps the sizes around it right.
func mutateBody(t *testing.T, rng *rand.Rand, src, other []byte) []byte {
	m, err := wasm.Decode(src)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Funcs) == 0 {
		return mutate(rng, src, other)
	}
	body := &m.Funcs[rng.IntN(len(m.Funcs))].Body
	last := len(body.Code) - 1
	body.Code = append(mutate(rng, body.Code[:last], other), body.Code[last])
	return wasm.Encode(m)
}

// mutate changes a few places of a copy of src; other is where foreign bytes come from.
func mutate(rng *rand.Rand, src, other []byte) []byte {
	b := bytes.Clone(src)
	edges := []byte{0, 1, 0x0b, 0x40, 0x7f, 0x80, 0xfc, 0xfd, 0xff}
	for range 1 + rng.IntN(2) {
		if len(b) == 0 {
			return b
		}
		i := rng.IntN(len(b))
		switch rng.IntN(7) {
		case 0:
			b[i] ^= 1 << rng.IntN(8)
		case 1:
			b[i] = edges[rng.IntN(len(edges))]
		case 2:
			b[i] += byte(1 + rng.IntN(3))
		case 3:
			b = append(b[:i], b[i+1:]...)
		case 4:
			b = append(b[:i], append([]byte{edges[rng.IntN(len(edges))]}, b[i:]...)...)
		case 5:
			if rng.IntN(4) == 0 {
				b = b[:i]
			}
		case 6:
			j := rng.IntN(len(other))
			copy(b[i:], other[j:min(len(other), j+1+rng.IntN(16))])
		}
	}
	return b
}
