package wasi

import (
	"strconv"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Errno is the result of a hostcall, by its number in preview 1.
type Errno uint16

// The error numbers of preview 1. The names are those of POSIX, but for ESUCCESS and ENOTCAPABLE.
const (
	ESUCCESS Errno = iota
	E2BIG
	EACCES
	EADDRINUSE
	EADDRNOTAVAIL
	EAFNOSUPPORT
	EAGAIN
	EALREADY
	EBADF
	EBADMSG
	EBUSY
	ECANCELED
	ECHILD
	ECONNABORTED
	ECONNREFUSED
	ECONNRESET
	EDEADLK
	EDESTADDRREQ
	EDOM
	EDQUOT
	EEXIST
	EFAULT
	EFBIG
	EHOSTUNREACH
	EIDRM
	EILSEQ
	EINPROGRESS
	EINTR
	EINVAL
	EIO
	EISCONN
	EISDIR
	ELOOP
	EMFILE
	EMLINK
	EMSGSIZE
	EMULTIHOP
	ENAMETOOLONG
	ENETDOWN
	ENETRESET
	ENETUNREACH
	ENFILE
	ENOBUFS
	ENODEV
	ENOENT
	ENOEXEC
	ENOLCK
	ENOLINK
	ENOMEM
	ENOMSG
	ENOPROTOOPT
	ENOSPC
	ENOSYS
	ENOTCONN
	ENOTDIR
	ENOTEMPTY
	ENOTRECOVERABLE
	ENOTSOCK
	ENOTSUP
	ENOTTY
	ENXIO
	EOVERFLOW
	EOWNERDEAD
	EPERM
	EPIPE
	EPROTO
	EPROTONOSUPPORT
	EPROTOTYPE
	ERANGE
	EROFS
	ESPIPE
	ESRCH
	ESTALE
	ETIMEDOUT
	ETXTBSY
	EXDEV
	ENOTCAPABLE
	numErrnos
)

var errnoNames = [numErrnos]string{
	"ESUCCESS", "E2BIG", "EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EAGAIN", "EALREADY", "EBADF",
	"EBADMSG", "EBUSY", "ECANCELED", "ECHILD", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EDEADLK", "EDESTADDRREQ",
	"EDOM", "EDQUOT", "EEXIST", "EFAULT", "EFBIG", "EHOSTUNREACH", "EIDRM", "EILSEQ", "EINPROGRESS", "EINTR", "EINVAL",
	"EIO", "EISCONN", "EISDIR", "ELOOP", "EMFILE", "EMLINK", "EMSGSIZE", "EMULTIHOP", "ENAMETOOLONG", "ENETDOWN",
	"ENETRESET", "ENETUNREACH", "ENFILE", "ENOBUFS", "ENODEV", "ENOENT", "ENOEXEC", "ENOLCK", "ENOLINK", "ENOMEM",
	"ENOMSG", "ENOPROTOOPT", "ENOSPC", "ENOSYS", "ENOTCONN", "ENOTDIR", "ENOTEMPTY", "ENOTRECOVERABLE", "ENOTSOCK",
	"ENOTSUP", "ENOTTY", "ENXIO", "EOVERFLOW", "EOWNERDEAD", "EPERM", "EPIPE", "EPROTO", "EPROTONOSUPPORT",
	"EPROTOTYPE", "ERANGE", "EROFS", "ESPIPE", "ESRCH", "ESTALE", "ETIMEDOUT", "ETXTBSY", "EXDEV", "ENOTCAPABLE",
}

// String returns the name of e.
func (e Errno) String() string {
	if e < numErrnos {
		return errnoNames[e]
	}
	return "errno(" + strconv.Itoa(int(e)) + ")"
}

// hostErrnos maps the host's error numbers. It is derived from the names, which are POSIX's on both sides.
var hostErrnos = func() map[int]Errno {
	byName := make(map[string]Errno, numErrnos)
	for e, name := range errnoNames {
		byName[name] = Errno(e)
	}
	byName["EOPNOTSUPP"] = ENOTSUP // one number on Linux, where this name wins
	byName["EWOULDBLOCK"] = EAGAIN
	byName["EDEADLOCK"] = EDEADLK
	if planted.Selected == planted.ErrnoLoop {
		byName["ELOOP"] = ENOENT
	}
	of := make(map[int]Errno)
	for n, name := range hostos.Errnos() {
		if e, ok := byName[name]; ok {
			of[n] = e
		}
	}
	return of
}()

// errnoOf returns the errno for an error of package hostos. What preview 1 has no number for is EIO.
func errnoOf(err error) Errno {
	switch err {
	case nil:
		return ESUCCESS
	case hostos.ErrEscape, hostos.ErrDevice:
		return ENOTCAPABLE
	}
	if e, ok := hostErrnos[hostos.Errno(err)]; ok {
		return e
	}
	return EIO
}

// errnoSet is a set of errnos.
type errnoSet [(numErrnos + 63) / 64]uint64

func (s *errnoSet) add(errnos ...Errno) {
	for _, e := range errnos {
		s[e/64] |= 1 << (e % 64)
	}
}

func (s *errnoSet) has(e Errno) bool { return e < numErrnos && s[e/64]>>(e%64)&1 != 0 }
