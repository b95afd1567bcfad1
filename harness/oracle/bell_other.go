//go:build !linux

package oracle

// source tells nothing: this system has nothing that tells of changes in one system call.
type source struct{}

func newSource() source { return source{} }

func (source) watch(string, *bool) error { return nil }

func (source) listen() bool { return false }

func (source) close() error { return nil }
