package hostos

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// noSignal is 0: macOS has an option of the socket instead, which prepare sets.
const noSignal = 0

// newSocket holds the lock against forks, as the system has no way to make a socket that is not inherited in one step.
func newSocket(family, typ int) (FD, error) {
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(family, typ, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return NoFD, err
	}
	return prepare(fd)
}

func accept(fd FD) (FD, unix.Sockaddr, error) {
	syscall.ForkLock.RLock()
	conn, sa, err := unix.Accept(int(fd))
	if err == nil {
		unix.CloseOnExec(conn)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return NoFD, nil, err
	}
	host, err := prepare(conn)
	return host, sa, err
}

// prepare makes a new socket neither block nor raise SIGPIPE.
func prepare(fd int) (FD, error) {
	err := unix.SetNonblock(fd, true)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_NOSIGPIPE, 1)
	}
	if err != nil {
		unix.Close(fd)
		return NoFD, err
	}
	return FD(fd), nil
}
