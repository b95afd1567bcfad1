package worker

import (
	"slices"
	"testing"
)

func TestLast(t *testing.T) {
	var last Last[string]
	var dropped []string
	put := func(module []byte, x string) bool {
		return last.Put(module, x, func() { dropped = append(dropped, x) })
	}
	small, a, b := make([]byte, keepFrom-1), make([]byte, keepFrom), make([]byte, keepFrom)
	b[keepFrom-1] = 1
	last.Drop()
	if _, ok := last.Get(a); ok {
		t.Error("nothing was kept, but something is there")
	}
	if put(small, "small") || len(dropped) > 0 {
		t.Error("a small module is kept")
	}
	if !put(a, "a") {
		t.Error("a large module is not kept")
	}
	if x, ok := last.Get(slices.Clone(a)); !ok || x != "a" {
		t.Errorf("of a there is %q", x)
	}
	if _, ok := last.Get(b); ok {
		t.Error("another module of the same size is taken for it")
	}
	put(b, "b")
	if _, ok := last.Get(a); ok || !slices.Equal(dropped, []string{"a"}) {
		t.Errorf("a is still kept; dropped %v", dropped)
	}
	last.Drop()
	last.Drop()
	if !slices.Equal(dropped, []string{"a", "b"}) {
		t.Errorf("dropped %v", dropped)
	}
}
