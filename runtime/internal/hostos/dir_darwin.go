package hostos

// Offsets in struct dirent with 64-bit inode numbers.
const (
	direntReclen = 16
	direntType   = 20
	direntName   = 21
)
