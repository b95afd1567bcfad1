package policy

import (
	"fmt"
	"iter"
	"net/netip"
	"strconv"
)

// Op is a kind of effect.
type Op uint8

// The vocabulary. What is in the past tense is a post-condition: it is told after the system call.
const (
	ReadMem    Op = iota // reads Len bytes of guest memory at Addr
	WriteMem             // writes Len bytes of guest memory at Addr
	FdUse                // makes a system call on Host, the guest's descriptor FD, that needs Rights and Access
	FdOpen               // gives the guest the descriptor FD for Host, opened through the descriptor Dir, with Rights and Inherit
	FdClose              // takes the descriptor FD, which is Host, from the guest
	FdMove               // gives the descriptor FD, which is Host, the number Dir, which is free
	FdLimit              // takes from the descriptor FD, which is Host, all rights but Rights and Inherit
	PathAt               // resolves Path beneath Host, the guest's directory FD, for Access; what is opened gets Inherit
	Target               // passes Path, the target of a symbolic link, between the guest and the host
	Moved                // moved Len bytes between memory and FD, for Access Read or Write, as Where says
	Sought               // moved the offset of FD to Num, by Len from Whence
	Stored               // stored Len bytes at Addr, or is about to
	Resolved             // found what lies at Place for Path beneath Host, which lies at Base
	Clock                // reads the clock Num
	Random               // takes Num bytes from the random source
	Sleep                // blocks for up to Num nanoseconds
	Exit                 // ends the guest with status Num
	SockCreate           // makes a socket of Proto
	SockOpen             // gives the guest the descriptor FD for Host, a socket of Proto with Rights: a new one, or the peer Net of the listener Dir
	NetBind              // binds Host, the guest's socket FD, to Net
	NetListen            // makes Host, the guest's socket FD, accept connections on Net, the address that it has
	NetConnect           // connects Host, the guest's socket FD, to Net
	NetPeer              // found that Host, the guest's socket FD, is connected to Net
	NetSend              // sends a datagram by Host, the guest's socket FD, to Net
	NetReceive           // delivers a datagram to Host, the guest's socket FD, from Net
	NetResolve           // tells the guest the addresses of the name Path
	Spend                // takes Num of Resource
	Refund               // gives back Num of Resource, which the same hostcall took
	numOps
)

var opNames = [numOps]string{
	"read_mem", "write_mem", "fd_use", "fd_open", "fd_close", "fd_move", "fd_limit", "path_at", "target",
	"moved", "sought", "stored", "resolved", "clock", "random", "sleep", "exit",
	"sock_create", "sock_open", "net_bind", "net_listen", "net_connect", "net_peer", "net_send", "net_receive", "net_resolve",
	"spend", "refund",
}

// String returns the name of op as traces show it.
func (op Op) String() string {
	if op < numOps {
		return opNames[op]
	}
	return "op(" + strconv.Itoa(int(op)) + ")"
}

// OpSet is a set of kinds of effects.
type OpSet uint32

// Ops returns the set of ops.
func Ops(ops ...Op) OpSet {
	var s OpSet
	for _, op := range ops {
		s |= 1 << op
	}
	return s
}

// Has reports whether op is in s.
func (s OpSet) Has(op Op) bool { return s>>op&1 != 0 }

// All returns the members of s in the order of the vocabulary.
func (s OpSet) All() iter.Seq[Op] {
	return func(yield func(Op) bool) {
		for op := range numOps {
			if s.Has(op) && !yield(op) {
				return
			}
		}
	}
}

// Access is what is done to a file.
type Access uint8

// The accesses. All but Read and Stat change something.
const (
	Read     Access = 1 << iota // content or entries
	Stat                        // metadata
	Write                       // content
	Create                      // an entry
	Delete                      // an entry
	Truncate                    // content
	SetStat                     // metadata

	// Change is every access that a read-only directory forbids.
	Change = Write | Create | Delete | Truncate | SetStat
)

var accessNames = [...]string{"read", "stat", "write", "create", "delete", "truncate", "set_stat"}

// String returns the names in a, joined by "+".
func (a Access) String() string {
	s := ""
	for i, name := range accessNames {
		if a>>i&1 == 0 {
			continue
		}
		if s != "" {
			s += "+"
		}
		s += name
	}
	return s
}

// FileKind is what a descriptor stands for, as far as rules care.
type FileKind uint8

// The kinds.
const (
	Stream FileKind = iota // bytes without an offset that the guest alone moves: a pipe, a terminal, a stream of the embedder, an empty file
	File                   // a file with an offset of the descriptor's own
	Dir                    // a directory
	Device                 // a device of the host other than the null device
)

var fileKindNames = [...]string{"stream", "file", "directory", "device"}

// String returns the name of k.
func (k FileKind) String() string { return fileKindNames[k] }

// Where is the place in a file that bytes are moved from or to.
type Where uint8

// The places.
const (
	AtOffset Where = iota // at the offset of the descriptor, which moves on
	AtEnd                 // at the end, wherever that is; the offset is behind the bytes then
	Apart                 // at an offset of the call's own; that of the descriptor stays
)

// The bases of a Sought effect, numbered as in preview 1.
const (
	SeekSet uint8 = iota
	SeekCur
	SeekEnd
)

// NoHost stands for the host descriptor of a stream that has none.
const NoHost int32 = -1

// NoListener stands for the descriptor of the listener if a socket comes from none.
const NoListener int32 = -1

// Effect is one thing that a hostcall is about to do. Which fields count is told at the constants of [Op].
type Effect struct {
	Op     Op
	Access Access
	Follow bool     // PathAt: a symbolic link at the end is followed
	Where  Where    // Moved: where in the file
	Kind   FileKind // FdOpen: what was opened
	Whence uint8    // Sought: SeekSet, SeekCur or SeekEnd
	// Resource is what Spend and Refund are about.
	Resource Resource
	FD       int32
	Dir      int32
	Host     int32
	Addr     uint64
	Len      uint64
	Rights   uint64
	Inherit  uint64
	Num      uint64
	Path     string
	Place    string // Resolved: the host's own name of what was found
	Base     string // Resolved: the host's own name of the directory beneath which it was looked for
	Proto    Proto
	Net      netip.AddrPort
}

// String returns e as traces show it, for example `path_at:3:read:"a/b"`. Host descriptors are left out: they differ
// from run to run.
func (e Effect) String() string {
	switch e.Op {
	case ReadMem, WriteMem, Stored:
		return fmt.Sprintf("%s:%#x+%d", e.Op, e.Addr, e.Len)
	case FdUse:
		return fmt.Sprintf("%s:%d:%s", e.Op, e.FD, e.Access)
	case FdOpen:
		return fmt.Sprintf("%s:%d", e.Op, e.FD)
	case FdClose:
		return fmt.Sprintf("%s:%d", e.Op, e.FD)
	case FdMove:
		return fmt.Sprintf("%s:%d:%d", e.Op, e.FD, e.Dir)
	case FdLimit:
		return fmt.Sprintf("%s:%d:%#x:%#x", e.Op, e.FD, e.Rights, e.Inherit)
	case PathAt:
		follow := ""
		if e.Follow {
			follow = ":follow"
		}
		return fmt.Sprintf("%s:%d:%s%s:%+q", e.Op, e.FD, e.Access, follow, e.Path)
	case Target:
		return fmt.Sprintf("%s:%+q", e.Op, e.Path)
	case Moved:
		return fmt.Sprintf("%s:%d:%s:%d", e.Op, e.FD, e.Access, e.Len)
	case Sought:
		return fmt.Sprintf("%s:%d:%d", e.Op, e.FD, e.Num)
	case Resolved:
		return fmt.Sprintf("%s:%+q", e.Op, e.Path) // places are of the host, and differ from run to run
	case SockCreate:
		return fmt.Sprintf("%s:%s", e.Op, e.Proto)
	case SockOpen, NetBind, NetConnect, NetPeer, NetSend, NetReceive, NetListen:
		at := ""
		if e.Net.IsValid() {
			at = ":" + e.Net.String()
		}
		return fmt.Sprintf("%s:%d:%s%s", e.Op, e.FD, e.Proto, at)
	case NetResolve:
		return fmt.Sprintf("%s:%+q", e.Op, e.Path)
	case Spend, Refund:
		return fmt.Sprintf("%s:%s:%d", e.Op, e.Resource, e.Num)
	}
	return fmt.Sprintf("%s:%d", e.Op, e.Num)
}
