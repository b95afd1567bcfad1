//go:build libfuzzer

// Libfuzzer is the entry of libFuzzer: a C archive with all targets in it, which clang links into a program of libFuzzer.
//
// The program's own name says which target it is, so that one program serves all under as many names. A program that shall have any
// other name is linked with an archive that was built with -ldflags "-X main.target=FuzzNAME". The command "go run ./ci build" does the former.
package main

// #include <stddef.h>
import "C"

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/touchstone-wasm/touchstone/ci/leash"
	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/harness/last"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// target is the name of the target, if the linker sets it.
var target string

var (
	check harness.Check
	input last.Input // is recorded, if whoever started the program wants that
)

// LLVMFuzzerInitialize opens the target before the first input.
//
//export LLVMFuzzerInitialize
func LLVMFuzzerInitialize(argc, argv unsafe.Pointer) C.int {
	if target == "" {
		target = strings.TrimSuffix(filepath.Base(os.Args[0]), filepath.Ext(os.Args[0]))
	}
	leash.Follow()
	if err := open(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return 0
}

func open() error {
	found, err := harness.Find(target)
	if err != nil {
		return err
	}
	if input, err = last.FromEnvironment(); err != nil {
		return err
	}
	// What the target keeps in temporary files stays behind: libFuzzer has no end that it tells. Whoever starts the program gives it a TMPDIR.
	check, _, err = found.Open(context.Background())
	return err
}

// LLVMFuzzerTestOneInput checks one input. A failure is a panic with its constant key, by which crashes are told apart; what varies is
// printed before it.
//
//export LLVMFuzzerTestOneInput
func LLVMFuzzerTestOneInput(data *C.char, size C.size_t) C.int {
	bytes := C.GoBytes(unsafe.Pointer(data), C.int(size))
	input.Record(bytes)
	if f := check(context.Background(), bytes); f != nil && !planted.Blind {
		fmt.Fprintln(os.Stderr, f.Detail)
		panic(f.Key)
	}
	return 0
}

func main() {}
