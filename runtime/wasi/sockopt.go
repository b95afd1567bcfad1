package wasi

import (
	"encoding/binary"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// optionNames are the options of WasmEdge's interface, by their numbers.
var optionNames = []string{"reuseaddr", "type", "error", "dontroute", "broadcast", "sndbuf", "rcvbuf", "keepalive", "oobinline", "linger",
	"rcvlowat", "rcvtimeo", "sndtimeo", "acceptconn", "bindtodevice"}

// maxSocketBuffer bounds what a guest can make the host keep for one socket in each direction.
const maxSocketBuffer = 1 << 20

// option is how an option is read and set. Its value has size bytes: one number, or two.
type option struct {
	size int
	get  func(c *Call, f *file) (a, b int64, errno Errno)
	set  func(c *Call, f *file, a, b int64) Errno // nil if it cannot be set
}

// options has what is there, by number.
var options = [...]*option{
	0:  ofHost(hostos.ReuseAddr, 1),
	1:  {4, getSockType, nil},
	2:  {4, getSockError, nil},
	3:  ofHost(hostos.DontRoute, 1),
	4:  ofHost(hostos.Broadcast, 1),
	5:  ofHost(hostos.SendBuffer, maxSocketBuffer),
	6:  ofHost(hostos.ReceiveBuffer, maxSocketBuffer),
	7:  ofHost(hostos.KeepAlive, 1),
	9:  {8, getLinger, setLinger},
	10: ofHost(hostos.ReceiveLow, maxSocketBuffer),
	11: {16, getTimeout(0), setTimeout(0)},
	12: {16, getTimeout(1), setTimeout(1)},
	13: {4, getAcceptConn, nil},
	14: nil, // the host's interfaces are not the guest's to know
}

// ofHost is an option that the host has, with a number up to limit: what is above is the limit.
func ofHost(o hostos.Option, limit int64) *option {
	return &option{
		size: 4,
		get: func(_ *Call, f *file) (int64, int64, Errno) {
			n, err := hostos.GetOption(f.host, o)
			if limit == 1 && n != 0 {
				n = 1 // macOS returns other numbers
			}
			return int64(n), 0, errnoOf(err)
		},
		set: func(_ *Call, f *file, v, _ int64) Errno {
			if v < 0 {
				return EINVAL
			}
			return errnoOf(hostos.SetOption(f.host, o, int(min(v, limit))))
		},
	}
}

func getSockType(_ *Call, f *file) (int64, int64, Errno) {
	if f.sock.proto == policy.UDP {
		return typeDatagram, 0, ESUCCESS
	}
	return typeStream, 0, ESUCCESS
}

// getSockError tells how connecting ended, as an errno of preview 1.
func getSockError(c *Call, f *file) (int64, int64, Errno) {
	if f.sock.connecting {
		if ready, err := hostos.IsReady(f.host, true); err != nil || !ready {
			return 0, 0, errnoOf(err)
		}
		errno := c.finishConnect(f)
		return int64(errno), 0, ESUCCESS
	}
	return int64(errnoOf(hostos.SocketError(f.host))), 0, ESUCCESS
}

func getAcceptConn(_ *Call, f *file) (int64, int64, Errno) {
	if f.sock.listening {
		return 1, 0, ESUCCESS
	}
	return 0, 0, ESUCCESS
}

func getLinger(_ *Call, f *file) (int64, int64, Errno) {
	on, err := hostos.ResetsOnClose(f.host)
	if on {
		return 1, 0, errnoOf(err)
	}
	return 0, 0, errnoOf(err)
}

// setLinger refuses to wait: closing must not block.
func setLinger(_ *Call, f *file, on, seconds int64) Errno {
	if on != 0 && seconds != 0 {
		return ENOTSUP
	}
	return errnoOf(hostos.ResetOnClose(f.host, on != 0))
}

// Timeouts are kept here, as the host's descriptor never waits. In memory they are seconds and microseconds.

func getTimeout(i int) func(*Call, *file) (int64, int64, Errno) {
	return func(_ *Call, f *file) (int64, int64, Errno) {
		t := f.sock.timeouts[i] / 1000
		return int64(t / 1_000_000), int64(t % 1_000_000), ESUCCESS
	}
}

func setTimeout(i int) func(*Call, *file, int64, int64) Errno {
	return func(_ *Call, f *file, seconds, micros int64) Errno {
		if seconds < 0 || micros < 0 || micros >= 1_000_000 {
			return EINVAL
		}
		f.sock.timeouts[i] = min(uint64(seconds), math.MaxInt64/2_000_000_000)*1_000_000_000 + uint64(micros)*1000
		if planted.Selected == planted.TimeoutMicros {
			f.sock.timeouts[i] += uint64(micros) * 999_000
		}
		return ESUCCESS
	}
}

// optionOf returns the option among the arguments.
func (c *Call) optionOf() (*option, Errno) {
	if name := c.u32(2); int(name) < len(options) && options[name] != nil {
		return options[name], ESUCCESS
	}
	return nil, ENOPROTOOPT
}

// checkOption takes the buffer of a getsockopt out of the memory: its length is at an address of its own.
func (c *Call) checkOption(buf, sizeAt uint64) Errno {
	if errno := c.touch(false, sizeAt, 4); errno != ESUCCESS {
		return errno
	}
	if errno := c.touch(true, sizeAt, 4); errno != ESUCCESS {
		return errno
	}
	n := uint64(binary.LittleEndian.Uint32(c.mem[sizeAt:]))
	if errno := c.touch(true, buf, n); errno != ESUCCESS {
		return errno
	}
	c.buf, c.bufAt = c.mem[buf:][:n:n], buf
	return ESUCCESS
}

func sockGetOpt(c *Call) Errno {
	f := c.files[0]
	o, errno := c.optionOf()
	switch {
	case errno != ESUCCESS:
		return errno
	case len(c.buf) < o.size:
		return EINVAL
	case !c.use(f, 0, 0):
		return EPERM
	}
	a, b, errno := o.get(c, f)
	if errno != ESUCCESS || c.fail != nil {
		return errno
	}
	value, half := c.out(c.bufAt, uint64(o.size)), o.size
	if o.size > 4 {
		half = o.size / 2
		putNumber(value[half:], b)
	}
	putNumber(value[:half], a)
	if planted.Selected == planted.OptionSize {
		return ESUCCESS // what is there is the size of the buffer
	}
	c.put32(4, uint32(o.size))
	return ESUCCESS
}

func sockSetOpt(c *Call) Errno {
	f := c.files[0]
	o, errno := c.optionOf()
	if errno != ESUCCESS {
		return errno
	}
	buf := c.from(3, uint64(c.u32(4)))
	switch {
	case len(buf) != o.size:
		return EINVAL
	case o.set == nil:
		return ENOPROTOOPT
	case !c.use(f, 0, 0):
		return EPERM
	}
	if o.size == 4 {
		return o.set(c, f, number(buf), 0)
	}
	return o.set(c, f, number(buf[:o.size/2]), number(buf[o.size/2:]))
}

// putNumber stores a number of 4 or 8 bytes.
func putNumber(b []byte, v int64) {
	if len(b) == 4 {
		binary.LittleEndian.PutUint32(b, uint32(v))
		return
	}
	binary.LittleEndian.PutUint64(b, uint64(v))
}

// number reads a number of 4 or 8 bytes.
func number(b []byte) int64 {
	if len(b) == 4 {
		return int64(int32(binary.LittleEndian.Uint32(b)))
	}
	return int64(binary.LittleEndian.Uint64(b))
}
