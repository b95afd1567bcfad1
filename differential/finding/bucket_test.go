package finding

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBucketText: every bucket is read back as it was, whatever is in its fields.
func TestBucketText(t *testing.T) {
	for want, b := range map[string]Bucket{
		"divergence | wasmer | call | value, integer overflow | select: results | -": {Kind: Divergence, Engines: []string{"wasmer"},
			Stage: "call", Traps: []string{"value", "integer overflow"}, At: "select: results"},
		"crash | wasmer | - | signal: aborted | - | wasmer-vfs/host_fs.rs": {Kind: Crash, Engines: []string{"wasmer"},
			Traps: []string{"signal: aborted"}, Frames: []string{"wasmer-vfs/host_fs.rs"}},
		`failure | touchstone | a\x2cb\x7cc\x5cd | - | \x0a\x1b | -`:           {Kind: Failure, Engines: []string{"touchstone"}, Stage: `a,b|c\d`, At: "\n\x1b"},
		`hang | \x2d, - | \x2d | - | - | -`:                                    {Kind: Hang, Engines: []string{"-", ""}, Stage: "-"},
		`failure | - | \xc3\xa9 | - | - | runtime/wasi.(*System).open, x, x-y`: {Kind: Failure, Stage: "é", Frames: []string{"runtime/wasi.(*System).open", "x", "x-y"}},
	} {
		if got := b.String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		back, err := ParseBucket(want)
		if diff := cmp.Diff(b, back); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", want, err, diff)
		}
	}
	for _, line := range []string{"", "divergence", "odd | - | - | - | - | -", "hang | - | - | - | -", "hang | - | - | - | - | - | -",
		`hang | \x | - | - | - | -`, `hang | \xzz | - | - | - | -`, `hang | \x41 | - | - | - | -`, "hang | a,b | - | - | - | -"} {
		if b, err := ParseBucket(line); err == nil {
			t.Errorf("%q is read as %+v", line, b)
		}
	}
}

// traces of Go programs that died, as their processes print them.
const (
	oursPanics = `panic: runtime error: index out of range [1234567] with length 5 [recovered]
	panic: runtime error: index out of range [1234567] with length 5

goroutine 35 [running]:
testing.tRunner.func1.2({0x9e2d80, 0xc000026150})
	/usr/lib/go/src/testing/testing.go:1632 +0x230
panic({0x9e2d80?, 0xc000026150?})
	/usr/lib/go/src/runtime/panic.go:785 +0x132
github.com/touchstone-wasm/touchstone/runtime/internal/exec.(*Machine).copyMemory(0xc0000b4000, {0x1, 0x2})
	/home/me/touchstone/runtime/internal/exec/bulk.go:77 +0x1d
github.com/touchstone-wasm/touchstone/runtime/internal/exec.enter[...](0xc0000b4000)
	/home/me/touchstone/runtime/internal/exec/exec.go:99 +0x44
github.com/touchstone-wasm/touchstone/runtime.(*Instance).Call.func1()
	/home/me/touchstone/runtime/call.go:12 +0x3
github.com/touchstone-wasm/touchstone/harness/oracle.touchstone({0xb3c2a0, 0xc00001c0f0}, 0x0)
	/home/me/touchstone/harness/oracle/execute.go:200 +0x65
github.com/touchstone-wasm/touchstone/harness.FuzzExecute.func1(0xc000102ea0, {0xc00001a1c0, 0x3, 0x8})
	/home/me/touchstone/harness/execute_test.go:16 +0x65
testing.tRunner(0xc000102ea0, 0xa5f0e8)
	/usr/lib/go/src/testing/testing.go:1690 +0xf4
created by testing.(*T).Run in goroutine 1
	/usr/lib/go/src/testing/testing.go:1743 +0x390

goroutine 1 [chan receive]:
github.com/touchstone-wasm/touchstone/runtime/other.Other()
	/x.go:1
`
	wazeroPanics = `panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x6b1c24]

goroutine 1 [running]:
github.com/tetratelabs/wazero/internal/engine/wazevo/frontend.(*Compiler).lowerCurrentOpcode(0xc000212008)
	/home/user/go/pkg/mod/github.com/tetratelabs/wazero@v1.12.0/internal/engine/wazevo/frontend/lower.go:3505 +0x2f4
main.main()
	/x/main.go:3 +0x1
`
	rustOld = `thread '<unnamed>' panicked at 'called ` + "`Option::unwrap()` on a `None` value" + `', /home/r/.cargo/registry/src/github.com-1ecc6299db9ec823/wasmer-vfs-2.0.0/src/host_fs.rs:121:44
note: run with RUST_BACKTRACE=1`
	rustNew = `thread 'main' panicked at cranelift/codegen/src/machinst/vcode.rs:1120:9:
assertion failed: v17 == 3
note: run with`
)

func TestFrames(t *testing.T) {
	for _, test := range []struct {
		name, text string
		frames     []string
		words      string
	}{
		{"own code", oursPanics, []string{"runtime/internal/exec.(*Machine).copyMemory", "runtime/internal/exec.enter", "runtime.(*Instance).Call"},
			"runtime error: index out of range [N] with length N"},
		{"foreign code", wazeroPanics, []string{"github.com/tetratelabs/wazero/internal/engine/wazevo/frontend.(*Compiler).lowerCurrentOpcode"},
			"runtime error: invalid memory address or nil pointer dereference"},
		{"Rust before 1.73", rustOld, []string{"wasmer-vfs/host_fs.rs"}, "called S on a S value"},
		{"Rust", rustNew, []string{"codegen/machinst/vcode.rs"}, "assertion failed: v17 == N"},
		{"a signal", "signal: segmentation fault (core dumped)", nil, "signal: segmentation fault"},
		{"nothing", "", nil, ""},
	} {
		if diff := cmp.Diff(test.frames, Frames(test.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if got := Words(test.text); got != test.words {
			t.Errorf("%s: words %q, want %q", test.name, got, test.words)
		}
	}
}

// TestFramesAreStable: what differs from build to build and from run to run makes no other bucket, and another function does.
func TestFramesAreStable(t *testing.T) {
	change := strings.NewReplacer("0x", "0xf", "/home/me/", "/build/", ".go:", ".go:1", "goroutine 35", "goroutine 7", "1234567", "12")
	want := strings.Join(Frames(oursPanics), ",") + Words(oursPanics)
	if other := change.Replace(oursPanics); strings.Join(Frames(other), ",")+Words(other) != want {
		t.Errorf("%q, then %q", want, Frames(other))
	}
	other := strings.ReplaceAll(oursPanics, "copyMemory", "fillMemory")
	if strings.Join(Frames(other), ",")+Words(other) == want {
		t.Error("two functions that panic are in one bucket")
	}
}

func TestNormalise(t *testing.T) {
	for text, want := range map[string]string{
		"open /tmp/x123/file.wasm: no such file":                "open P: no such file",
		`unknown import "env"."f" at offset 0x1F`:               "unknown import S.S at offset N",
		"took 12.5ms for 3 calls, hash 0123abcd89":              "took N for N calls, hash N",
		"\x1b[31mred\x1b[0m   and\n\ttabs":                      "red and tabs",
		"i32.div_s of f64 stays":                                "i32.div_s of f64 stays",
		strings.Repeat("z", 300):                                strings.Repeat("z", maxWords),
		"goroutine 17 of `code` at 10.0.0.1:80 -5":              "of S at N:N N",
		"the value -9223372036854775808 is not 7 (core dumped)": "the value N is not N",
	} {
		if got := Normalise(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
