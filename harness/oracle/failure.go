// Package oracle holds the properties that the fuzz targets assert. Each is a function of bytes that returns a [Failure]
// if the property does not hold, so that commands and other tests can use it as well.
package oracle

import (
	"errors"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Failure says that a property does not hold.
type Failure struct {
	// Key names the property in a few constant words: findings with the same key are one finding.
	Key string
	// Detail is what was seen, for people.
	Detail string
	// About is what an error says that the failure is about: it tells defects apart that one property shows. It is empty if there is no error.
	About string
	// Module is the module that the input stands for, if it is one that engines can be compared on.
	Module []byte
}

// Error returns the key and the detail.
func (f *Failure) Error() string { return f.Key + ": " + f.Detail }

// fail returns a Failure. The key must not contain anything that varies. The first of args that is an error says what it is about.
func fail(key, format string, args ...any) *Failure {
	f := &Failure{Key: key, Detail: fmt.Sprintf(format, args...)}
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			f.About = words(err)
			break
		}
	}
	return f
}

// words returns what an error says without the place.
func words(err error) string {
	var malformed *wasm.MalformedError
	var invalid *wasm.InvalidError
	var failure *Failure
	text := fmt.Sprint(err)
	switch {
	case text == "<nil>": // a pointer that is nil, as a trap may be
		return ""
	case errors.As(err, &malformed):
		return malformed.Msg
	case errors.As(err, &invalid):
		return invalid.Msg
	case errors.As(err, &failure):
		return failure.Key
	}
	return text
}

// of says which module a failure is about.
func (f *Failure) of(module []byte) {
	if f != nil {
		f.Module = module
	}
}
