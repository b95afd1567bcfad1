package wasm

import "fmt"

// featureNames names the features as their proposals do.
var featureNames = [NumFeatures]string{
	MVP: "mvp", SignExtension: "sign-extension", SaturatingConversion: "saturating-conversion", BulkMemory: "bulk-memory",
	ReferenceTypes: "reference-types", SIMD: "simd", TailCall: "tail-call", ExtendedConst: "extended-const",
}

// String returns the feature's name.
func (f Feature) String() string {
	if int(f) < len(featureNames) {
		return featureNames[f]
	}
	return fmt.Sprintf("feature(%d)", uint8(f))
}

// FeatureSet is a set of features.
type FeatureSet uint32

// Features returns the set of the given features.
func Features(fs ...Feature) (set FeatureSet) {
	for _, f := range fs {
		set |= 1 << f
	}
	return set
}

// AllFeatures is the set of all features that this package decodes and validates.
const AllFeatures FeatureSet = 1<<NumFeatures - 1

// Features2 is the set of the features of WebAssembly 2.0.
const Features2 = AllFeatures &^ (1<<TailCall | 1<<ExtendedConst)

// Executable is the set of features that the engine executes: [Validate] refuses modules that use others.
const Executable = AllFeatures

// Has reports whether f is in the set.
func (s FeatureSet) Has(f Feature) bool { return s&(1<<f) != 0 }

// UnsupportedError says that a module uses a feature that is left out. It says nothing about the module's validity.
type UnsupportedError struct {
	Feature Feature
	Func    int // index of the function, imports counted; -1 outside function bodies
	Offset  int // of the instruction or the section in the module; 0 for a module that was built
}

// Error returns the feature and the place.
func (e *UnsupportedError) Error() string {
	name := e.Feature.String()
	if e.Feature == SIMD {
		name = "SIMD"
	}
	if e.Func < 0 {
		return fmt.Sprintf("unsupported module at offset %#x: it needs %s, which this runtime does not support yet", e.Offset, name)
	}
	return fmt.Sprintf("unsupported module: function %d at offset %#x needs %s, which this runtime does not support yet", e.Func, e.Offset, name)
}
