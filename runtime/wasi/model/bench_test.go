package model

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// BenchmarkJudge judges outcomes of a few kinds, which should cost around a microsecond each: go test ./runtime/wasi/model -bench Judge.
func BenchmarkJudge(b *testing.B) {
	w := newWorld(&testing.T{})
	w.allowed(opens("file", 6, 0, all, 0), opens("dir", 7, wasi.ODirectory, all, 0))
	for name, d := range map[string]does{
		"seek":    {call: "fd_seek", args: []any{6, 3, 0, out{}}, res: []any{uint64(3)}},
		"pread":   {call: "fd_pread", args: []any{6, iov{4, 4}, 2, out{}}, out: "23456789", res: []any{8}},
		"stat":    {call: "path_filestat_get", args: []any{3, 1, "inward", out{}}, res: []any{stat(0, regular, 1, 10, 0)}},
		"readdir": {call: "fd_readdir", args: []any{7, buf(500), 0, out{}}, out: dirents(0, ". .. file sub/"), res: []any{len(dirents(0, ". .. file sub/"))}},
	} {
		o := w.outcome(d)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if breach := w.m.Judge(o); breach != nil {
					b.Fatal(breach)
				}
			}
		})
	}
}

// BenchmarkNew makes the model of a guest, which is done once a sequence.
func BenchmarkNew(b *testing.B) {
	cfg := newWorld(&testing.T{}).m.cfg
	for b.Loop() {
		New(cfg)
	}
}
