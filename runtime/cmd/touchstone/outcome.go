package main

import (
	"errors"
	"io"

	"github.com/touchstone-wasm/touchstone/runtime"
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
		report(w, path+": "+err.Error())
		return statusTrap, nil
	}
	return 0, err
}
