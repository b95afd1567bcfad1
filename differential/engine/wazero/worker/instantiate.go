package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero/traps"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// segment begins the errors of active segments that do not fit, which the engine does not call wasm errors.
var segment = regexp.MustCompile(`^(data|element)\[\d+\]: `)

// instantiationError is guestError, and finds out about imports and segments, of which the engine speaks in texts alone.
func instantiationError(ctx context.Context, err error) error {
	end, failed := failure(ctx, err)
	if !failed {
		return guestError(ctx, err)
	}
	first, _, _ := strings.Cut(end.Message, "\n")
	if place := segment.FindString(first); place != "" {
		if code, ok := traps.ByText(first[len(place):]); ok {
			return engine.TrapEnd(code, first)
		}
	}
	if code, ok := traps.ByText(first); ok {
		return engine.TrapEnd(code, first)
	}
	for _, text := range []string{"import ", "is not exported in module", "not instantiated"} {
		if strings.Contains(first, text) {
			return &engine.LinkError{Message: first}
		}
	}
	return end
}

// checkElements refuses modules with an active element segment that does not fit its table. The specification says that
// they trap at their start; the engine, by its own account, leaves the segment and all later ones out and goes on. It is one
// known deviation, and would be found again and again.
func checkElements(m *wasm.Module) error {
	tables := m.TableTypes()
	for i := range m.Elems {
		e := &m.Elems[i]
		if e.Mode == wasm.Active && !engine.SegmentFits(e, tables[e.Table]) {
			return &engine.End{Outcome: engine.Unsupported, Message: fmt.Sprintf("element segment %d does not fit its table: the engine ignores that where it has to trap", i)}
		}
	}
	return nil
}

// failure returns what guestError makes of err, if it is a failure.
func failure(ctx context.Context, err error) (*engine.End, bool) {
	var end *engine.End
	ok := errors.As(guestError(ctx, err), &end)
	return end, ok && end.Outcome == engine.Failed
}
