package harness

import (
	"context"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// fuzzMixed runs modules that compute and make hostcalls, with real effects in a temporary directory; see [oracle.Mixed.Run].
var fuzzMixed = Target{
	Name:   "FuzzMixed",
	Corpus: "mixed",
	Aims:   []Aim{{"hostcalls, from modules", "runtime/wasi", nil}},
	Open: func(context.Context) (Check, func() error, error) {
		box, remove, err := newSandbox()
		if err != nil {
			return nil, nil, err
		}
		return oracle.NewMixed(box).Run, remove, nil
	},
}
