package commandline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// asCommand is the first argument that makes this test binary an engine's command: the second says how it prints results,
// and the rest are the command's own arguments.
const asCommand = "as-command"

// forms are what the commands print, so that the table can be tested without them.
var forms = map[string]string{
	"wasmtime-cli":    "%[1]d\n",
	"wasmer-cli":      "%[1]d\n",
	"iwasm-cli":       "%#[2]x:i32\n",
	"wasmedge-cli":    "%[1]d\n",
	"wasm3-cli":       "Result: %[1]d\n",
	"wasmi-cli":       "%[1]d\n",
	"node-cli":        "%[1]d\n",
	"wasm-interp-cli": "repeat() => i32:%[2]d\n",
}

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == asCommand {
		if err := command(os.Args[2], os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// command does what an engine's command would do.
func command(form string, args []string) error {
	if args[0] == "--version" {
		fmt.Println("stand-in 1.2.3\nfurther words")
		return nil
	}
	at := slices.IndexFunc(args, func(a string) bool { return strings.HasSuffix(a, ".wasm") })
	if at < 0 {
		return fmt.Errorf("no file in %q", args)
	}
	module, err := os.ReadFile(args[at])
	if err != nil {
		return err
	}
	m, err := runtime.Compile(module)
	if err != nil {
		return err
	}
	if bytes.Contains(module, []byte("\x06_start")) {
		return runStart(m, form)
	}
	in, err := runtime.New(nil).Instantiate(context.Background(), m, nil)
	if err != nil {
		return err
	}
	values, err := in.Call(context.Background(), export)
	if err != nil {
		return err
	}
	fmt.Println("other words, 17 of them")
	fmt.Printf(strings.ReplaceAll(form, `\n`, "\n"), int32(values[0].Bits()), uint32(values[0].Bits()))
	return nil
}

// standIn puts a stand-in for a command on PATH, alone.
func standIn(t *testing.T, c *Command) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' %s '%s' \"$@\"\n", self, asCommand, strings.ReplaceAll(forms[c.Name], "\n", `\n`))
	if err := os.WriteFile(filepath.Join(dir, c.Program), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
}

// kernel returns 1 - arg·arg; its loop makes it last as long as its argument says, but for 7, at which it traps.
func kernel() *timing.Kernel {
	var m asm.Module
	m.Memory(1, 1)
	m.Func("run", "i:i", "i", new(asm.Body).
		Get(0).I32(7).Op(wasm.OpI32Eq).Block(wasm.OpIf).Op(wasm.OpUnreachable).End().
		Get(0).Set(1).
		Block(wasm.OpLoop).Get(1).I32(-1).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 1).I32(0).Op(wasm.OpI32GtS).Op(wasm.OpBrIf, 0).End().
		I32(1).Get(0).Get(0).Ops(wasm.OpI32Mul, wasm.OpI32Sub))
	return &timing.Kernel{Module: m.Encode(), Export: "run"}
}

func open(t *testing.T, c *Command) *Timer {
	t.Helper()
	timer, err := c.OpenTimer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := timer.Close(); err != nil {
			t.Error(err)
		}
	})
	return timer.(*Timer)
}

// TestCommands runs every row of the table on a stand-in.
func TestCommands(t *testing.T) {
	for i := range Commands {
		c := &Commands[i]
		t.Run(c.Name, func(t *testing.T) {
			if !strings.HasSuffix(c.Name, "-cli") || forms[c.Name] == "" {
				t.Fatalf("the name does not end in -cli, or the test does not know its form")
			}
			standIn(t, c)
			timer := open(t, c)
			if timer.Name() != c.Name || !strings.HasSuffix(timer.Version(), "1.2.3") {
				t.Errorf("name %q, version %q", timer.Name(), timer.Version())
			}
			if err := timer.Prepare(t.Context(), kernel()); err != nil {
				t.Fatal(err)
			}
			got, err := timer.Time(t.Context(), timing.Batch{Arg: 40_000, Calls: 2000})
			if want := uint32(1 + ^uint32(40_000*40_000-1)); err != nil || got.Result != want || got.CPU <= 0 {
				t.Errorf("sample %+v, error %v, want the result %d", got, err, want)
			}
		})
	}
}

func TestTimerFailures(t *testing.T) {
	c := &Commands[0]
	standIn(t, c)
	timer := open(t, c)
	if _, err := timer.Time(t.Context(), timing.Batch{Calls: 1}); err == nil {
		t.Error("a batch without a kernel")
	}
	if err := timer.Prepare(t.Context(), &timing.Kernel{Host: true}); err == nil {
		t.Error("a kernel that needs a host function was prepared")
	}
	if err := timer.Prepare(t.Context(), &timing.Kernel{Module: kernel().Module, Export: "walk"}); err == nil {
		t.Error("a kernel without its export was prepared")
	}
	if err := timer.Prepare(t.Context(), kernel()); err != nil {
		t.Fatal(err)
	}
	if _, err := timer.Time(t.Context(), timing.Batch{Arg: 7, Calls: 1}); err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("error %v, want the command's words", err)
	}
	for _, b := range []timing.Batch{{Calls: 0}, {Calls: 1, Step: timing.Whole}} {
		if _, err := timer.Time(t.Context(), b); err == nil {
			t.Errorf("%+v was timed", b)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := timer.Time(ctx, timing.Batch{Arg: 1 << 30, Calls: 1000}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestUnavailable(t *testing.T) {
	c := &Commands[0]
	t.Setenv("PATH", t.TempDir())
	_, err := c.OpenTimer(t.Context())
	var unavailable *engine.Unavailable
	if !errors.As(err, &unavailable) || unavailable.Engine != c.Name {
		t.Errorf("error %v", err)
	}
}

// TestPrograms runs a program in a directory on each command that is there and can, and one that ends with another status than it should.
func TestPrograms(t *testing.T) {
	m := new(asm.Module)
	exit := uint64(m.Import("wasi_snapshot_preview1", "proc_exit", "i:"))
	m.Memory(1, 1)
	m.Func(timing.Start, ":", "", new(asm.Body).I32(7).Op(wasm.OpCall, exit))
	for i := range Commands {
		c := &Commands[i]
		t.Run(c.Name, func(t *testing.T) {
			timer, err := c.OpenTimer(t.Context())
			if err != nil {
				t.Skip(err)
			}
			defer timer.Close()
			k := &timing.Kernel{Module: m.Encode(), Export: timing.Start, Dir: filepath.Join(t.TempDir(), "world"), Program: &timing.Program{Args: []string{"seven"}, Status: 7}}
			err = timer.Prepare(t.Context(), k)
			if c.Start == nil {
				if err == nil {
					t.Error("a command without a way to run programs takes one")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s, err := timer.Time(t.Context(), timing.Batch{Calls: 2})
			if err != nil || s.Digest == "" || s.Wall <= 0 || s.CPU <= 0 {
				t.Errorf("sample %+v, error %v", s, err)
			}
			k.Program.Status = 0
			if _, err := timer.Time(t.Context(), timing.Batch{Calls: 1}); err == nil || !strings.Contains(err.Error(), "status 7, want 0") {
				t.Errorf("error %v", err)
			}
		})
	}
}
