//go:build !linux

package timing

// resident cannot be answered here: the system tells the peak alone, which instances of an earlier batch have set.
func resident() (uint64, error) {
	return 0, &Inseparable{"this system does not tell how much memory of a process is resident"}
}
