package wasi

// Rights are what a descriptor can be used for, by their bits in preview 1.
type Rights uint64

// The rights of preview 1.
const (
	RightFdDatasync Rights = 1 << iota
	RightFdRead
	RightFdSeek
	RightFdFdstatSetFlags
	RightFdSync
	RightFdTell
	RightFdWrite
	RightFdAdvise
	RightFdAllocate
	RightPathCreateDirectory
	RightPathCreateFile
	RightPathLinkSource
	RightPathLinkTarget
	RightPathOpen
	RightFdReaddir
	RightPathReadlink
	RightPathRenameSource
	RightPathRenameTarget
	RightPathFilestatGet
	RightPathFilestatSetSize
	RightPathFilestatSetTimes
	RightFdFilestatGet
	RightFdFilestatSetSize
	RightFdFilestatSetTimes
	RightPathSymlink
	RightPathRemoveDirectory
	RightPathUnlinkFile
	RightPollFdReadwrite
	RightSockShutdown
	RightSockAccept
	endOfRights

	allRights = endOfRights - 1
)

var rightNames = []string{
	"fd_datasync", "fd_read", "fd_seek", "fd_fdstat_set_flags", "fd_sync", "fd_tell", "fd_write", "fd_advise",
	"fd_allocate", "path_create_directory", "path_create_file", "path_link_source", "path_link_target", "path_open",
	"fd_readdir", "path_readlink", "path_rename_source", "path_rename_target", "path_filestat_get",
	"path_filestat_set_size", "path_filestat_set_times", "fd_filestat_get", "fd_filestat_set_size",
	"fd_filestat_set_times", "path_symlink", "path_remove_directory", "path_unlink_file", "poll_fd_readwrite",
	"sock_shutdown", "sock_accept",
}

// String returns the names in r, joined by "|".
func (r Rights) String() string { return flagText(rightNames, uint64(r)) }

// The rights that make sense for each type of file; a descriptor has no others.
const (
	// dirRights are for directories.
	dirRights = RightFdFdstatSetFlags | RightFdSync | RightFdDatasync | RightFdAdvise | RightPathCreateDirectory |
		RightPathCreateFile | RightPathLinkSource | RightPathLinkTarget | RightPathOpen | RightFdReaddir |
		RightPathReadlink | RightPathRenameSource | RightPathRenameTarget | RightPathFilestatGet |
		RightPathFilestatSetSize | RightPathFilestatSetTimes | RightFdFilestatGet | RightFdFilestatSetTimes |
		RightPathSymlink | RightPathRemoveDirectory | RightPathUnlinkFile
	// streamRights are for pipes, terminals and the like, which have no offset. C programs take a character device
	// without the rights to seek and tell for a terminal.
	streamRights = RightFdRead | RightFdWrite | RightFdFdstatSetFlags | RightFdFilestatGet | RightPollFdReadwrite
	// fileRights are for regular files.
	fileRights = streamRights | RightFdSeek | RightFdTell | RightFdSync | RightFdDatasync | RightFdAdvise |
		RightFdAllocate | RightFdFilestatSetSize | RightFdFilestatSetTimes
	// pathRights can only be had on directories.
	pathRights = dirRights &^ (fileRights | RightFdReaddir)
)

// AllRights returns the rights that make sense for a directory, or for a regular file.
func AllRights(dir bool) Rights {
	if dir {
		return dirRights
	}
	return fileRights
}

// OFlags say how path_open opens.
type OFlags uint16

// The open flags of preview 1.
const (
	OCreat OFlags = 1 << iota
	ODirectory
	OExcl
	OTrunc
)

var oflagNames = []string{"creat", "directory", "excl", "trunc"}

// FDFlags are the flags of an open descriptor.
type FDFlags uint16

// The descriptor flags of preview 1.
const (
	FDAppend FDFlags = 1 << iota
	FDDsync
	FDNonblock
	FDRsync
	FDSync
)

var fdflagNames = []string{"append", "dsync", "nonblock", "rsync", "sync"}

// lookupFollow is the only lookup flag.
const lookupFollow = 1

var lookupNames = []string{"symlink_follow"}

// The flags of the calls that set times.
const (
	fstAtim = 1 << iota
	fstAtimNow
	fstMtim
	fstMtimNow
)

var fstflagNames = []string{"atim", "atim_now", "mtim", "mtim_now"}

var (
	clockNames  = []string{"realtime", "monotonic", "process_cputime", "thread_cputime"}
	whenceNames = []string{"set", "cur", "end"}
	adviceNames = []string{"normal", "sequential", "random", "willneed", "dontneed", "noreuse"}
)

// Sizes in bytes of the structures that cross the boundary.
const (
	sizeOfIovec        = 8
	sizeOfFdstat       = 24
	sizeOfFilestat     = 64
	sizeOfPrestat      = 8
	sizeOfDirent       = 24
	sizeOfSubscription = 48
	sizeOfEvent        = 32
	sizeOfAddress      = 8
	sizeOfAddrinfo     = 28
	sizeOfSockaddr     = 12
)
