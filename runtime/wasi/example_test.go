package wasi_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// exitModule is a program that ends with status 7:
//
//	(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
//	  (memory (export "memory") 1)
//	  (func (export "_start") i32.const 7 call $exit))
const exitModule = "\x00asm\x01\x00\x00\x00" +
	"\x01\x08\x02\x60\x01\x7f\x00\x60\x00\x00" +
	"\x02\x24\x01\x16wasi_snapshot_preview1\x09proc_exit\x00\x00" +
	"\x03\x02\x01\x01" +
	"\x05\x03\x01\x00\x01" +
	"\x07\x13\x02\x06memory\x02\x00\x06_start\x00\x01" +
	"\x0a\x08\x01\x06\x00\x41\x07\x10\x00\x0b"

// A program runs with the arguments and directories that its Config names, and ends with a status.
func Example() {
	sys, err := wasi.New(&wasi.Config{
		Args:     []string{"program"},
		Stdout:   os.Stdout,
		Preopens: []wasi.Preopen{{Host: "testdata", Guest: "/", ReadOnly: true}},
		Trace:    os.Stdout,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := runtime.Compile([]byte(exitModule))
	if err != nil {
		fmt.Println(err)
		return
	}
	var l runtime.Linker
	sys.Define(&l)
	ctx := context.Background()
	in, err := runtime.New(nil).Instantiate(ctx, m, &l)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = in.Call(ctx, "_start")
	if err := sys.Close(); err != nil {
		fmt.Println(err)
	}
	var exit *runtime.ExitError
	if errors.As(err, &exit) {
		fmt.Println("status", exit.Code)
	}
	// Output:
	// proc_exit rval=7 -> exit
	// status 7
}
