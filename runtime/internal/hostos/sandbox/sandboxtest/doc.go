// Package sandboxtest is for tests of what surrounds a guest: it logs the system calls of a process, and it takes from a process the
// calls that build a sandbox.
package sandboxtest
