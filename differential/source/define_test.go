package source_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func file(t *testing.T, module []byte) *source.Case {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.wasm")
	if err := os.WriteFile(path, module, 0o600); err != nil {
		t.Fatal(err)
	}
	for c := range source.Files([]string{path}) {
		return c
	}
	return nil
}

// TestDefine: a file that imports a memory, a table and globals defines them, in the same places, and runs; what needs none stays as it is.
func TestDefine(t *testing.T) {
	e, err := touchstone.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ran, importing := 0, 0
	for i := range int64(60) {
		m := module.Generate(source.Tape(11, i), module.Options{State: true, Imports: i%2 == 1})
		original := wasm.Encode(m)
		c := file(t, original)
		if len(m.Imports) == 0 || len(m.MemoryTypes()) == len(m.Memories) {
			continue
		}
		importing++
		out, err := wasm.Decode(c.Module)
		if err != nil || c.Invalid != nil || !strings.Contains(c.Name, "defined in it") {
			t.Fatalf("module %d: %v %v %s", i, err, c.Invalid, c.Name)
		}
		if len(out.MemoryTypes()) != len(m.MemoryTypes()) || len(out.GlobalTypes()) != len(m.GlobalTypes()) || len(out.TableTypes()) != len(m.TableTypes()) {
			t.Errorf("module %d: index spaces moved", i)
		}
		res, err := e.Run(context.Background(), &engine.Job{Module: c.Module})
		if err != nil {
			t.Fatal(err)
		}
		if res.Stage == engine.StageRun {
			ran++
		} else if res.Stage == engine.StageUnlinkable {
			t.Errorf("module %d: %s", i, res.Message)
		}
	}
	if importing < 10 || ran < importing/2 {
		t.Errorf("%d modules import their state, %d of them run", importing, ran)
	}
	plain := wasm.Encode(module.Generate(source.Tape(11, 0), module.Options{}))
	if c := file(t, plain); string(c.Module) != string(plain) || strings.Contains(c.Name, "defined") {
		t.Errorf("%s: a module without such imports is changed", c.Name)
	}
}
