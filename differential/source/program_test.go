package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

// TestProgramFiles reads sequences of hostcalls as files: alone and in a folder.
func TestProgramFiles(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "a.hostcalls"), filepath.Join(dir, "b.hostcalls")
	for path, text := range map[string]string{good: "host mkdir \"x\"\nfd_tell(fd#0, 8) out 8+8\nsched_yield()\n", bad: "fd_tell(1)\n"} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, paths := range [][]string{{good, bad}, {dir}} {
		files, err := source.Find(paths)
		if err != nil || len(files) != 2 {
			t.Fatalf("%v: %v, %v", paths, files, err)
		}
		for c := range source.Files(files) {
			if c.Path == bad {
				var syntax *hostcall.SyntaxError
				if !errors.As(c.Err, &syntax) || !strings.HasPrefix(c.Err.Error(), bad) || c.Module != nil {
					t.Errorf("%s: %v, want a syntax error", bad, c.Err)
				}
				continue
			}
			if c.Err != nil || c.Invalid != nil || !c.Program || c.Bare {
				t.Errorf("%+v is no program that can be run", c)
			}
			if len(c.Calls) != 2 || c.Calls[0] != "000 fd_tell" || c.Calls[1] != "001 sched_yield" {
				t.Errorf("calls %q", c.Calls)
			}
			if !strings.Contains(c.Name, "without") {
				t.Errorf("%q does not say that what the host does is left out", c.Name)
			}
		}
	}
}
