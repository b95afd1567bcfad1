//go:build !linux

package hostos

// IsResident reports that nothing is known of the file system.
func IsResident(FD) bool { return false }

// FstatResident is [Fstat] here.
func FstatResident(fd FD, st *Stat) (err error) {
	*st, err = Fstat(fd)
	return err
}
