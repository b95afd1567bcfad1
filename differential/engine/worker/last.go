package worker

import "crypto/sha256"

// keepFrom is the size in bytes of the modules that are kept compiled: those of compiled programs, which take seconds to compile
// and are run again and again with other inputs. Smaller ones are rarely run twice.
const keepFrom = 256 << 10

// Last keeps what an engine made of the last large module that it compiled. What is kept must not hold any state of a guest. The
// zero value keeps nothing yet; a Last is for one goroutine at a time.
type Last[T any] struct {
	hash [sha256.Size]byte
	kept *T
	drop func()
}

// Get returns what is kept of a module.
func (l *Last[T]) Get(module []byte) (T, bool) {
	if l.kept == nil || len(module) < keepFrom || sha256.Sum256(module) != l.hash {
		var none T
		return none, false
	}
	return *l.kept, true
}

// Put keeps x for a module in place of what was kept before, and reports whether it does. If so, it calls drop when x is not kept
// any longer; if not, x is still the caller's.
func (l *Last[T]) Put(module []byte, x T, drop func()) bool {
	if len(module) < keepFrom {
		return false
	}
	l.Drop()
	l.hash, l.kept, l.drop = sha256.Sum256(module), &x, drop
	return true
}

// Drop keeps nothing any longer.
func (l *Last[T]) Drop() {
	if l.kept != nil {
		l.drop()
		l.kept = nil
	}
}
