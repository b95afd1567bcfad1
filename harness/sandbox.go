package harness

import (
	"errors"
	"os"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// newSandbox returns a sandbox in a temporary directory, and what removes both.
func newSandbox() (*oracle.Sandbox, func() error, error) {
	dir, err := os.MkdirTemp(sandboxParent(), "touchstone-sandbox-")
	if err != nil {
		return nil, nil, err
	}
	box, err := oracle.NewSandbox(dir)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return box, func() error { return errors.Join(box.Close(), os.RemoveAll(dir)) }, nil
}

// sandboxParent returns where sandboxes are made: on a file system in memory if there is one, because sequences sync files and make
// links, which takes milliseconds on a disk; TMPDIR overrides that. The empty name is the system's choice.
func sandboxParent() string {
	const inMemory = "/dev/shm" // Linux
	if os.Getenv("TMPDIR") != "" {
		return ""
	}
	if info, err := os.Stat(inMemory); err != nil || !info.IsDir() {
		return ""
	}
	return inMemory
}
