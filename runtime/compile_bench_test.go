package runtime_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// BenchmarkCompileReal compiles a real module of more than 10 MB, which the Go toolchain makes of one of its own commands.
func BenchmarkCompileReal(b *testing.B) { benchCompile(b, realModule(b)) }

// realModule builds the command vet for WebAssembly. It needs the go command and the standard library, nothing else.
func realModule(b *testing.B) []byte {
	b.Helper()
	path := filepath.Join(b.TempDir(), "vet.wasm")
	build := exec.Command("go", "build", "-o", path, "cmd/vet")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Skipf("cannot build cmd/vet for wasip1: %v\n%s", err, out)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return src
}

// benchCompile times the whole way and each stage on its own.
func benchCompile(b *testing.B, src []byte) {
	m, err := wasm.Decode(src)
	if err != nil {
		b.Fatal(err)
	}
	if err := wasm.Validate(m); err != nil {
		b.Fatal(err)
	}
	code, err := lower.Module(m, lower.All)
	if err != nil {
		b.Fatal(err)
	}
	for _, stage := range []struct {
		name string
		run  func() error
	}{
		{"all", func() error { _, err := runtime.Compile(src); return err }},
		{"decode", func() error { _, err := wasm.Decode(src); return err }},
		{"validate", func() error { return wasm.Validate(m) }},
		{"lower", func() error { _, err := lower.Module(m, lower.All); return err }},
		{"verify", func() error { return isa.Verify(m, code) }},
	} {
		b.Run(stage.name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			began, n := cpuTime(b), 0
			for ; b.Loop(); n++ {
				if err := stage.run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(src)*n)/1e6/(cpuTime(b)-began).Seconds(), "MB/cpu-s")
		})
	}
}

// cpuTime returns how much processor time the process has used, garbage collection and all. On a busy machine it says more than
// the time that passed.
func cpuTime(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCompileTiny compiles a module of one function that returns a constant.
func BenchmarkCompileTiny(b *testing.B) {
	var m asm.Module
	m.Memory(1, 1)
	m.Func("run", ":i", "", new(asm.Body).I32(42))
	benchCompile(b, m.Encode())
}

// BenchmarkCompileSmall compiles 100,000 functions of a few instructions.
func BenchmarkCompileSmall(b *testing.B) {
	var m asm.Module
	m.Memory(1, 1)
	for range 100_000 {
		m.Func("", "ii:i", "", new(asm.Body).Get(0).Get(1).Op(wasm.OpI32Add).Op(wasm.OpI32Load, 2, 8).I32(3).Op(wasm.OpI32Mul))
	}
	benchCompile(b, m.Encode())
}
