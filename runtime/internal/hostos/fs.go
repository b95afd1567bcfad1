package hostos

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// FD is a descriptor of the host.
type FD int32

// NoFD is no descriptor.
const NoFD FD = -1

// Resolver is a way to resolve paths.
type Resolver uint8

// The resolvers. Auto is Kernel where the kernel can, else Walk.
const (
	Auto Resolver = iota
	Kernel
	Walk
)

// FS resolves paths beneath directories. It holds no state: two FS with the same Resolver are the same.
type FS struct {
	walk   bool
	cached bool  // the kernel can look at what is in its memory alone
	found  Found // nil: nobody asks
}

// Found is told what the host found for a path beneath dir, or for the part of it that leads to the last component, before
// anything else is done there. Its error ends the call.
type Found func(dir FD, path string, fd FD) error

// Observed returns an FS that is like fs and tells f all that it finds.
func (fs FS) Observed(f Found) FS {
	fs.found = f
	return fs
}

// tell tells the observer, if there is one.
func (fs FS) tell(dir FD, path string, fd FD) error {
	if fs.found == nil {
		return nil
	}
	return fs.found(dir, path, fd)
}

// NewFS returns an FS. Asking for Kernel where it does not exist gives ENOSYS.
func NewFS(r Resolver) (FS, error) {
	switch r {
	case Walk:
		return FS{walk: true}, nil
	case Kernel:
		if !kernelResolves() {
			return FS{}, unix.ENOSYS
		}
	default:
		if walks || !kernelResolves() {
			return FS{walk: true}, nil
		}
	}
	return FS{cached: kernelCaches()}, nil
}

// walks makes Auto stand for Walk.
var walks bool

// PreferWalk makes Auto stand for Walk until restore is called. It is for tests.
func PreferWalk() (restore func()) {
	before := walks
	walks = true
	return func() { walks = before }
}

// Flags say how to open a path.
type Flags uint16

// The flags of [FS.Open]. Without Read and Write a file is opened for reading. PathOnly opens no content: the descriptor
// serves [Fstat] and as a directory; it goes with Follow, and only [FS.Stat] may open a link itself.
const (
	Read Flags = 1 << iota
	Write
	Create
	Exclusive
	Truncate
	Directory
	Append
	Sync
	DSync
	Follow // the last component may be a symbolic link; without it, that is ELOOP or, with Directory, ENOTDIR
	PathOnly
	Resident // dir lies on a file system of which [IsResident] said so: what is there can be asked without waiting
)

// fileMode is what created files get, less the umask; dirMode is the same for directories.
const (
	fileMode = 0o666
	dirMode  = 0o777
)

var flagBits = [...]struct {
	flag Flags
	host int
}{
	{Create, unix.O_CREAT},
	{Exclusive, unix.O_EXCL},
	{Truncate, unix.O_TRUNC},
	{Directory, unix.O_DIRECTORY},
	{Append, unix.O_APPEND},
	{Sync, unix.O_SYNC},
	{DSync, unix.O_DSYNC},
}

// hostFlags returns the open flags for f, without the ones that govern the following of links.
func hostFlags(f Flags) int {
	if f&PathOnly != 0 {
		if f&Directory != 0 {
			return searchDir | unix.O_CLOEXEC
		}
		return pathOnly | unix.O_CLOEXEC
	}
	flags := unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOCTTY
	switch f & (Read | Write) {
	case Write:
		flags |= unix.O_WRONLY
	case Read | Write:
		flags |= unix.O_RDWR
	}
	if f&^(Read|Write|Follow|Resident) == 0 {
		return flags // as most often
	}
	for _, b := range flagBits {
		if f&b.flag != 0 && !(planted.Selected == planted.AppendLost && b.flag == Append || planted.Selected == planted.DirectoryLost && b.flag == Directory) {
			flags |= b.host
		}
	}
	return flags
}

// Open opens path beneath dir, says in st what it is and returns the descriptor. Devices, but for the null device, and the files
// of processes in /proc are refused with ErrDevice. Slashes at the end of path demand a directory and make a symbolic link there be
// followed, as in POSIX.
func (fs FS) Open(dir FD, path string, f Flags, st *Stat) (FD, error) {
	if err := CheckPath(path); err != nil {
		return NoFD, err
	}
	if f&Create != 0 && f&Directory != 0 {
		return NoFD, unix.EINVAL // kernels differ: some make a file
	}
	if f&Create != 0 {
		if _, last, slash := split(path); slash || isDots(last) {
			return NoFD, fs.refuseCreate(dir, path)
		}
	}
	fd, err := fs.openStat(dir, path, f, st)
	if err == nil && f&PathOnly == 0 && (st.IsDevice() && planted.Selected != planted.Devices || st.Type == Regular && st.Size == 0 && ofProcess(fd)) {
		Close(fd)
		return NoFD, ErrDevice
	}
	return fd, err
}

// openStat opens a checked path and says in st what it is. Resident is heeded if nobody observes.
func (fs FS) openStat(dir FD, path string, f Flags, st *Stat) (FD, error) {
	if fs.cached && fs.found == nil {
		if fd, err := kernelOpenResident(dir, path, f, st); err != errWaits {
			return fd, err
		}
	}
	fd, err := fs.open(dir, path, f)
	if err != nil {
		return NoFD, err
	}
	if *st, err = Fstat(fd); err != nil {
		Close(fd)
		return NoFD, err
	}
	return fd, nil
}

// errWaits says that [kernelOpenResident] leaves it to the ordinary way.
var errWaits = errors.New("it may wait")

// open opens a checked path.
func (fs FS) open(dir FD, path string, f Flags) (fd FD, err error) {
	if fs.walk {
		fd, err = walkOpen(dir, path, f)
	} else {
		fd, err = kernelOpen(dir, path, f)
	}
	if err != nil {
		return NoFD, err
	}
	if err := fs.tell(dir, path, fd); err != nil {
		Close(fd)
		return NoFD, err
	}
	return fd, nil
}

// refuseCreate says why a path that can only name a directory cannot be created as a file: EISDIR, unless it already
// leads nowhere.
func (fs FS) refuseCreate(dir FD, path string) error {
	parent, last, _ := split(path)
	if last == ".." {
		parent = path // the whole path must be shown to stay beneath dir
	}
	if parent == "" {
		return unix.EISDIR
	}
	fd, err := fs.open(dir, parent, PathOnly|Directory|Follow)
	if err != nil {
		return err
	}
	Close(fd)
	return unix.EISDIR
}

// Stat says in st what path beneath dir is; a symbolic link at its end is followed if f has Follow or if slashes follow it. Of the
// other flags, Resident has a meaning. After an error, st may be of a link on the way.
func (fs FS) Stat(dir FD, path string, f Flags, st *Stat) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	parent, last, slash := split(path)
	if parent == "" && !slash && last != ".." {
		// One component: the directory itself is the parent, and most often it is no link.
		if err := fs.tell(dir, path, dir); err != nil {
			return err
		}
		if err := statAt(dir, last, st); err != nil || f&Follow == 0 || st.Type != Symlink {
			return err
		}
	}
	if slash || isDots(last) {
		f |= Follow
	}
	if fs.walk {
		if f&Follow != 0 {
			return fs.walkStat(dir, path, st)
		}
		return fs.at(dir, path, func(parent FD, name string) error { return statAt(parent, name, st) })
	}
	// The kernel resolves all of the path at once, as strictly as for its directory alone, and what is asked then is a descriptor,
	// not a name once more.
	fd, err := fs.openStat(dir, path, PathOnly|f&(Follow|Resident), st)
	if err == nil {
		closeLooked(fd)
	}
	return err
}

// at opens the parent directory of path and calls f with it and the last component, which is not "." or "..".
func (fs FS) at(dir FD, path string, f func(parent FD, name string) error) error {
	parent, last, _ := split(path)
	if parent == "" {
		if err := fs.tell(dir, path, dir); err != nil {
			return err
		}
		return f(dir, last)
	}
	fd, err := fs.open(dir, parent, PathOnly|Directory|Follow)
	if err != nil {
		return err
	}
	defer Close(fd)
	return f(fd, last)
}
