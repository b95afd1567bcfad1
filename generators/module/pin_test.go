package module

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestDefaultModulesStayTheSame pins what tapes mean without [Options.Features]: the seeds of the corpus, and every seed
// that a finding names, are tapes. A change of the generator that means to change modules changes the hash here.
func TestDefaultModulesStayTheSame(t *testing.T) {
	const want = "1108a0c8f5c73a1dd55874776f61b3a49106e7f5bf8970472daedaf92ccf1669"
	h := sha256.New()
	for seed := range uint64(600) {
		opts := Options{Imports: seed%3 == 0, RawNaN: seed%5 == 0, ExternSegments: seed%7 == 0}
		h.Write(wasm.Encode(Generate(tapeOf(seed), opts)))
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("tapes give other modules than they did: the hash is %s, not %s", got, want)
	}
}
