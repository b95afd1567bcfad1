package matrix_test

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/matrix"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestValid makes every module, with and without further operands.
func TestValid(t *testing.T) {
	for i := range matrix.Topics() {
		for _, more := range []string{"", "\x05", "\x83\x00\x00\xa0\x7f\xff\xff\xff\xff and more operands"} {
			data := append(matrix.Topic(i), more...)
			for _, opts := range []matrix.Options{{}, {NoNaN: true}} {
				m, err := wasm.Decode(wasm.Encode(matrix.Module(data, opts)))
				if err == nil {
					err = wasm.Validate(m)
				}
				if err != nil {
					t.Fatalf("%x: %v", data, err)
				}
			}
		}
	}
}
