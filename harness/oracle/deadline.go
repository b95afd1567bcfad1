package oracle

import (
	"context"
	"time"
)

// callDeadline bounds one hostcall, and sequenceDeadline ends what blocks. Clocks are faked and input is at hand, so none has a reason to
// wait.
const (
	callDeadline     = 2 * time.Second
	sequenceDeadline = 5 * time.Second
	// pipeDeadline ends sequences in which the host makes a named pipe: a guest that opens one to read and to write waits for itself.
	pipeDeadline = 20 * time.Millisecond
)

// deadlines has a context that ends sequences which block. Many have the same one, because making one takes as long as a hostcall.
type deadlines struct {
	ctx   context.Context
	end   context.CancelFunc
	until time.Time
}

// context returns a context that ends after sequenceDeadline, or later, but before twice of that is over.
func (d *deadlines) context() context.Context {
	if now := time.Now(); now.Add(sequenceDeadline).After(d.until) {
		d.close()
		d.until = now.Add(2 * sequenceDeadline)
		d.ctx, d.end = context.WithDeadline(context.Background(), d.until)
	}
	return d.ctx
}

func (d *deadlines) close() {
	if d.end != nil {
		d.end()
	}
}
