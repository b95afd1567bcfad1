package harness

import (
	"context"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// fuzzPolicy reads bytes as a policy file, and compares what the monitor decides by it with a naive reading; see [oracle.Policy].
var fuzzPolicy = Target{
	Name:   "FuzzPolicy",
	Corpus: "policy",
	Aims: []Aim{{"notation of policies", "runtime/policy",
		[]string{"notation.go", "*rule.go", "file.go", "hosts.go", "size.go", "quota.go", "net.go"}}},
	Open: stateless(func(_ context.Context, src []byte) *oracle.Failure {
		_, failure := oracle.Policy(src)
		return failure
	}),
}
