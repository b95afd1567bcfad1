package workload

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// pack is a program that packs a file by the lengths of its runs: what SPEC's programs do with files, a few hundred reads and writes of
// blocks. It is assembled here, so that no compiler is needed.

const (
	packInput  = "input"
	packOutput = "packed"
	packBlock  = 4096
	packSize   = 1 << 20
)

// Pack returns the program that packs a file, with its input in a tree below dir.
func Pack(_ context.Context, dir string) (*timing.Kernel, error) {
	tree := filepath.Join(dir, "tree")
	if err := os.MkdirAll(tree, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(tree, packInput), packText(), 0o600); err != nil {
		return nil, err
	}
	return &timing.Kernel{Module: packModule(), Export: timing.Start,
		Program: &timing.Program{Args: []string{"pack"}, Tree: tree, Stdout: true}}, nil
}

// packText is the input: runs of bytes whose lengths vary.
func packText() []byte {
	text := make([]byte, 0, packSize+64)
	for x := uint32(1); len(text) < packSize; {
		x = x*1664525 + 1013904223
		for range 1 + x>>28 {
			text = append(text, byte(x>>20))
		}
	}
	return text[:packSize]
}

// packed is what the program writes, in Go: pairs of a length and a byte, block by block.
func packed(text []byte) (out []byte) {
	for len(text) > 0 {
		block := text[:min(packBlock, len(text))]
		text = text[len(block):]
		for i := 0; i < len(block); {
			n := 1
			for i+n < len(block) && n < 255 && block[i+n] == block[i] {
				n++
			}
			out = append(out, byte(n), block[i])
			i += n
		}
	}
	return out
}

// packModule returns the program. It opens both files through the first descriptor that has the input, as kernels with hostcalls do.
func packModule() []byte {
	const (
		inAt, outPathAt, readAt, writeAt, inFD, outFD, nAt = 16, 32, 64, 72, 80, 84, 88
		inBuf, outBuf                                      = 1024, 8192 // of the output, two bytes for each of the input
		dir, at, n, run, to                                = 0, 1, 2, 3, 4
		rightsWrite                                        = 1 << 6
		creatTrunc                                         = 1 | 8
	)
	m := new(module).pages(1)
	m.data(inAt, []byte(packInput)).data(outPathAt, []byte(packOutput))
	m.data(readAt, binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, inBuf), packBlock))
	m.data(writeAt, binary.LittleEndian.AppendUint32(nil, outBuf))
	a := &hostcallBody{module: m, calls: map[string]uint64{}}
	open := func(path int32, name string, oflags int32, rights int64, fd int32) {
		a.Get(dir).I32(0).I32(path).I32(int32(len(name))).I32(oflags).I64(rights).I64(0).I32(0).I32(fd)
		a.call("path_open", "iiiiiIIii:i", 0, 0)
	}
	fail := func() { a.Block(wasm.OpIf).Op(wasm.OpUnreachable).End() }
	a.I32(2).Set(dir)
	a.loop(func() {
		a.addTo(dir, 1)
		a.Get(dir).I32(16).Op(wasm.OpI32GtU)
		fail()
		open(inAt, packInput, 0, 1<<1, inFD)
	})
	open(outPathAt, packOutput, creatTrunc, rightsWrite, outFD)
	fail()
	a.loop(func() {
		a.I32(inFD).Op(wasm.OpI32Load, 2, 0).I32(readAt).I32(1).I32(nAt)
		a.call("fd_read", "iiii:i", 0, 0)
		fail()
		a.I32(nAt).Op(wasm.OpI32Load, 2, 0).Set(n)
		a.I32(0).Set(at).I32(outBuf).Set(to)
		a.unless(func() { a.Get(n).Op(wasm.OpI32Eqz) }, func() {
			a.loop(func() { packRun(a, inBuf, at, n, run, to) })
			a.I32(writeAt).Get(to).I32(outBuf).Op(wasm.OpI32Sub).Op(wasm.OpI32Store, 2, 4)
			a.I32(outFD).Op(wasm.OpI32Load, 2, 0).I32(writeAt).I32(1).I32(nAt)
			a.call("fd_write", "iiii:i", 0, 0)
			fail()
		})
		a.Get(n)
	})
	for _, fd := range []int32{inFD, outFD} {
		a.I32(fd).Op(wasm.OpI32Load, 2, 0)
		a.call("fd_close", "i:i", 0, 0)
		fail()
	}
	m.Func(timing.Start, ":", "iiiii", &a.Body)
	return m.Encode()
}

// packRun packs one run, and leaves whether there are more bytes in the block.
func packRun(a *hostcallBody, buffer int32, at, n, run, to uint64) {
	a.I32(1).Set(run)
	load := func(distance func()) {
		a.Get(at)
		distance()
		a.Op(wasm.OpI32Load8U, 0, uint64(buffer))
	}
	a.Block(wasm.OpBlock)
	a.loop(func() {
		a.Get(at).Get(run).Op(wasm.OpI32Add).Get(n).Op(wasm.OpI32GeU).Op(wasm.OpBrIf, 1)
		a.Get(run).I32(255).Op(wasm.OpI32GeU).Op(wasm.OpBrIf, 1)
		load(func() { a.Get(run).Op(wasm.OpI32Add) })
		load(func() {})
		a.Op(wasm.OpI32Ne).Op(wasm.OpBrIf, 1)
		a.addTo(run, 1)
		a.I32(1)
	})
	a.End()
	a.Get(to).Get(run).Op(wasm.OpI32Store8, 0, 0)
	a.Get(to)
	load(func() {})
	a.Op(wasm.OpI32Store8, 0, 1)
	a.addTo(to, 2)
	a.Get(at).Get(run).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, at)
	a.Get(n).Op(wasm.OpI32LtU)
}
