package wasi

import (
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

func procExit(c *Call) Errno {
	if planted.Selected == planted.ExitByte {
		c.args[0] &= 0xff
	}
	if c.allowPlain(policy.Exit, uint64(c.u32(0))) {
		c.fail = &runtime.ExitError{Code: c.u32(0)}
	}
	return ESUCCESS
}

// signals are the signals of preview 1, by number, and what they do to a program that has no handlers, as POSIX says.
var signals = [...]struct {
	name string
	act  action
}{
	{"none", ignores}, {"hup", ends}, {"int", ends}, {"quit", ends}, {"ill", ends}, {"trap", ends}, {"abrt", ends}, {"bus", ends}, {"fpe", ends},
	{"kill", ends}, {"usr1", ends}, {"segv", ends}, {"usr2", ends}, {"pipe", ends}, {"alrm", ends}, {"term", ends}, {"chld", ignores},
	{"cont", ignores}, {"stop", stops}, {"tstp", stops}, {"ttin", stops}, {"ttou", stops}, {"urg", ignores}, {"xcpu", ends}, {"xfsz", ends},
	{"vtalrm", ends}, {"prof", ends}, {"winch", ignores}, {"poll", ends}, {"pwr", ends}, {"sys", ends},
}

// action is what a signal does.
type action uint8

const (
	ignores action = iota
	ends
	stops
)

// signalStatus is the exit status of a program that a signal ended, less the number of the signal, as shells tell it.
const signalStatus = 128

// procRaise does what a signal does to a program without handlers, for guests have none: it ends the guest, or nothing. A guest cannot
// be stopped, as nobody would let it go on.
func procRaise(c *Call) Errno {
	sig := c.u32(0)
	switch signals[sig].act {
	case ignores:
		return ESUCCESS
	case stops:
		return ENOTSUP
	}
	if planted.Selected == planted.RaiseStatus {
		c.fail = &runtime.ExitError{Code: sig}
		return ESUCCESS
	}
	if c.allowPlain(policy.Exit, uint64(signalStatus+sig)) {
		c.fail = &runtime.ExitError{Code: signalStatus + sig}
	}
	return ESUCCESS
}

// signalNames are the names of the signals.
var signalNames = func() (names []string) {
	for _, s := range signals {
		names = append(names, s.name)
	}
	return names
}()

// schedYield does nothing: the guest has one thread, and the host's scheduler gives others their turn without being asked.
func schedYield(*Call) Errno { return ESUCCESS }
