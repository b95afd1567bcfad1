package harness

import (
	"context"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// fuzzTrace reads bytes as a trace, as text or in the binary form; see [oracle.Trace].
var fuzzTrace = Target{
	Name:   "FuzzTrace",
	Corpus: "trace",
	Aims:   []Aim{{"reading of traces", "runtime/trace", []string{"parse*.go", "record.go", "format.go", "reader.go", "diff.go"}}},
	Open: stateless(func(_ context.Context, data []byte) *oracle.Failure {
		_, failure := oracle.Trace(data)
		return failure
	}),
}
