// Package arch holds the tests that keep the architecture: which package may import which, where cgo, unsafe and system
// calls may stand, what the top level holds, how long files are. It contains no code of its own besides them.
//
// The tests read the sources of all platforms and build tags, so that a file that is not built here is checked too.
package arch
