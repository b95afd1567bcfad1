package harness

import (
	"context"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// fuzzDecode feeds bytes to the decoder, the validator and the compiler, and executes what they accept; see [oracle.Wazero.Decode].
var fuzzDecode = Target{
	Name:   "FuzzDecode",
	Corpus: "decode",
	Aims: []Aim{
		{"decoder", "runtime/wasm", []string{"decode*.go", "cursor.go", "quick.go", "leb.go", "reader.go"}},
		{"encoder", "runtime/wasm", []string{"encode*.go"}},
	},
	Open: withWazero(func(w *oracle.Wazero, ctx context.Context, src []byte) *oracle.Failure {
		_, failure := w.Decode(ctx, src)
		return failure
	}),
}
