package main

import (
	"errors"
	"io"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// outcome prints how the guest in the file path ended, if not normally, and returns the exit status. An error is a
// failure of the command itself.
func outcome(path string, err error, w io.Writer) (int, error) {
	if err == nil {
		return statusOK, nil
	}
	if exit := (*runtime.ExitError)(nil); errors.As(err, &exit) {
		return int(exit.Code & 0xff), nil
	}
	if stopped := (*stoppedGuest)(nil); errors.As(err, &stopped) {
		report(w, path+": "+stopped.Error())
		return stopped.stop.status, nil
	}
	if ended(err) {
		report(w, path+": "+err.Error()+limitHint(err))
		return statusTrap, nil
	}
	return 0, err
}

// limitHint says which flag changes the limit that ended a guest or kept it from being started, if there is one.
func limitHint(err error) string {
	limit, starved, ofModule := (*runtime.LimitError)(nil), (*starvedGuest)(nil), (*wasm.LimitError)(nil)
	switch {
	case errors.As(err, &starved):
		return " (-max-memory sets the bound)"
	case errors.As(err, &limit) && settingFlags[limit.Setting] != "":
		return " (" + settingFlags[limit.Setting] + " sets the bound)"
	case errors.As(err, &ofModule) && settingFlags[ofModule.Setting] != "":
		return " (" + settingFlags[ofModule.Setting] + " sets the bound)"
	case errors.As(err, &ofModule) && ofModule.Setting != "":
		return " (-limit " + ofModule.Setting + "=N sets the bound)"
	case errors.Is(err, runtime.FuelExhausted):
		return " (-fuel sets the bound)"
	case errors.Is(err, runtime.StackExhausted):
		return " (-max-depth and -max-stack set the bounds)"
	}
	return ""
}

// starvedGuest is the end of a guest after it was refused memory.
type starvedGuest struct{ error }

// Error says that memory was refused before the guest ended, which may be why.
func (e *starvedGuest) Error() string { return e.error.Error() + ", after it was refused more memory" }

// Unwrap returns how the guest ended.
func (e *starvedGuest) Unwrap() error { return e.error }
