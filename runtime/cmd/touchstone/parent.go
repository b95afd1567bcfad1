package main

import (
	"os"
	"os/signal"
	"syscall"
)

// parentVariable marks, in its environment, a process that was made for a guest. Its value is of no importance: whoever sets it
// gets a sandbox around the command itself.
const parentVariable = "TOUCHSTONE_GUEST"

// parentPipe is the descriptor by which the process of a guest tells its parent how far it is.
const parentPipe = 3

// What the process of a guest tells. One that ends without toldEnd broke down.
const (
	toldStart = 's' // the guest starts
	toldEnd   = 'e' // the exit status is the command's or the guest's
)

// parent is the process that made this one for a guest.
type parent struct{ pipe *os.File }

// parentOfGuest returns the parent, or nil if this process was not made for a guest.
func parentOfGuest() *parent {
	if os.Getenv(parentVariable) == "" {
		return nil
	}
	syscall.CloseOnExec(parentPipe)
	return &parent{os.NewFile(parentPipe, "parent")}
}

// tell tells one thing. If the parent is gone there is nobody to tell.
func (p *parent) tell(what byte) { p.pipe.Write([]byte{what}) }

// ignoreFurtherSignals keeps a second signal from ending the process by itself: what a terminal sends to both processes, the parent
// passes on once more.
func ignoreFurtherSignals() {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM)
}
