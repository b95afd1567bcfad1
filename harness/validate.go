package harness

import (
	"context"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// fuzzValidate damages generated modules and compares who accepts them; see [oracle.Wazero.Validate].
var fuzzValidate = Target{
	Name:   "FuzzValidate",
	Corpus: "validate",
	Aims:   []Aim{{"validator", "runtime/wasm", []string{"validate*.go"}}},
	Open: withWazero(func(w *oracle.Wazero, ctx context.Context, input []byte) *oracle.Failure {
		_, failure := w.Validate(ctx, input)
		return failure
	}),
}
