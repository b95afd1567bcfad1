package wasi

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
)

func TestArgsAndEnviron(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	for _, tt := range []struct {
		get, sizes string
		want       []string
	}{
		{"args_get", "args_sizes_get", []string{"prog", "one", ""}},
		{"environ_get", "environ_sizes_get", []string{"A=1", "LONGER=value"}},
	} {
		w.want(ESUCCESS, tt.sizes, outAt, outAt+4)
		count, size := w.u32(outAt), w.u32(outAt+4)
		if int(count) != len(tt.want) {
			t.Fatalf("%s: %d strings, want %d", tt.sizes, count, len(tt.want))
		}
		end := w.mem(bufAt+uint64(size), 1)
		end[0] = '?'
		w.want(ESUCCESS, tt.get, outAt, bufAt)
		at := uint64(bufAt)
		for i, s := range tt.want {
			if got := uint64(w.u32(outAt + 4*uint64(i))); got != at {
				t.Errorf("%s: string %d is at %d, want %d", tt.get, i, got, at)
			}
			if got := string(w.mem(at, uint64(len(s))+1)); got != s+"\x00" {
				t.Errorf("%s: string %d is %q, want %q", tt.get, i, got, s)
			}
			at += uint64(len(s)) + 1
		}
		if at != bufAt+uint64(size) || end[0] != '?' {
			t.Errorf("%s: the strings need %d bytes, %s says %d", tt.get, at-bufAt, tt.sizes, size)
		}
		w.want(EFAULT, tt.sizes, 65533, outAt)
		w.want(EFAULT, tt.sizes, outAt, 1<<32-1)
		w.want(EFAULT, tt.get, 65536-4*uint64(count)+1, bufAt)
		w.want(EFAULT, tt.get, outAt, 65536-uint64(size)+1)
		w.want(ESUCCESS, tt.get, outAt, 65536-uint64(size))
	}
}

func TestConfigErrors(t *testing.T) {
	for name, cfg := range map[string]*Config{
		"NUL in an argument":     {Args: []string{"a\x00b"}},
		"NUL in the env":         {Env: []string{"a=\x00"}},
		"missing preopen":        {Preopens: []Preopen{{Host: "testdata/nowhere"}}},
		"file as preopen":        {Preopens: []Preopen{{Host: "testdata/preview1.txt"}}},
		"too few descriptors":    {MaxFDs: 3, Preopens: []Preopen{{Host: "testdata"}}},
		"name that is not UTF-8": {Preopens: []Preopen{{Host: "testdata", Guest: "\xff"}}},
	} {
		if s, err := New(cfg); err == nil {
			s.Close()
			t.Errorf("%s: accepted", name)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
	s, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
