package hostos

// Fault is what becomes of a system call in a test. The zero value lets it be.
type Fault struct {
	Err   error // the call is not made, and this is its error; a descriptor that was to be closed is closed all the same
	Short bool  // a read or write moves one byte at most
}

// inject decides about each system call on a guest's paths and descriptors; nil outside of tests.
var inject func() Fault

// Inject makes f decide about each system call on a guest's paths and descriptors, in all goroutines, until restore is called.
// It is for tests: a fault is what a full disk, a signal or an exhausted table of the host would do.
func Inject(f func() Fault) (restore func()) {
	before := inject
	inject = f
	return func() { inject = before }
}

// fault returns the error of the system call that follows, if it is to fail.
func fault() error {
	if inject == nil {
		return nil
	}
	return inject().Err
}

// faultIO is fault for reads and writes, and returns the buffers to use, of which there is one at least.
func faultIO(bufs [][]byte) ([][]byte, error) {
	if inject == nil {
		return bufs, nil
	}
	f := inject()
	if f.Short && len(bufs) > 0 {
		bufs = [][]byte{bufs[0][:min(1, len(bufs[0]))]}
	}
	return bufs, f.Err
}

// faultOne is faultIO for one buffer.
func faultOne(b []byte) ([]byte, error) {
	if inject == nil {
		return b, nil
	}
	f := inject()
	if f.Short {
		b = b[:min(1, len(b))]
	}
	return b, f.Err
}
