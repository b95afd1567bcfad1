package wasi_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos/sandbox/sandboxtest"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// program is a sequence of hostcalls of the corpus, in progress.
type program struct {
	in     *runtime.Instance
	memory []byte
	opened []uint64 // descriptors that it opened
}

// TestPrograms runs the sequences of the fuzz target's corpus, so that [TestSystemCalls] sees what they do to the host. The target
// itself, in harness, looks at what they do to the guest.
func TestPrograms(t *testing.T) {
	inputs, err := corpus.Inputs("hostcall")
	if err != nil {
		t.Fatal(err)
	}
	module, err := runtime.CompileModule(hostcall.Trampoline())
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range inputs {
		t.Run(input.Name, func(t *testing.T) {
			p := newProgram(t, module)
			calls := hostcall.Generate(input.Data, hostcall.Options{Outside: "/" + hostcall.OutsideDir})
			for i := range calls {
				if !p.call(t, &calls[i]) {
					return
				}
			}
		})
	}
}

// newProgram makes the tree and the world of a sequence.
func newProgram(t *testing.T, module *runtime.Module) *program {
	top := t.TempDir()
	for _, dir := range []string{"guest", "frozen"} {
		if err := os.Mkdir(filepath.Join(top, dir), 0o777); err != nil {
			t.Fatal(err)
		}
		for _, e := range hostcall.Tree("/" + hostcall.OutsideDir) {
			name, err := filepath.Join(top, dir, e.Name), error(nil)
			switch {
			case e.Dir:
				err = os.Mkdir(name, 0o777)
			case e.Target != "":
				err = os.Symlink(e.Target, name)
			default:
				err = os.WriteFile(name, []byte(e.Data), 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	sys, err := wasi.New(&wasi.Config{
		Args: []string{"guest"}, Stdin: strings.NewReader("input\n"), Stdout: io.Discard, Stderr: new(bytes.Buffer),
		Preopens: []wasi.Preopen{{Host: filepath.Join(top, "guest"), Guest: "/"}, {Host: filepath.Join(top, "frozen"), ReadOnly: true}},
		Clock:    new(wasi.VirtualClock), MaxFDs: 32, Strict: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sys.Close() })
	var l runtime.Linker
	sys.Define(&l)
	in, err := runtime.New(nil).Instantiate(t.Context(), module, &l)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{in: in}
	p.memory, _ = in.Memory().Slice(0, hostcall.MemorySize)
	return p
}

// call makes one call, and reports whether the guest goes on.
func (p *program) call(t *testing.T, c *hostcall.Call) bool {
	for _, w := range c.Writes {
		copy(p.memory[w.Addr:], w.Data)
	}
	values := make([]runtime.Value, len(c.Args))
	for i, typ := range c.Row.Type().Params {
		v := c.Args[i].Value
		if fds := p.descriptors(c.Args[i].From); len(fds) > 0 {
			v = fds[v%uint64(len(fds))]
		}
		values[i] = runtime.Num(typ, v)
	}
	rows := slices.Collect(wasi.Hostcalls())
	end := sandboxtest.Begin(slices.Index(rows, c.Row))
	results, err := p.in.Call(t.Context(), c.Row.ID(), values...)
	end()
	if err != nil {
		if exit := (*runtime.ExitError)(nil); !errors.As(err, &exit) {
			t.Errorf("%s: %v", c.Row.ID(), err)
		}
		return false
	}
	if c.Row.Ops().Has(policy.FdOpen) && results[0].Bits() == uint64(wasi.ESUCCESS) {
		p.opened = append(p.opened, uint64(binary.LittleEndian.Uint32(p.memory[values[len(values)-1].Bits():])))
	}
	return true
}

// descriptors returns those that an argument is one of; none for numbers.
func (p *program) descriptors(from hostcall.Resource) []uint64 {
	switch from {
	case hostcall.DirFD:
		return []uint64{3, 3, 4}
	case hostcall.AnyFD:
		return append([]uint64{3, 4, 0, 1, 2}, p.opened...)
	case hostcall.OpenFD:
		return p.opened
	}
	return nil
}
