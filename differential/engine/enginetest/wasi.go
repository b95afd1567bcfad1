package enginetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Addresses in the memory of the WASI programs below.
const (
	addrCount  = 0    // a number that a hostcall returns
	addrLength = 4    // another
	addrFD     = 8    // a descriptor that path_open returns
	addrIovec  = 16   // one buffer
	addrPtrs   = 256  // argv, environ
	addrText   = 1024 // arguments, environment
	addrBuf    = 2048 // input
	addrPath   = 4096 // path names
	bufSize    = 512
)

// Rights and flags of preview 1.
const (
	rightRead  = 1 << 1
	rightWrite = 1 << 6
	creat      = 1 << 0
)

// program is a WASI program under construction: a module with the hostcalls that it uses.
type program struct {
	module
	calls map[string]uint64
	step  int32
	body  code
}

// hostcalls gives the parameter types of those that the programs use; all but proc_exit return an errno.
var hostcalls = []struct {
	name   string
	params types
}{
	{"args_sizes_get", types{wasm.I32, wasm.I32}},
	{"args_get", types{wasm.I32, wasm.I32}},
	{"environ_sizes_get", types{wasm.I32, wasm.I32}},
	{"environ_get", types{wasm.I32, wasm.I32}},
	{"fd_read", types{wasm.I32, wasm.I32, wasm.I32, wasm.I32}},
	{"fd_write", types{wasm.I32, wasm.I32, wasm.I32, wasm.I32}},
	{"fd_close", types{wasm.I32}},
	{"path_open", types{wasm.I32, wasm.I32, wasm.I32, wasm.I32, wasm.I32, wasm.I64, wasm.I64, wasm.I32, wasm.I32}},
	{"proc_exit", types{wasm.I32}},
}

func newProgram(paths string) *program {
	p := &program{calls: map[string]uint64{}}
	for _, c := range hostcalls {
		results := types{wasm.I32}
		if c.name == "proc_exit" {
			results = nil
		}
		p.calls[c.name] = p.importFunc(engine.WASIModule, c.name, c.params, results)
	}
	p.memory("memory", limits(1))
	p.data(addrPath, paths)
	return p
}

func (p *program) call(name string) code { return op(wasm.OpCall, p.calls[name]) }

// do makes a hostcall; if it fails, the program exits with 100 and the number of the step.
func (p *program) do(name string, args ...code) {
	p.step++
	p.body = seq(p.body, seq(args...), p.call(name),
		op(wasm.OpIf, blockImm(wasm.EmptyBlock)), i32(100+p.step), p.call("proc_exit"), op(wasm.OpEnd))
}

func load(addr int32) code { return seq(i32(addr), op(wasm.OpI32Load, 2, 0)) }

func store(addr int32, v code) code { return seq(i32(addr), v, op(wasm.OpI32Store, 2, 0)) }

// write writes length bytes at addr to a descriptor.
func (p *program) write(fd code, addr int32, length code) {
	p.body = seq(p.body, store(addrIovec, i32(addr)), store(addrIovec+4, length))
	p.do("fd_write", fd, i32(addrIovec), i32(1), i32(addrCount))
}

// read reads into the buffer; the length is at addrLength.
func (p *program) read(fd code) {
	p.body = seq(p.body, store(addrIovec, i32(addrBuf)), store(addrIovec+4, i32(bufSize)))
	p.do("fd_read", fd, i32(addrIovec), i32(1), i32(addrLength))
}

// openArgs are the arguments of path_open for a name in the paths, below the first directory.
func (h *harness) openArgs(at, length, flags int32, rights uint64) []code {
	dir := h.Features().FirstDir
	if dir == 0 {
		dir = 3
	}
	return []code{i32(int32(dir)), i32(0), i32(addrPath + at), i32(length), i32(flags), i64(rights), i64(0), i32(0), i32(addrFD)}
}

// testWASI runs a program that prints its arguments, environment and input, copies a file, and exits with 7.
func testWASI(t *testing.T, h *harness) {
	p := newProgram("in.txtout.txt")
	for _, list := range []string{"args", "environ"} {
		p.do(list+"_sizes_get", i32(addrCount), i32(addrLength))
		p.do(list+"_get", i32(addrPtrs), i32(addrText))
		p.write(i32(1), addrText, load(addrLength))
	}
	p.read(i32(0))
	p.write(i32(2), addrBuf, load(addrLength))
	p.do("path_open", h.openArgs(0, 6, 0, rightRead)...)
	p.read(load(addrFD))
	p.do("fd_close", load(addrFD))
	p.do("path_open", h.openArgs(6, 7, creat, rightWrite)...)
	p.write(load(addrFD), addrBuf, load(addrLength))
	p.do("fd_close", load(addrFD))
	p.body = seq(p.body, i32(7), p.call("proc_exit"))
	p.function("_start", nil, nil, p.body)
	p.function("other", nil, nil, op(wasm.OpUnreachable)) // is not called: a command has one entry point

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "in.txt"), []byte("file content"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second run must not see the first one's streams
		res := h.do(t, &engine.Job{Module: p.bytes(), WASI: &engine.WASI{
			Args:  []string{"program", "-flag", "x y"},
			Env:   []string{"A=1", "B=two=2"},
			Stdin: []byte("input"),
			Dirs:  []engine.Dir{{Host: dir, Guest: "/"}},
		}})
		wantStage(t, res, engine.StageRun)
		wantCalls(t, res, engine.CallResult{Export: "_start", Outcome: engine.Exited, Exit: 7})
		if want := "program\x00-flag\x00x y\x00A=1\x00B=two=2\x00"; string(res.Stdout) != want {
			t.Errorf("stdout %q, want %q", res.Stdout, want)
		}
		if string(res.Stderr) != "input" {
			t.Errorf("stderr %q, want %q", res.Stderr, "input")
		}
		if len(res.Memories) != 1 {
			t.Errorf("memories %+v, want one: the state is read after an exit too", res.Memories)
		}
		out, err := os.ReadFile(filepath.Join(dir, "out.txt"))
		if err != nil || string(out) != "file content" {
			t.Errorf("out.txt: %q, %v", out, err)
		}
		os.Remove(filepath.Join(dir, "out.txt"))
	}
}

// testWASIReadOnly tries to create a file in a directory that is read-only.
func testWASIReadOnly(t *testing.T, h *harness) {
	if !h.Features().ReadOnlyDirs {
		t.Skipf("%s cannot make directories read-only", h.Name())
	}
	p := newProgram("new.txt")
	p.function("try", nil, types{wasm.I32}, seq(h.openArgs(0, 7, creat, rightWrite)...), p.call("path_open"))
	dir := t.TempDir()
	res := h.do(t, &engine.Job{Module: p.bytes(), WASI: &engine.WASI{Args: []string{"p"}, Dirs: []engine.Dir{{Host: dir, Guest: "/", ReadOnly: true}}}})
	wantStage(t, res, engine.StageRun)
	if len(res.Calls) != 1 || res.Calls[0].Outcome != engine.Returned || res.Calls[0].Values[0].Bits == 0 {
		t.Errorf("calls %+v, want an errno", res.Calls)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("directory %v, %v; want it empty", entries, err)
	}
}

// testWASIReactor calls _initialize first and only once, then the other exports; a host function beside WASI works too.
func testWASIReactor(t *testing.T, h *harness) {
	p := &program{calls: map[string]uint64{}}
	host := p.importFunc("env", "f", nil, types{wasm.I64})
	p.global("g", wasm.I32, i32(1))
	p.function("get", nil, types{wasm.I32}, op(wasm.OpGlobalGet, 0))
	p.function("_initialize", nil, nil, op(wasm.OpGlobalGet, 0), i32(4), op(wasm.OpI32Add), op(wasm.OpGlobalSet, 0))
	p.function("host", nil, types{wasm.I64}, op(wasm.OpCall, host))
	res := h.do(t, &engine.Job{Module: p.bytes(), WASI: &engine.WASI{Args: []string{"p"}}})
	wantStage(t, res, engine.StageRun)
	wantCalls(t, res, returned("_initialize"), returned("get", value(wasm.I32, 5)),
		returned("host", engine.HostResult("env", "f", nil, types{wasm.I64})...))
}

// testWASIUnlinkable imports what WASI does not have.
func testWASIUnlinkable(t *testing.T, h *harness) {
	unknown := new(module)
	unknown.importFunc(engine.WASIModule, "fd_nonsense", types{wasm.I32}, types{wasm.I32})
	unknown.memory("memory", limits(1))
	wrong := new(module)
	wrong.importFunc(engine.WASIModule, "fd_close", types{wasm.I64}, types{wasm.I32})
	wrong.memory("memory", limits(1))
	for name, m := range map[string]*module{"unknown name": unknown, "wrong type": wrong} {
		res := h.do(t, &engine.Job{Module: m.bytes(), WASI: &engine.WASI{Args: []string{"p"}}})
		if res.Stage != engine.StageUnlinkable {
			t.Errorf("%s: stage %q (%s), want %q", name, res.Stage, res.Message, engine.StageUnlinkable)
		}
	}
}
