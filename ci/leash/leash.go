// Package leash ends processes with the one that started them, however that ends, and whoever stands between them: the leash is a pipe
// of which they inherit one end, and whose other end the system closes.
package leash

import (
	"os"
)

// Variable is the variable of the environment that says that there is a leash.
const Variable = "TOUCHSTONE_LEASH"

// descriptor is where the end of a leash is in processes that inherit it: behind those of the standard streams.
const descriptor = 3

// Hold makes a leash. The end is for the ExtraFiles of a command, as the only one; the environment needs [Variable]. It is let go when that
// command has ended.
func Hold() (end *os.File, letGo func(), err error) {
	end, held, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	return end, func() { _, _ = end.Close(), held.Close() }, nil
}

// Follow ends this process when the one at the other end of its leash ends, if it has one.
func Follow() {
	if os.Getenv(Variable) == "" {
		return
	}
	end := os.NewFile(descriptor, "leash")
	go func() {
		var nothing [1]byte
		if n, err := end.Read(nothing[:]); n == 0 && err != nil {
			os.Exit(1)
		}
	}()
}
