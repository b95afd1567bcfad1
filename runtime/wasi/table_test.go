package wasi

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// signature is a name with a type.
type signature struct {
	name string
	typ  wasm.FuncType
}

// official reads the official signatures of an interface, in the order of its file.
func official(t *testing.T, file string) (sigs []signature) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]wasm.ValType{"i32": wasm.I32, "i64": wasm.I64}
	list := func(s string) (vs []wasm.ValType) {
		for _, word := range strings.Fields(s) {
			v, ok := types[word]
			if !ok {
				t.Fatalf("testdata: no type %q", word)
			}
			vs = append(vs, v)
		}
		return vs
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, ":")
		params, results, _ := strings.Cut(rest, "->")
		sigs = append(sigs, signature{name, wasm.FuncType{Params: list(params), Results: list(results)}})
	}
	return sigs
}

func TestTableMatchesInterfaces(t *testing.T) {
	preview1, wasmedge := official(t, "preview1.txt"), official(t, "wasmedge.txt")
	if len(preview1) != 46 || len(wasmedge) != 15 {
		t.Fatalf("testdata has %d functions, preview 1 has 46; and %d, WasmEdge has 15", len(preview1), len(wasmedge))
	}
	want, left := slices.Concat(preview1, wasmedge), len(preview1)
	var names []string
	ids := map[string]bool{}
	for h := range Hostcalls() {
		names = append(names, h.Name)
		if ids[h.ID()] {
			t.Errorf("two rows are %s", h.ID())
		}
		ids[h.ID()] = true
		i := slices.IndexFunc(want, func(s signature) bool { return s.name == h.Name && s.typ.Equal(h.Type()) })
		if i < 0 {
			t.Errorf("%s of type %s is in no interface", h.ID(), h.Type())
			continue
		}
		if isPreview1 := i < left; isPreview1 != (h.Shape == "") {
			t.Errorf("%s: only rows of preview 1 have no shape", h.ID())
		} else if isPreview1 {
			left--
		}
		want = slices.Delete(want, i, i+1)
	}
	for _, s := range want {
		t.Errorf("%s of type %s is missing", s.name, s.typ)
	}
	if !slices.IsSorted(names) {
		t.Error("the table is not in alphabetical order")
	}
}

func TestRowsAreComplete(t *testing.T) {
	for h := range Hostcalls() {
		if (h.handler == nil) != (h.Support == Unsupported) {
			t.Errorf("%s: support %s does not fit the handler", h.Name, h.Support)
		}
		if (h.Note == "") == (h.Support != Full) {
			t.Errorf("%s: a note goes with support that is not full, and only with it", h.Name)
		}
		if !strings.HasSuffix(h.Doc, ".") || len(h.steps) > len(h.Params) {
			t.Errorf("%s: incomplete", h.Name)
		}
		if h.ops.Has(policy.FdOpen) && !h.ops.Has(policy.PathAt) || h.ops.Has(policy.SockOpen) && !h.ops.Has(policy.SockCreate) && !h.ops.Has(policy.FdUse) {
			t.Errorf("%s opens descriptors out of nothing", h.Name)
		}
		seen := map[string]bool{}
		for _, p := range h.Params {
			k := p.Kind
			if seen[p.Name] || k.Name == "" || !strings.HasSuffix(k.Doc, ".") {
				t.Errorf("%s: parameter %s: no name or doc of its own", h.Name, p.Name)
			}
			seen[p.Name] = true
			if k.class != classAny && len(k.errnos) == 0 {
				t.Errorf("%s: the check of %s declares no errno", h.Name, p.Name)
			}
			if p.Rights != 0 && !k.IsFD() {
				t.Errorf("%s: %s is no descriptor, but has rights", h.Name, p.Name)
			}
		}
	}
}

// TestAliases: every function of WasmEdge's interface can be imported with the suffix, in one form, and no other name is there twice
// with one type.
func TestAliases(t *testing.T) {
	seen := map[string][]wasm.FuncType{}
	for h := range Hostcalls() {
		for _, name := range h.Names() {
			if slices.ContainsFunc(seen[name], h.Type().Equal) {
				t.Errorf("%s of type %s is there twice", name, h.Type())
			}
			seen[name] = append(seen[name], h.Type())
		}
	}
	for name := range seen {
		base, suffixed := strings.CutSuffix(name, "_v2")
		if strings.HasPrefix(name, "sock_") && !suffixed && len(seen[name+"_v2"]) != 1 {
			t.Errorf("%s_v2 has %d types", name, len(seen[name+"_v2"]))
		}
		if suffixed && len(seen[base]) == 0 {
			t.Errorf("%s is an alias of nothing", name)
		}
	}
}

// TestUsualValuesPass keeps the values that generators prefer on the right side of the checks.
func TestUsualValuesPass(t *testing.T) {
	for h := range Hostcalls() {
		for _, p := range h.Params {
			k := p.Kind
			for _, v := range k.Usual() {
				if k.class == classEnum && v >= k.limit || k.class == classFlags && v&^k.mask != 0 || k.Core[0] == wasm.I32 && v > 1<<32-1 {
					t.Errorf("%s: %s is never %#x in a program that works", h.Name, p.Name, v)
				}
			}
			if k.IsArray() == (p.Count == "") || k.IsArray() && k.Size() == 0 {
				t.Errorf("%s: %s is an array without a count, or the other way round", h.Name, p.Name)
			}
			if (len(k.Fields()) > 0) != (k.IsArray() && k.Reads()) {
				t.Errorf("%s: fields are for arrays that are read, %s is another matter", h.Name, p.Name)
			}
			for _, f := range k.Fields() {
				if f.Size == 0 || f.Size > 8 || f.Offset+f.Size > k.Size() {
					t.Errorf("%s: %s: the field at %d is not inside an element", h.Name, p.Name, f.Offset)
				}
			}
		}
	}
}

func TestNames(t *testing.T) {
	for e := range numErrnos {
		if e.String() == "" {
			t.Errorf("errno %d has no name", e)
		}
	}
	for e, want := range map[Errno]string{ESUCCESS: "ESUCCESS", EBADF: "EBADF", ENOENT: "ENOENT", ENOSYS: "ENOSYS",
		ENOTCAPABLE: "ENOTCAPABLE", 77: "errno(77)"} {
		if e.String() != want {
			t.Errorf("%d is %s, want %s", e, e, want)
		}
	}
	if EBADF != 8 || ENOENT != 44 || ENOSYS != 52 || ENOTCAPABLE != 76 {
		t.Error("the errnos are not numbered as in preview 1")
	}
	if len(rightNames) != 30 || 1<<len(rightNames) != endOfRights {
		t.Errorf("%d rights have names", len(rightNames))
	}
	for _, name := range []string{"ENOENT", "ENOTEMPTY", "EAGAIN", "ENOTSUP", "ELOOP", "EXDEV", "EPIPE"} {
		if !slices.ContainsFunc(slices.Collect(mapValues(hostErrnos)), func(e Errno) bool { return e.String() == name }) {
			t.Errorf("no errno of the host becomes %s", name)
		}
	}
}

func mapValues(m map[int]Errno) func(func(Errno) bool) {
	return func(yield func(Errno) bool) {
		for _, e := range m {
			if !yield(e) {
				return
			}
		}
	}
}
