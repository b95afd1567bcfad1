// Command gen writes the files whose text follows from the opcode table, the specs of package isa and the functions of
// package numeric: the numbers of the register instructions, the interpreter loop, and the dispatch of the numeric
// and vector instructions that the loop leaves for. Run it by go generate ./runtime/internal/...; a test fails when the files are stale.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := ".." // where go generate runs it
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	files, err := Generate(dir)
	for name, text := range files {
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}
