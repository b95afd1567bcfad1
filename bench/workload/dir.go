package workload

import (
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// memoryDir is where Linux has a file system in memory, so that no disk is in the figures.
const memoryDir = "/dev/shm"

// MakeDir makes the directory that the modules of hostcalls work in, with their files, and returns its path. It lies in memory
// where there is a file system for that. The caller removes it.
func MakeDir() (dir string, err error) {
	if dir, err = os.MkdirTemp(memoryDir, "touchstone-bench-"); err != nil {
		if dir, err = os.MkdirTemp("", "touchstone-bench-"); err != nil {
			return "", err
		}
	}
	for _, name := range []string{timing.File, timing.DeepFile} {
		path := filepath.Join(dir, name)
		if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
			err = os.WriteFile(path, make([]byte, timing.FileSize), 0o600)
		}
		if err != nil {
			os.RemoveAll(dir)
			return "", err
		}
	}
	return dir, nil
}
