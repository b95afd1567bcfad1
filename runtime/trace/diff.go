package trace

import (
	"fmt"
	"io"
)

// Difference is where two traces part.
type Difference struct {
	Index  int       // of the record, from 0
	A, B   *Record   // nil for the trace that ends there
	Before []*Record // the last records before, which both have
}

// Diff returns the first difference of two traces, with up to context records before it, or nil if they are the same. Records are the same
// if they print as the same line. An error says which trace it is about.
func Diff(a, b *Reader, context int) (*Difference, error) {
	d := &Difference{}
	for {
		x, errX := a.Next()
		y, errY := b.Next()
		if errX != nil && errX != io.EOF {
			return nil, fmt.Errorf("the first trace: %w", errX)
		}
		if errY != nil && errY != io.EOF {
			return nil, fmt.Errorf("the second trace: %w", errY)
		}
		if x == nil && y == nil {
			return nil, nil
		}
		if x == nil || y == nil || x.String() != y.String() {
			d.A, d.B = x, y
			return d, nil
		}
		if d.Before = append(d.Before, x); len(d.Before) > context {
			d.Before = d.Before[1:]
		}
		d.Index++
	}
}
