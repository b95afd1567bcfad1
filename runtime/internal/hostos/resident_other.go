//go:build !linux

package hostos

// IsResident reports that nothing is known of the file system.
func IsResident(FD) bool { return false }

// FstatResident is [Fstat] here.
func FstatResident(fd FD) (Stat, error) { return Fstat(fd) }

// closeResident is [Close] here.
func closeResident(fd FD) error { return Close(fd) }
