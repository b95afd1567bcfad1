package oracle

import (
	"io"
	"os"
	"slices"
)

// Descriptors lists the descriptors of this process.
type Descriptors struct {
	dir *os.File
}

// NewDescriptors returns a list that is to be closed.
func NewDescriptors() (*Descriptors, error) {
	// On Linux this is a link to the process's own directory; on macOS it is a file system of its own.
	dir, err := os.Open("/dev/fd")
	return &Descriptors{dir}, err
}

// Open returns the names of those that are open, the one that the list needs among them.
func (d *Descriptors) Open() ([]string, error) {
	if _, err := d.dir.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	names, err := d.dir.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// Close frees the list.
func (d *Descriptors) Close() error { return d.dir.Close() }
