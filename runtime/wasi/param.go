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
	usual  []uint64               // values in programs, the frequent ones more than once
	fields []Field                // classArray: of an element
	texts  []string               // classBuffer: contents that programs pass
	errnos []Errno                // that the check can give
}

// Field is a part of an array's element.
type Field struct {
	Offset, Size uint64   // in bytes
	Usual        []uint64 // values that it has in programs; nil if all are alike
}

// class is how a kind is checked.
type class uint8

const (
	classAny     class = iota // every value is one
	classEnum                 // a value below limit
	classFlags                // bits of mask
	classFD                   // a descriptor that is open and has the parameter's rights
	classPtr                  // the address of size bytes
	classBuffer               // an address and a number of bytes
	classPath                 // an address and a number of bytes that are a path
	classText                 // the same for a link's target
	classIovecs               // an address and a number of buffers
	classArray                // an address; the number of elements is the parameter named by Param.Count
	classSocket               // a descriptor as classFD has it, of a socket
	classAddress              // the address of the address and length of a socket's address
	classOption               // the address of an option's value, and the address of its length
	classList                 // the address of the address of the first element of a list
	classSized                // of a step: classPtr where the size is the System's
)

var (
	i32    = []wasm.ValType{wasm.I32}
	i64    = []wasm.ValType{wasm.I64}
	i32i32 = []wasm.ValType{wasm.I32, wasm.I32}
)

var (
	memErrnos  = []Errno{EFAULT}
	flagErrnos = []Errno{EINVAL}
	fdErrnos   = []Errno{EBADF, ENOTCAPABLE, EISDIR, ENOTDIR, ESPIPE, EPERM, ENOTSOCK}
	addrErrnos = []Errno{EFAULT, EINVAL}
	pathErrnos = []Errno{EFAULT, EILSEQ, EINVAL, ENAMETOOLONG, ENOENT, ENOTCAPABLE}
	iovErrnos  = []Errno{EFAULT, EINVAL}
)

// Values that programs pass.
var (
	usualOflags  = []uint64{0, 0, 0, uint64(OCreat), uint64(OCreat | OTrunc), uint64(OCreat | OExcl), uint64(ODirectory), uint64(OTrunc)}
	usualFdflags = []uint64{0, 0, 0, 0, uint64(FDAppend), uint64(FDNonblock), uint64(FDAppend | FDNonblock)}
	usualRights  = []uint64{uint64(allRights), uint64(allRights), 1<<64 - 1, 0, uint64(RightFdRead), uint64(RightFdRead | RightFdSeek | RightFdTell),
		uint64(RightFdWrite), uint64(RightFdReaddir)}
	// subscriptionFields are the user's data, the type of event, its clock or descriptor, and a clock's timeout and flags.
	subscriptionFields = []Field{{Offset: 0, Size: 8},
		{Offset: 8, Size: 1, Usual: []uint64{eventClock, eventFdRead, eventFdWrite, eventFdRead, eventClock, eventFdRead, eventFdWrite, eventFdWrite + 1}},
		{Offset: 16, Size: 4, Usual: []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 5, 6}},
		{Offset: 24, Size: 8, Usual: []uint64{0, 0, 1, 1000, 5000, 1_000_000, 1 << 40, virtualEpoch + 5000, 1 << 62, 1<<64 - 1}},
		{Offset: 40, Size: 2, Usual: []uint64{0, clockAbstime, 0, clockAbstime, 2}}}
)

// The kinds.
var (
	FD       = &Kind{Name: "fd", Core: i32, class: classFD, errnos: fdErrnos, Doc: "An open descriptor. EBADF: it is not open, or not for reading or writing. Other rights that it lacks: EISDIR, ENOTDIR, ESPIPE if its type is why, EPERM if it is read-only, ENOTCAPABLE if the guest gave the right up."}
	NewFD    = &Kind{Name: "fd", Core: i32, class: classAny, usual: []uint64{3, 4, 5, 6}, Doc: "The number of a descriptor, open or not."}
	Size     = &Kind{Name: "size", Core: i32, class: classAny, Doc: "A number of bytes or elements."}
	Filesize = &Kind{Name: "filesize", Core: i64, class: classAny, usual: []uint64{0, 1, 5, 22, 100, 640, 1 << 16}, Doc: "A size of a file or an offset in it."}
	Delta    = &Kind{Name: "filedelta", Core: i64, class: classAny, signed: true, usual: []uint64{0, 1, 10, 1<<64 - 1, 1<<64 - 5}, Doc: "A distance in a file, which can be negative."}
	Cookie   = &Kind{Name: "dircookie", Core: i64, class: classAny, usual: []uint64{0, 1, 2, 5}, Doc: "A position in a directory; 0 is its beginning."}
	Time     = &Kind{Name: "timestamp", Core: i64, class: classAny, Doc: "A time in nanoseconds."}
	ExitCode = &Kind{Name: "exitcode", Core: i32, class: classAny, Doc: "The status that a program ends with."}
	Count    = &Kind{Name: "count", Core: i32, class: classEnum, limit: MaxSubscriptions + 1, errnos: flagErrnos, Doc: "The number of elements of an array. EINVAL: more than 4096."}

	Clockid  = &Kind{Name: "clockid", Core: i32, class: classEnum, limit: 4, names: clockNames, usual: []uint64{0, 1}, errnos: flagErrnos, Doc: "A clock. EINVAL: there is none of that number."}
	WhenceOf = &Kind{Name: "whence", Core: i32, class: classEnum, limit: 3, names: whenceNames, usual: []uint64{0, 1, 2}, errnos: flagErrnos, Doc: "What an offset is relative to. EINVAL: no such base."}
	Advice   = &Kind{Name: "advice", Core: i32, class: classEnum, limit: 6, names: adviceNames, errnos: flagErrnos, Doc: "The expected use of a file. EINVAL: no such advice."}
	Signal   = &Kind{Name: "signal", Core: i32, class: classEnum, limit: uint64(len(signals)), names: signalNames, usual: []uint64{0, 16, 28, 18, 15}, errnos: flagErrnos, Doc: "A signal. EINVAL: no such signal."}

	Lookup    = &Kind{Name: "lookupflags", Core: i32, class: classFlags, mask: lookupFollow, names: lookupNames, usual: []uint64{lookupFollow, 0}, errnos: flagErrnos, Doc: "Whether a link at the end of a path is followed. EINVAL: other bits."}
	Oflags    = &Kind{Name: "oflags", Core: i32, class: classFlags, mask: 15, names: oflagNames, usual: usualOflags, errnos: flagErrnos, Doc: "How to open. EINVAL: other bits."}
	Fdflags   = &Kind{Name: "fdflags", Core: i32, class: classFlags, mask: 31, names: fdflagNames, usual: usualFdflags, errnos: flagErrnos, Doc: "Flags of a descriptor. EINVAL: other bits."}
	Fstflags  = &Kind{Name: "fstflags", Core: i32, class: classFlags, mask: 15, names: fstflagNames, errnos: flagErrnos, Doc: "Which times to set. EINVAL: other bits."}
	Riflags   = &Kind{Name: "riflags", Core: i32, class: classFlags, mask: 3, names: []string{"peek", "waitall"}, usual: []uint64{0, 0, riPeek, riWaitAll}, errnos: flagErrnos, Doc: "How to receive. EINVAL: other bits."}
	Siflags   = &Kind{Name: "siflags", Core: i32, class: classFlags, mask: 0, usual: []uint64{0}, errnos: flagErrnos, Doc: "How to send; there are no flags. EINVAL: any bit."}
	Sdflags   = &Kind{Name: "sdflags", Core: i32, class: classFlags, mask: 3, names: []string{"rd", "wr"}, usual: []uint64{sdWrite, sdRead, sdRead | sdWrite}, errnos: flagErrnos, Doc: "Which directions to shut down. EINVAL: other bits."}
	RightsSet = &Kind{Name: "rights", Core: i64, class: classAny, names: rightNames, hex: true, usual: usualRights, Doc: "A set of rights. Bits that mean nothing are ignored: the Go runtime sets all."}

	Path   = &Kind{Name: "path", Core: i32i32, class: classPath, limit: MaxPath, errnos: pathErrnos, Doc: "A path: address and length. ENOENT: empty. ENAMETOOLONG: 4096 bytes or more. EINVAL: a NUL byte. EILSEQ: not UTF-8. ENOTCAPABLE: absolute, or it leads outside."}
	Target = &Kind{Name: "string", Core: i32i32, class: classText, limit: MaxPath, errnos: pathErrnos, Doc: "The target of a link: address and length; as path, but it can lead outside by \"..\"."}

	IovecsOut  = &Kind{Name: "iovec_array", Core: i32i32, class: classIovecs, limit: MaxIovecs, size: sizeOfIovec, write: true, errnos: iovErrnos, Doc: "Buffers to fill: address and number of pairs of address and length. EINVAL: more than 1024, or 2^32 bytes or more in all. EFAULT: a pair or a buffer is outside the memory."}
	IovecsIn   = &Kind{Name: "ciovec_array", Core: i32i32, class: classIovecs, limit: MaxIovecs, size: sizeOfIovec, errnos: iovErrnos, Doc: "Buffers to take bytes from: as iovec_array."}
	BufOut     = &Kind{Name: "buffer", Core: i32i32, class: classBuffer, write: true, errnos: memErrnos, Doc: "A buffer to fill: address and length. EFAULT: outside the memory."}
	SubsIn     = &Kind{Name: "subscriptions", Core: i32, class: classArray, size: sizeOfSubscription, fields: subscriptionFields, errnos: memErrnos, Doc: "The address of subscriptions. EFAULT: outside the memory."}
	EventsOut  = &Kind{Name: "events", Core: i32, class: classArray, size: sizeOfEvent, write: true, errnos: memErrnos, Doc: "The address for events. EFAULT: outside the memory."}
	ArgvOut    = &Kind{Name: "argv", Core: i32, class: classPtr, write: true, hex: true, sizeOf: func(s *System) uint64 { return s.args.pointers() }, errnos: memErrnos, Doc: "The address for the addresses of the arguments."}
	ArgBufOut  = &Kind{Name: "argv_buf", Core: i32, class: classPtr, write: true, hex: true, sizeOf: func(s *System) uint64 { return s.args.bytes() }, errnos: memErrnos, Doc: "The address for the arguments, each with a NUL byte at its end."}
	EnvOut     = &Kind{Name: "environ", Core: i32, class: classPtr, write: true, hex: true, sizeOf: func(s *System) uint64 { return s.env.pointers() }, errnos: memErrnos, Doc: "The address for the addresses of the environment's entries."}
	EnvBufOut  = &Kind{Name: "environ_buf", Core: i32, class: classPtr, write: true, hex: true, sizeOf: func(s *System) uint64 { return s.env.bytes() }, errnos: memErrnos, Doc: "The address for the environment's entries, each with a NUL byte at its end."}
	FdstatOut  = ptrOut("fdstat", sizeOfFdstat)
	StatOut    = ptrOut("filestat", sizeOfFilestat)
	PrestatOut = ptrOut("prestat", sizeOfPrestat)

	SockFD      = &Kind{Name: "fd", Core: i32, class: classSocket, errnos: fdErrnos, Doc: "An open socket. ENOTSOCK: it is none; otherwise as fd."}
	Family      = &Kind{Name: "address_family", Core: i32, class: classEnum, limit: 4, names: familyNames, usual: []uint64{1, 1, 1, 2}, errnos: flagErrnos, Doc: "A family of addresses. EINVAL: no such family."}
	SockType    = &Kind{Name: "sock_type", Core: i32, class: classEnum, limit: 3, names: sockTypeNames, usual: []uint64{1, 2}, errnos: flagErrnos, Doc: "A type of socket. EINVAL: no such type."}
	Port        = &Kind{Name: "port", Core: i32, class: classEnum, limit: 1 << 16, errnos: flagErrnos, Doc: "A port. EINVAL: above 65535."}
	Backlog     = &Kind{Name: "backlog", Core: i32, class: classAny, usual: []uint64{1, 128}, Doc: "How many connections may wait to be accepted; the host has a bound of its own."}
	AddressIn   = &Kind{Name: "*address", Core: i32, class: classAddress, size: sizeOfAddress, hex: true, errnos: addrErrnos, Doc: "The address of the address and length of a socket's address: 4 or 16 bytes of it alone, or 128 that begin with its family in 16 bits. EINVAL: another length. EFAULT: outside the memory."}
	AddressOut  = &Kind{Name: "*address", Core: i32, class: classAddress, size: sizeOfAddress, write: true, hex: true, errnos: addrErrnos, Doc: "Where to store a socket's address, as what is passed in. EINVAL: too short for it, too."}
	OptionLevel = &Kind{Name: "sock_opt_level", Core: i32, class: classEnum, limit: 1, names: []string{"socket"}, usual: []uint64{0}, errnos: flagErrnos, Doc: "What an option belongs to. EINVAL: not the socket."}
	OptionName  = &Kind{Name: "sock_opt", Core: i32, class: classEnum, limit: 15, names: optionNames, usual: []uint64{0, 2, 5, 9, 11}, errnos: flagErrnos, Doc: "An option. EINVAL: no such option."}
	OptionOut   = &Kind{Name: "option", Core: i32i32, class: classOption, size: 4, write: true, hex: true, errnos: addrErrnos, Doc: "Where to store an option's value: an address, and the address of the number of bytes there, which becomes that of the value. EINVAL: too few. EFAULT: outside the memory."}
	OptionIn    = &Kind{Name: "option", Core: i32i32, class: classBuffer, texts: []string{"\x01\x00\x00\x00", "\x00\x00\x00\x00", "\x00\x10\x00\x00", "\x01\x00\x00\x00\x00\x00\x00\x00", "\x00\x00\x00\x00\x00\x00\x00\x00\x88\x13\x00\x00\x00\x00\x00\x00"}, errnos: addrErrnos, Doc: "An option's value: address and length. EINVAL: not the length that it has. EFAULT: outside the memory."}
	HostName    = &Kind{Name: "string", Core: i32i32, class: classBuffer, texts: []string{"localhost\x00", "127.0.0.1", "::1", "", "pinned.test", "example.org"}, errnos: memErrnos, Doc: "The name or address of a host: address and length; a NUL byte ends it. EFAULT: outside the memory."}
	ServiceName = &Kind{Name: "string", Core: i32i32, class: classBuffer, texts: []string{"80", "", "443\x00", "http"}, errnos: memErrnos, Doc: "A port in decimal: address and length; a NUL byte ends it. EFAULT: outside the memory."}
	HintsIn     = &Kind{Name: "*addrinfo", Core: i32, class: classPtr, size: sizeOfAddrinfo, hex: true, errnos: memErrnos, Doc: "The address of hints; 0 is none. EFAULT: outside the memory."}
	ListOut     = &Kind{Name: "*addrinfo_list", Core: i32, class: classList, size: 4, write: true, hex: true, errnos: memErrnos, Doc: "The address of the address of the first element of a list to fill. EFAULT: an element is outside the memory."}
	ResultCount = &Kind{Name: "size", Core: i32, class: classAny, usual: []uint64{3, 1, 64, 0}, Doc: "The number of elements of a list; the call fills at most 64."}
	PortOut     = resultOut("port", 4)
	AddrTypeOut = resultOut("address_type", 4)

	SizeOut  = resultOut("size", 4)
	FDOut    = resultOut("fd", 4)
	FlagsOut = resultOut("roflags", 2)
	FsizeOut = resultOut("filesize", 8)
	TimeOut  = resultOut("timestamp", 8)
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

// Has reports whether v is a value of the kind: of an enumeration one of its values, of flags a combination of its bits; of other kinds
// every number is one.
func (k *Kind) Has(v uint64) bool {
	switch v := uint64(uint32(v)); k.class {
	case classEnum:
		return v < k.limit
	case classFlags:
		return v&^k.mask == 0
	}
	return true
}

// IsFD reports whether a value is an open descriptor.
func (k *Kind) IsFD() bool { return k.class == classFD || k.class == classSocket }

// IsSocket reports whether a value is an open socket.
func (k *Kind) IsSocket() bool { return k.class == classSocket }

// IsAddress reports whether a value is the address of the address and length of a socket's address.
func (k *Kind) IsAddress() bool { return k.class == classAddress }

// IsOption reports whether the core values are the address of a buffer and the address of its length.
func (k *Kind) IsOption() bool { return k.class == classOption }

// IsList reports whether a value is the address of the address of a list of results of sock_getaddrinfo.
func (k *Kind) IsList() bool { return k.class == classList }

// IsResult reports whether a value is the address of a number or a structure that the call stores if it succeeds.
func (k *Kind) IsResult() bool { return k.class == classPtr && k.write && k.size > 0 }

// Texts returns what programs have in buffers of this kind; nil if it can be anything.
func (k *Kind) Texts() []string { return k.texts }

// IsText reports whether the core values are the address and the length of a path or of a link's target.
func (k *Kind) IsText() bool { return k.class == classPath || k.class == classText }

// IsBuffer reports whether the core values are the address and the length of a buffer.
func (k *Kind) IsBuffer() bool { return k.class == classBuffer }

// IsIovecs reports whether the core values are the address and the number of pairs of address and length.
func (k *Kind) IsIovecs() bool { return k.class == classIovecs }

// IsArray reports whether the value is the address of elements whose number is the parameter that [Param.Count] names.
func (k *Kind) IsArray() bool { return k.class == classArray }

// Size returns the bytes of what an address of this kind leads to, of an element for arrays and iovecs. It is 0 if it depends on
// the System or on another argument, and for kinds that are no addresses.
func (k *Kind) Size() uint64 { return k.size }

// Fields returns the parts of an array's element, if the call reads them.
func (k *Kind) Fields() []Field { return k.fields }

// Usual returns values that programs pass, the frequent ones more than once; nil if the kind has none. [Kind.Interesting]
// returns the unusual ones.
func (k *Kind) Usual() []uint64 { return k.usual }

// OnDirs reports whether only a descriptor of a directory gives the rights that the parameter must have.
func (p *Param) OnDirs() bool { return p.Rights&dirRights&^fileRights != 0 }

// Reads reports whether a call reads guest memory through a parameter of this kind.
func (k *Kind) Reads() bool {
	switch k.class {
	case classPath, classText, classIovecs, classAddress, classOption, classList:
		return true
	case classArray, classBuffer, classPtr:
		return !k.write
	}
	return false
}

// Writes reports whether a call writes guest memory through a parameter of this kind.
func (k *Kind) Writes() bool { return k.write }
