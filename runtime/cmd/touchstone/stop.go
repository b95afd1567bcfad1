package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
)

// stopError is why the command stopped a guest, and the exit status that says so.
type stopError struct {
	why    string
	status int
}

// Error returns the reason.
func (e *stopError) Error() string { return e.why }

// stoppable returns a context that ends after the timeout, if it is positive, and on SIGINT and SIGTERM; its cause is
// a *stopError. stop gives the signals back and must be called.
func stoppable(timeout time.Duration) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case sig := <-signals:
			number := 0
			if s, ok := sig.(syscall.Signal); ok {
				number = int(s)
			}
			cancel(&stopError{fmt.Sprintf("stopped by the signal %q", sig), statusSignal + number})
		case <-ctx.Done():
		}
	}()
	var timer *time.Timer
	if timeout > 0 {
		timer = time.AfterFunc(timeout, func() {
			cancel(&stopError{fmt.Sprintf("stopped after %v (-timeout)", timeout), statusTrap})
		})
	}
	return ctx, func() {
		signal.Stop(signals)
		if timer != nil {
			timer.Stop()
		}
		cancel(nil)
	}
}

// stoppedGuest is the end of a guest that the command stopped.
type stoppedGuest struct {
	stop  *stopError
	cause error // the trap or host error by which the guest ended, or nil if it did not
}

// Error returns why the guest was stopped and where.
func (e *stoppedGuest) Error() string {
	var frames []runtime.Frame
	if trap := (*runtime.Trap)(nil); errors.As(e.cause, &trap) {
		frames = trap.Frames
	}
	host := (*runtime.HostError)(nil)
	if errors.As(e.cause, &host) {
		frames = host.Frames
	}
	msg := e.stop.why
	if host != nil {
		msg += " in " + host.Module + "." + host.Name
	}
	if len(frames) > 0 {
		msg += " in " + frames[0].String()
	}
	return msg
}

// Unwrap returns both reasons.
func (e *stoppedGuest) Unwrap() []error {
	if e.cause == nil {
		return []error{e.stop}
	}
	return []error{e.stop, e.cause}
}

// stopped returns err, with the reason added if the guest ended because the command stopped it, and not by itself at the
// same moment.
func stopped(ctx context.Context, err error) error {
	var stop *stopError
	if !errors.As(context.Cause(ctx), &stop) {
		return err
	}
	for _, sign := range []error{runtime.Interrupted, context.Canceled, stop} {
		if errors.Is(err, sign) {
			return &stoppedGuest{stop, err}
		}
	}
	return err
}

// stuck returns the error of a guest that did not stop in time after ctx ended.
func stuck(ctx context.Context) error {
	var stop *stopError
	if !errors.As(context.Cause(ctx), &stop) {
		stop = &stopError{"stopped", statusTrap}
	}
	return &stoppedGuest{stop: &stopError{stop.why + " while a system call of the guest was waiting", stop.status}}
}
