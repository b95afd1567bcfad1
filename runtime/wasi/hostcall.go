package wasi

import (
	"iter"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Support says how much of a hostcall is there.
type Support uint8

// The levels of support. An unsupported hostcall can be imported; calls return ENOSYS.
const (
	Unsupported Support = iota
	Partial
	Full
)

// String returns the level as the manual shows it.
func (s Support) String() string { return [...]string{"unsupported", "partial", "full"}[s] }

// Param is one parameter of a hostcall.
type Param struct {
	Name string
	Kind *Kind
	// Rights are what the descriptor must allow, for parameters of kind FD.
	Rights Rights
	// Count names the parameter that holds the number of elements, for arrays.
	Count string
}

// Hostcall is one row of the table.
type Hostcall struct {
	Name string
	// Shape tells rows of one name apart, which differ in type. It is empty for the functions of preview 1.
	Shape string
	// Alias is a further name of the same function, or empty.
	Alias  string
	Params []Param
	// Effects are what the call may do besides reading and writing memory, which follows from the kinds.
	Effects policy.OpSet
	// Errnos are what the handler can return besides what the kinds say and what the host's file system may add, see
	// hostErrors.
	Errnos []Errno
	// FromHost says that the errno of a system call is passed on, FromNet that of one on a socket.
	FromHost, FromNet bool
	Support           Support
	// Note is what is missing, unless the support is full.
	Note string
	Doc  string

	handler  func(*Call) Errno
	noResult bool // the call does not return

	// Derived from the above:
	steps    []step
	declared errnoSet
	ops      policy.OpSet
	plain    bool // see [Call.look]
}

// step is the check of one parameter. What is the kind's is here too, so that a check looks at one place.
type step struct {
	kind  *Kind
	size  uint64 // the kind's; of an enumeration its limit, of flags their mask
	need  Rights
	class class
	write bool // the kind's
	slot  uint8
	count uint8 // slot of the number of elements
}

// hostErrors are the errnos that any system call on a file can give, depending on the host's disk and limits rather than
// on what the guest did.
var hostErrors = []Errno{EACCES, EAGAIN, EBUSY, EDQUOT, EFBIG, EIO, EMFILE, ENFILE, ENOMEM, ENOSPC, ENXIO, EPERM, EROFS,
	ESTALE, ETXTBSY, EOVERFLOW, EPIPE, ENOTSUP, EINVAL, ENODEV, ELOOP, ENOENT, ENOTDIR, ENAMETOOLONG}

// netErrors are the errnos that any system call on a socket can give, depending on the network and the other end.
var netErrors = []Errno{EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EALREADY, ECONNABORTED, ECONNREFUSED, ECONNRESET, EDESTADDRREQ,
	EHOSTUNREACH, EINPROGRESS, EINVAL, EIO, EISCONN, EMFILE, EMSGSIZE, ENETDOWN, ENETRESET, ENETUNREACH, ENFILE, ENOBUFS, ENOMEM, ENOPROTOOPT,
	ENOTCONN, ENOTSUP, EPERM, EPIPE, EPROTO, EPROTONOSUPPORT, EPROTOTYPE, ETIMEDOUT}

// Exits reports whether the call may end the guest.
func (h *Hostcall) Exits() bool { return h.ops.Has(policy.Exit) }

// Moves reports whether the call reads or writes through a descriptor.
func (h *Hostcall) Moves() bool { return h.ops.Has(policy.Moved) }

// Receives reports whether the call takes what a peer has sent.
func (h *Hostcall) Receives() bool { return h.ops.Has(policy.NetReceive) }

// HostErrnos returns the errnos that every call can return that passes on those of the host, see [Hostcall.FromHost].
func HostErrnos() []Errno { return slices.Clone(hostErrors) }

// Hostcalls returns the rows of the table, in alphabetical order.
func Hostcalls() iter.Seq[*Hostcall] {
	return func(yield func(*Hostcall) bool) {
		for i := range hostcalls {
			if !yield(&hostcalls[i]) {
				return
			}
		}
	}
}

// ID returns a name that no other row has: the name, and after a dot the shape if there is one.
func (h *Hostcall) ID() string {
	if h.Shape == "" {
		return h.Name
	}
	return h.Name + "." + h.Shape
}

// Names returns the names under which the function can be imported.
func (h *Hostcall) Names() []string {
	if h.Alias == "" {
		return []string{h.Name}
	}
	return []string{h.Name, h.Alias}
}

// Type returns the type of the import.
func (h *Hostcall) Type() wasm.FuncType {
	var t wasm.FuncType
	for _, p := range h.Params {
		t.Params = append(t.Params, p.Kind.Core...)
	}
	if !h.noResult {
		t.Results = []wasm.ValType{wasm.I32}
	}
	return t
}

// Ops returns all effects that the call may have, those on memory included.
func (h *Hostcall) Ops() policy.OpSet { return h.ops }

// Declares reports whether the call may return e.
func (h *Hostcall) Declares(e Errno) bool { return h.declared.has(e) }

func init() {
	for i := range hostcalls {
		hostcalls[i].derive()
	}
}

// derive computes what follows from the row.
func (h *Hostcall) derive() {
	h.declared.add(ESUCCESS)
	h.declared.add(h.Errnos...)
	if h.handler == nil {
		h.declared.add(ENOSYS)
	}
	if h.FromHost {
		h.declared.add(hostErrors...)
	}
	if h.FromNet {
		h.declared.add(netErrors...)
	}
	h.ops = h.Effects
	slots := make(map[string]uint8)
	slot := uint8(0)
	for _, p := range h.Params {
		slots[p.Name] = slot
		slot += uint8(len(p.Kind.Core))
	}
	for _, p := range h.Params {
		k := p.Kind
		h.declared.add(k.errnos...)
		if k.Reads() {
			h.ops |= policy.Ops(policy.ReadMem)
		}
		if k.Writes() {
			h.ops |= policy.Ops(policy.WriteMem, policy.Stored)
		}
		if k.class == classAny {
			continue
		}
		s := step{kind: k, class: k.class, write: k.write, size: k.size, slot: slots[p.Name], need: p.Rights}
		switch {
		case k.class == classEnum:
			s.size = k.limit
		case k.class == classFlags:
			s.size = k.mask
		case k.sizeOf != nil:
			s.class = classSized
		case k.class == classArray:
			count, ok := slots[p.Count]
			if !ok {
				panic("wasi: " + h.Name + ": no parameter " + p.Count)
			}
			s.count = count
		}
		h.steps = append(h.steps, s)
	}
	h.plain = !slices.ContainsFunc(h.steps, func(s step) bool { return s.class != classEnum && (s.class != classPtr || !s.write) })
}
