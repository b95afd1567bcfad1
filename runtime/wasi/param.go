package wasi

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// Kind is what a parameter of a hostcall means. All that is done with arguments is derived from it: the core types, the
// checks, the effects on memory, the form in traces and the values that fuzzers try.
type Kind struct {
	// Name is the name in preview 1, or near it.
	Name string
	// Core are the core types that the parameter is lowered to.
	Core []wasm.ValType
	// Doc says what the kind is, and what is refused with which errno.
	Doc string

	class  class
	mask   uint64                 // classFlags: the bits there are
	limit  uint64                 // classEnum: the number of values; classBuffer, classIovecs, classArray: the largest length
	names  []string               // of the bits or values
	signed bool                   // for people: two's complement
	hex    bool                   // for people: an address or a mask
	size   uint64                 // pointers: bytes of what is pointed to; arrays: bytes of an element
	sizeOf func(s *System) uint64 // pointers whose size is the System's
	write  bool                   // the call writes through the pointer
	result bool                   // the call's result, one number of size bytes
	errnos []Errno                // that the check can give
}

// class is how a kind is checked.
type class uint8

const (
	classAny    class = iota // every value is one
	classEnum                // a value below limit
	classFlags               // bits of mask
	classFD                  // a descriptor that is open and has the parameter's rights
	classPtr                 // the address of size bytes
	classBuffer              // an address and a number of bytes
	classPath                // an address and a number of bytes that are a path
	classText                // the same for a link's target
	classIovecs              // an address and a number of buffers
	classArray               // an address; the number of elements is the parameter named by Param.Count
)

var (
	i32    = []wasm.ValType{wasm.I32}
	i64    = []wasm.ValType{wasm.I64}
	i32i32 = []wasm.ValType{wasm.I32, wasm.I32}
)

var (
	memErrnos  = []Errno{EFAULT}
	flagErrnos = []Errno{EINVAL}
	fdErrnos   = []Errno{EBADF, ENOTCAPABLE, EISDIR, ENOTDIR, ESPIPE, EPERM}
	pathErrnos = []Errno{EFAULT, EILSEQ, EINVAL, ENAMETOOLONG, ENOENT, ENOTCAPABLE}
	iovErrnos  = []Errno{EFAULT, EINVAL}
)

// The kinds.
var (
	FD       = &Kind{Name: "fd", Core: i32, class: classFD, errnos: fdErrnos, Doc: "An open descriptor. EBADF: it is not open, or not for reading or writing. Other rights that it lacks: EISDIR, ENOTDIR, ESPIPE if its type is why, EPERM if it is read-only, ENOTCAPABLE if the guest gave the right up."}
	NewFD    = &Kind{Name: "fd", Core: i32, class: classAny, Doc: "The number of a descriptor, open or not."}
	Size     = &Kind{Name: "size", Core: i32, class: classAny, Doc: "A number of bytes or elements."}
	Filesize = &Kind{Name: "filesize", Core: i64, class: classAny, Doc: "A size of a file or an offset in it."}
	Delta    = &Kind{Name: "filedelta", Core: i64, class: classAny, signed: true, Doc: "A distance in a file, which can be negative."}
	Cookie   = &Kind{Name: "dircookie", Core: i64, class: classAny, Doc: "A position in a directory; 0 is its beginning."}
	Time     = &Kind{Name: "timestamp", Core: i64, class: classAny, Doc: "A time in nanoseconds."}
	ExitCode = &Kind{Name: "exitcode", Core: i32, class: classAny, Doc: "The status that a program ends with."}
	Count    = &Kind{Name: "count", Core: i32, class: classEnum, limit: MaxSubscriptions + 1, errnos: flagErrnos, Doc: "The number of elements of an array. EINVAL: more than 4096."}

	Clockid  = &Kind{Name: "clockid", Core: i32, class: classEnum, limit: 4, names: clockNames, errnos: flagErrnos, Doc: "A clock. EINVAL: there is none of that number."}
	WhenceOf = &Kind{Name: "whence", Core: i32, class: classEnum, limit: 3, names: whenceNames, errnos: flagErrnos, Doc: "What an offset is relative to. EINVAL: no such base."}
	Advice   = &Kind{Name: "advice", Core: i32, class: classEnum, limit: 6, names: adviceNames, errnos: flagErrnos, Doc: "The expected use of a file. EINVAL: no such advice."}
	Signal   = &Kind{Name: "signal", Core: i32, class: classEnum, limit: 31, errnos: flagErrnos, Doc: "A signal. EINVAL: no such signal."}

	Lookup    = &Kind{Name: "lookupflags", Core: i32, class: classFlags, mask: lookupFollow, names: lookupNames, errnos: flagErrnos, Doc: "Whether a link at the end of a path is followed. EINVAL: other bits."}
	Oflags    = &Kind{Name: "oflags", Core: i32, class: classFlags, mask: 15, names: oflagNames, errnos: flagErrnos, Doc: "How to open. EINVAL: other bits."}
	Fdflags   = &Kind{Name: "fdflags", Core: i32, class: classFlags, mask: 31, names: fdflagNames, errnos: flagErrnos, Doc: "Flags of a descriptor. EINVAL: other bits."}
	Fstflags  = &Kind{Name: "fstflags", Core: i32, class: classFlags, mask: 15, names: fstflagNames, errnos: flagErrnos, Doc: "Which times to set. EINVAL: other bits."}
	Riflags   = &Kind{Name: "riflags", Core: i32, class: classFlags, mask: 3, names: []string{"peek", "waitall"}, errnos: flagErrnos, Doc: "How to receive. EINVAL: other bits."}
	Siflags   = &Kind{Name: "siflags", Core: i32, class: classFlags, mask: 0, errnos: flagErrnos, Doc: "How to send; there are no flags. EINVAL: any bit."}
	Sdflags   = &Kind{Name: "sdflags", Core: i32, class: classFlags, mask: 3, names: []string{"rd", "wr"}, errnos: flagErrnos, Doc: "Which directions to shut down. EINVAL: other bits."}
	RightsSet = &Kind{Name: "rights", Core: i64, class: classAny, names: rightNames, hex: true, Doc: "A set of rights. Bits that mean nothing are ignored: the Go runtime sets all."}

	Path   = &Kind{Name: "path", Core: i32i32, class: classPath, limit: MaxPath, errnos: pathErrnos, Doc: "A path: address and length. ENOENT: empty. ENAMETOOLONG: 4096 bytes or more. EINVAL: a NUL byte. EILSEQ: not UTF-8. ENOTCAPABLE: absolute, or it leads outside."}
	Target = &Kind{Name: "string", Core: i32i32, class: classText, limit: MaxPath, errnos: pathErrnos, Doc: "The target of a link: address and length; as path, but it can lead outside by \"..\"."}

	IovecsOut  = &Kind{Name: "iovec_array", Core: i32i32, class: classIovecs, limit: MaxIovecs, size: sizeOfIovec, write: true, errnos: iovErrnos, Doc: "Buffers to fill: address and number of pairs of address and length. EINVAL: more than 1024, or 2^32 bytes or more in all. EFAULT: a pair or a buffer is outside the memory."}
	IovecsIn   = &Kind{Name: "ciovec_array", Core: i32i32, class: classIovecs, limit: MaxIovecs, size: sizeOfIovec, errnos: iovErrnos, Doc: "Buffers to take bytes from: as iovec_array."}
	BufOut     = &Kind{Name: "buffer", Core: i32i32, class: classBuffer, write: true, errnos: memErrnos, Doc: "A buffer to fill: address and length. EFAULT: outside the memory."}
	SubsIn     = &Kind{Name: "subscriptions", Core: i32, class: classArray, size: sizeOfSubscription, errnos: memErrnos, Doc: "The address of subscriptions. EFAULT: outside the memory."}
	EventsOut  = &Kind{Name: "events", Core: i32, class: classArray, size: sizeOfEvent, write: true, errnos: memErrnos, Doc: "The address for events. EFAULT: outside the memory."}
	ArgvOut    = &Kind{Name: "argv", Core: i32, class: classPtr, write: true, hex: true, sizeOf: func(s *System) uint64 { return s.args.pointers() }, errnos: memErrnos, Doc: "The address for the addresses of the arguments."}
	ArgBufOut  = &Kind{Name: "argv_buf", Core: i32, class: classPtr, write: true, hex: true, sizeOf: func(s *System) uint64 { return s.args.bytes() }, errnos: memErrnos, Doc: "The address for the arguments, each with a NUL byte at its end."}
	EnvOut     = &Kind{Name: "environ", Core: i32, class: classPtr, write: true, hex: true, sizeOf: func(s *System) uint64 { return s.env.pointers() }, errnos: memErrnos, Doc: "The address for the addresses of the environment's entries."}
	EnvBufOut  = &Kind{Name: "environ_buf", Core: i32, class: classPtr, write: true, hex: true, sizeOf: func(s *System) uint64 { return s.env.bytes() }, errnos: memErrnos, Doc: "The address for the environment's entries, each with a NUL byte at its end."}
	FdstatOut  = ptrOut("fdstat", sizeOfFdstat)
	StatOut    = ptrOut("filestat", sizeOfFilestat)
	PrestatOut = ptrOut("prestat", sizeOfPrestat)
	SizeOut    = resultOut("size", 4)
	FDOut      = resultOut("fd", 4)
	FlagsOut   = resultOut("roflags", 2)
	FsizeOut   = resultOut("filesize", 8)
	TimeOut    = resultOut("timestamp", 8)
)

// ptrOut is the kind of an address for a structure.
func ptrOut(name string, size uint64) *Kind {
	return &Kind{Name: "*" + name, Core: i32, class: classPtr, size: size, write: true, hex: true, errnos: memErrnos,
		Doc: "The address for a " + name + " structure. EFAULT: outside the memory."}
}

// resultOut is the kind of an address for a number that the call returns.
func resultOut(name string, size uint64) *Kind {
	k := ptrOut(name, size)
	k.result = true
	k.Doc = "The address for the result, a " + name + ". EFAULT: outside the memory."
	return k
}

// Reads reports whether a call reads guest memory through a parameter of this kind.
func (k *Kind) Reads() bool {
	switch k.class {
	case classPath, classText, classIovecs:
		return true
	case classArray:
		return !k.write
	}
	return false
}

// Writes reports whether a call writes guest memory through a parameter of this kind.
func (k *Kind) Writes() bool { return k.write }
