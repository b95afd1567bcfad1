package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// segment begins the errors of active segments that do not fit, which the engine does not call wasm errors.
var segment = regexp.MustCompile(`^(data|element)\[\d+\]: `)

// instantiationError is guestError, and finds out about imports and segments, of which the engine speaks in texts alone.
func instantiationError(err error) error {
	end, failed := failure(err)
	if !failed {
		return guestError(err)
	}
	first, _, _ := strings.Cut(end.Message, "\n")
	if place := segment.FindString(first); place != "" {
		if code, ok := trapByText(first[len(place):]); ok {
			return engine.TrapEnd(code, first)
		}
	}
	if code, ok := trapByText(first); ok {
		return engine.TrapEnd(code, first)
	}
	for _, text := range []string{"import ", "is not exported in module", "not instantiated"} {
		if strings.Contains(first, text) {
			return &engine.LinkError{Message: first}
		}
	}
	return end
}

// failure returns what guestError makes of err, if it is a failure.
func failure(err error) (*engine.End, bool) {
	var end *engine.End
	ok := errors.As(guestError(err), &end)
	return end, ok && end.Outcome == engine.Failed
}
