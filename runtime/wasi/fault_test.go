package wasi

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// faults are what can become of one system call.
var faults = map[string]hostos.Fault{
	"EINTR": {Err: unix.EINTR}, "EIO": {Err: unix.EIO}, "ENOSPC": {Err: unix.ENOSPC}, "EMFILE": {Err: unix.EMFILE},
	"EAGAIN": {Err: unix.EAGAIN}, "short": {Short: true},
}

// caller makes a hostcall of a program and returns its errno; what it returns is at outAt.
type caller func(name string, args ...uint64) Errno

// programs use every hostcall that makes system calls. They go on whatever a call returns.
var programs = map[string]func(w *world, do caller){
	"files": func(w *world, do caller) {
		open := func(path string, oflags OFlags, rights, fdflags uint64) uint64 {
			p, n := w.path(path)
			copy(w.mem(outAt, 4), "\x63\x00\x00\x00") // what is used if it cannot be opened
			do("path_open", boxFD, lookupFollow, p, n, uint64(oflags), rights, uint64(allRights), fdflags, outAt)
			return uint64(w.u32(outAt))
		}
		file := open("toFile", OCreat, readWrite, 0)
		fresh := open("dir/../fresh", OCreat|OTrunc, readWrite, uint64(FDAppend))
		p, n := w.iovecs(3, 4)
		do("fd_read", file, p, n, outAt)
		do("fd_write", file, p, n, outAt)
		do("fd_tell", file, outAt)
		do("fd_write", fresh, p, 1, outAt)
		do("fd_seek", fresh, 0, uint64(hostos.SeekSet), outAt)
		do("fd_read", fresh, p, 1, outAt)
		do("fd_fdstat_set_flags", fresh, 0)
		do("fd_write", fresh, p, 1, outAt)
		do("fd_tell", fresh, outAt)
		do("fd_pwrite", file, p, n, 2, outAt)
		do("fd_pread", file, p, n, 1, outAt)
		do("fd_tell", file, outAt)
		do("fd_filestat_get", file, outAt)
		do("fd_filestat_set_size", file, 5)
		do("fd_filestat_set_times", file, 0, 1e9, fstMtim)
		do("fd_advise", file, 0, 1, 0)
		do("fd_datasync", file)
		do("fd_sync", file)
		do("fd_renumber", file, fresh)
		do("fd_read", fresh, p, n, outAt)
		do("fd_close", fresh)
		do("fd_close", file)
	},
	"paths": func(w *world, do caller) {
		on := func(name, path string, rest ...uint64) {
			p, n := w.path(path)
			do(name, append([]uint64{boxFD, p, n}, rest...)...)
		}
		on("path_create_directory", "dir/made")
		pa, na, pb, nb := w.twoPaths("../file", "dir/made/link")
		do("path_symlink", pa, na, boxFD, pb, nb)
		on("path_readlink", "dir/made/link", bufAt, 100, outAt)
		for _, follow := range []uint64{0, lookupFollow} {
			p, n := w.path("dir/../toFile")
			do("path_filestat_get", boxFD, follow, p, n, outAt)
			do("path_filestat_set_times", boxFD, follow, p, n, 1e9, 1e9, fstAtim|fstMtim)
		}
		pa, na, pb, nb = w.twoPaths("file", "dir/other")
		do("path_link", boxFD, 0, pa, na, boxFD, pb, nb)
		pa, na, pb, nb = w.twoPaths("dir/other", "dir/made/moved")
		do("path_rename", boxFD, pa, na, boxFD, pb, nb)
		p, n := w.path("dir")
		copy(w.mem(outAt, 4), "\x63\x00\x00\x00")
		do("path_open", boxFD, 0, p, n, uint64(ODirectory), uint64(allRights), uint64(allRights), 0, outAt)
		dir := uint64(w.u32(outAt))
		do("fd_readdir", dir, bufAt, 1000, 0, outAt)
		do("fd_readdir", dir, bufAt, 30, 1, outAt)
		do("fd_close", dir)
		on("path_unlink_file", "dir/made/moved")
		on("path_unlink_file", "dir/other")
		on("path_unlink_file", "dir/made/link")
		on("path_remove_directory", "dir/made")
	},
	"streams": func(w *world, do caller) {
		p, n := w.iovecs(2, 2)
		do("fd_write", 1, p, n, outAt)
		sub := w.mem(bufAt+100, 2*sizeOfSubscription)
		clear(sub)
		sub[8], sub[16] = eventFdRead, 0
		sub[sizeOfSubscription+8], sub[sizeOfSubscription+16] = eventFdWrite, 1
		do("poll_oneoff", bufAt+100, outAt+8, 2, outAt)
		do("fd_read", 0, p, n, outAt)
		do("fd_filestat_get", 0, outAt)
	},
	"datagrams": func(w *world, do caller) {
		fd := openSocket(w, do, typeDatagram)
		do("sock_setsockopt", fd, 0, 4, optionOf(w, 1), 4)
		do("sock_bind", fd, w.addr("127.0.0.1", addrTagged), 0)
		port := localPort(w, do, fd)
		for _, recv := range []string{"sock_recv_from.v1", "sock_recv_from.v2", "sock_recv", "fd_read"} {
			p, n := w.iovecs(2, 3)
			do("sock_send_to", fd, p, n, w.addr("127.0.0.1", addrTagged), port, 0, outAt)
			p, n = w.iovecs(8)
			switch recv {
			case "sock_recv":
				do(recv, fd, p, n, 0, outAt, outAt+4)
			case "fd_read":
				do(recv, fd, p, n, outAt)
			case "sock_recv_from.v1":
				do(recv, fd, p, n, w.room(addrTagged), 0, outAt, outAt+4)
			default:
				do(recv, fd, p, n, w.room(addrTagged), 0, portAt, outAt, outAt+4)
			}
		}
		do("fd_close", fd)
	},
	"connections": func(w *world, do caller) {
		listener := openSocket(w, do, typeStream)
		do("sock_bind", listener, w.addr("127.0.0.1", addrLen4), 0)
		do("sock_listen", listener, 8)
		port := localPort(w, do, listener)
		for _, accept := range []string{"sock_accept", "sock_accept.v1"} {
			client := openSocket(w, do, typeStream)
			do("sock_connect", client, w.addr("127.0.0.1", addrLen4), port)
			copy(w.mem(outAt, 4), "\x63\x00\x00\x00")
			if accept == "sock_accept" {
				do(accept, listener, 0, outAt)
			} else {
				do(accept, listener, outAt)
			}
			server := uint64(w.u32(outAt))
			p, n := w.iovecs(2, 3)
			do("sock_send", client, p, n, 0, outAt)
			do("fd_write", server, p, n, outAt)
			do("sock_recv", server, p, n, riPeek, outAt, outAt+4)
			do("sock_recv", server, p, n, riWaitAll, outAt, outAt+4)
			do("fd_read", client, p, n, outAt)
			for _, name := range []uint64{2, 5, 9} { // error, sndbuf, linger
				copy(w.mem(sizeAt, 4), "\x10\x00\x00\x00")
				do("sock_getsockopt", client, 0, name, bufAt, sizeAt)
			}
			do("sock_setsockopt", client, 0, 9, optionOf(w, 1), 8)
			do("sock_getpeeraddr.v1", server, w.room(addrTagged), typeAt, portAt)
			do("sock_getpeeraddr.v2", client, w.room(addrLen4), portAt)
			do("sock_getlocaladdr.v1", client, w.room(addrTagged), typeAt, portAt)
			do("sock_shutdown", client, sdWrite)
			do("sock_recv", server, p, n, 0, outAt, outAt+4)
			do("fd_close", server)
			do("fd_close", client)
		}
		do("fd_close", listener)
	},
}

// possible reports whether a host gives the fault to the system calls of a program: none has a disk's errors for sockets.
func possible(program string, f hostos.Fault) bool {
	return program != "datagrams" && program != "connections" || f.Err == unix.EINTR || f.Err == nil || slices.Contains(netErrors, errnoOf(f.Err))
}

// openSocket opens an IPv4 socket and returns its number, or one that is not open.
func openSocket(w *world, do caller, typ uint64) uint64 {
	copy(w.mem(outAt, 4), "\x63\x00\x00\x00")
	do("sock_open", familyInet4, typ, outAt)
	return uint64(w.u32(outAt))
}

// localPort returns the local port of a socket, or one on which nobody listens.
func localPort(w *world, do caller, fd uint64) uint64 {
	copy(w.mem(portAt, 4), "\x01\x00\x00\x00")
	do("sock_getlocaladdr.v2", fd, w.room(addrTagged), portAt)
	return uint64(w.u32(portAt))
}

// optionOf puts the value of an option into memory: v, and as a second number 0.
func optionOf(w *world, v byte) uint64 {
	copy(w.mem(bufAt, 8), []byte{v, 0, 0, 0, 0, 0, 0, 0})
	return bufAt
}

// TestFaults runs programs and lets one system call fail, each in turn and in every way. No fault may make a call panic, break a
// rule of the monitor, return an errno that its row does not declare, or leave a descriptor of the host open; an interrupted
// call is not seen at all.
func TestFaults(t *testing.T) {
	called := map[string]bool{}
	runs := 0
	for name, program := range programs {
		for _, resolver := range []hostos.Resolver{hostos.Auto, hostos.Walk} {
			want, calls := runFaulty(t, resolver, program, -1, hostos.Fault{}, called)
			for kind, fault := range faults {
				if !possible(name, fault) || testing.Short() && kind != "EIO" && kind != "EINTR" {
					continue
				}
				for nth := range calls {
					runs++
					got, _ := runFaulty(t, resolver, program, nth, fault, called)
					if kind == "EINTR" && !slices.Equal(got, want) {
						t.Errorf("%s: an interrupted system call %d is seen:\n%v\n%v", name, nth, got, want)
					}
					if t.Failed() {
						t.Fatalf("%s, resolver %d: %s at system call %d", name, resolver, kind, nth)
					}
				}
			}
		}
	}
	for h := range Hostcalls() {
		touches := h.ops&policy.Ops(policy.FdUse, policy.FdClose, policy.PathAt) != 0
		if touches && !called[h.ID()] && !called[h.Name] {
			t.Errorf("no program calls %s", h.ID())
		}
	}
	t.Logf("%d runs with a fault each", runs)
}

// runFaulty runs a program in a world of its own, in which the nth system call ends in a fault, and returns what the hostcalls
// returned and how many system calls there were.
func runFaulty(t *testing.T, resolver hostos.Resolver, program func(*world, caller), nth int, fault hostos.Fault,
	called map[string]bool) (outcome []string, calls int) {
	t.Helper()
	before := countFDs(t)
	in, feed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	drain, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	feed.WriteString("input")
	feed.Close() // what reads to the end does not wait
	w := newWorld(t, resolver, func(c *Config) {
		c.Stdin, c.Stdout = in, out
		c.Net = rules(t, "allow in tcp 127.0.0.1:0", "allow in udp 127.0.0.1:0 from 127.0.0.1", "allow out tcp 127.0.0.1:*", "allow out udp 127.0.0.1:*")
		c.NetTimeout = 20 * time.Millisecond // what a fault kept from coming is not waited for
	})
	restore := hostos.Inject(func() hostos.Fault {
		calls++
		if calls-1 == nth {
			return fault
		}
		return hostos.Fault{}
	})
	program(w, func(name string, args ...uint64) Errno {
		called[name] = true
		errno, err := w.try(name, args...)
		if err != nil {
			t.Errorf("%s%x: %v", name, args, err)
		}
		outcome = append(outcome, fmt.Sprint(name, " ", errno))
		return errno
	})
	restore()
	w.untouched()
	if err := w.sys.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	for _, f := range []*os.File{in, drain, out} {
		f.Close()
	}
	if after := countFDs(t); after != before {
		t.Errorf("%d descriptors are open, %d were: %v", after, before, outcome)
	}
	return outcome, calls
}
