//go:build linux

// Command manual writes what follows from the tables of the runtime into runtime/docs: the hostcalls, and the system calls by which
// they reach the host. Run it by go generate ./runtime/cmd/manual, on Linux, whose system calls the table has; a test fails when the
// files are stale.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

//go:generate go run .

// docs is where the pages are, seen from this folder.
const docs = "../../docs"

// pages are the files with their generators.
var pages = map[string]func() []byte{
	"hostcalls.md": hostcallPage,
	"syscalls.md":  syscallPage,
}

func main() {
	for name, page := range pages {
		if err := os.WriteFile(filepath.Join(docs, name), page(), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "manual:", err)
			os.Exit(1)
		}
	}
}
