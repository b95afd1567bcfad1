//go:build !linux

package timing

// pin does nothing: this system lets no thread choose its CPU.
func pin() (undo func()) { return func() {} }

// Pinning says in a few words where threads are kept while they are timed.
func Pinning() string { return "not pinned: this system lets no thread choose its CPU" }
