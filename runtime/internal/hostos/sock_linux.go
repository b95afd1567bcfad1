package hostos

import "golang.org/x/sys/unix"

// noSignal keeps sending from raising SIGPIPE.
const noSignal = unix.MSG_NOSIGNAL

func newSocket(family, typ int) (FD, error) {
	fd, err := unix.Socket(family, typ|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return NoFD, err
	}
	return FD(fd), nil
}

func accept(fd FD) (FD, unix.Sockaddr, error) {
	conn, sa, err := unix.Accept4(int(fd), unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
	if err != nil {
		return NoFD, nil, err
	}
	return FD(conn), sa, nil
}
