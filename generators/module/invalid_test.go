package module

import (
	"errors"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestInvalidModules: most damaged modules are refused, for many reasons, in typed errors; what is accepted when decoded again is
// what was accepted before.
func TestInvalidModules(t *testing.T) {
	refused, reasons := 0, map[string]int{}
	for seed := range uint64(seeds) {
		m := Generate(tapeOf(seed), Options{Mode: Invalid, Features: featuresOf(seed)})
		back, err := wasm.Decode(wasm.Encode(m))
		if err == nil {
			err = wasm.Validate(back)
		}
		if err == nil {
			continue
		}
		refused++
		var invalid *wasm.InvalidError
		if errors.As(err, &invalid) {
			reasons[invalid.Msg]++
		} else {
			reasons["malformed"]++
		}
	}
	t.Logf("%d of %d modules are refused, for %d reasons", refused, seeds, len(reasons))
	if refused < seeds*6/10 || refused == seeds || len(reasons) < 12 {
		t.Errorf("%d of %d refused, reasons %v", refused, seeds, reasons)
	}
}
