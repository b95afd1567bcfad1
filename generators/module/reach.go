package module

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// Unreachable says why no generated module executes an instruction with operands of such classes, or nothing if some do.
func Unreachable(c coverage.Cell) string {
	for _, o := range c.Operands {
		if o.Kind == "externref" && o.Class == "reference" {
			return "the host functions that all engines have return no references but null, and nothing else gives an externref"
		}
	}
	if since := c.Op.Info().Since; !(emitted | optional).Has(since) {
		return "modules do not use " + since.String()
	}
	return ""
}

// AllFeatures are the features that generated modules can use.
func AllFeatures() wasm.FeatureSet { return emitted | optional }
