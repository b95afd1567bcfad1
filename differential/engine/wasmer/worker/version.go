//go:build cgo

package main

// #cgo linux LDFLAGS: -ldl
// #define _GNU_SOURCE
// #include <dlfcn.h>
//
// // The binding does not offer the library's version, so it is asked by name.
// static const char *library_version(void) {
//     const char *(*version)(void) = (const char *(*)(void))dlsym(RTLD_DEFAULT, "wasmer_version");
//     return version ? version() : "unknown";
// }
import "C"

import (
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// version returns the version of the library, and that of the binding, which is another.
func version() string {
	return C.GoString(C.library_version()) + " (wasmer-go " + worker.ModuleVersion(wasmer.Module) + ")"
}
