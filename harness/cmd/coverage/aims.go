package main

import (
	"iter"

	"github.com/touchstone-wasm/touchstone/harness"
)

const modulePath = "github.com/touchstone-wasm/touchstone/"

// aims returns what each target that is not for a single hostcall aims at, with the target's name.
func aims() iter.Seq2[string, harness.Aim] {
	return func(yield func(string, harness.Aim) bool) {
		for _, target := range harness.Targets() {
			for _, aim := range target.Aims {
				if !yield(target.Name, aim) {
					return
				}
			}
		}
	}
}
