// Package oracle holds the properties that the fuzz targets assert. Each is a function of bytes that returns a [Failure]
// if the property does not hold, so that commands and other tests can use it as well.
package oracle

import "fmt"

// Failure says that a property does not hold.
type Failure struct {
	// Key names the property in a few constant words: findings with the same key are one finding.
	Key string
	// Detail is what was seen, for people.
	Detail string
	// Module is the module that the input stands for, if it is one that engines can be compared on.
	Module []byte
}

// Error returns the key and the detail.
func (f *Failure) Error() string { return f.Key + ": " + f.Detail }

// fail returns a Failure. The key must not contain anything that varies.
func fail(key, format string, args ...any) *Failure {
	return &Failure{Key: key, Detail: fmt.Sprintf(format, args...)}
}

// of says which module a failure is about.
func (f *Failure) of(module []byte) {
	if f != nil {
		f.Module = module
	}
}
