// Package traps tells which trap wazero means. It stands apart from the adapter, so that those who use wazero in process have it
// without worker processes.
package traps

import (
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Merged are the traps that wazero reports alike: "invalid table access" is all of these.
var Merged = [][]wasm.TrapCode{{wasm.TableOutOfBounds, wasm.UndefinedElement, wasm.UninitializedElement}}

// texts are wazero's words that differ from those of the specification's tests.
var texts = map[string]wasm.TrapCode{
	"invalid table access": wasm.TableOutOfBounds,
	"stack overflow":       wasm.StackExhausted,
}

// prefix begins the errors that wazero calls those of WebAssembly.
const prefix = "wasm error: "

// Of returns the trap that an error of a call is, if it is one, and wazero's words for it. The errors are of an internal type;
// their first line is a fixed text, the others are a backtrace.
func Of(err error) (code wasm.TrapCode, words string, ok bool) {
	words, _, _ = strings.Cut(err.Error(), "\n")
	if code, ok = texts[words]; ok {
		return code, words, true // the compiler says "stack overflow" and nothing else
	}
	if _, text, found := strings.Cut(words, prefix); found {
		code, ok = ByText(text)
	}
	return code, words, ok
}

// ByText returns the trap of a text without the prefix of errors. The errors of segments that do not fit have such texts.
func ByText(text string) (wasm.TrapCode, bool) {
	if code, ok := texts[text]; ok {
		return code, true
	}
	return engine.TrapByText(text)
}
