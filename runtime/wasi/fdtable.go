package wasi

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// file is what a descriptor of the guest stands for.
type file struct {
	fd       int32     // the guest's number
	host     hostos.FD // NoFD for a stream
	stream   *stream   // a stream that has no descriptor of the host
	sock     *socket   // nil for what is no socket
	typ      hostos.FileType
	rights   Rights
	inherit  Rights
	flags    FDFlags
	access   policy.Access // granted by the preopen that it lies beneath
	shared   bool          // the host's descriptor shares its flags with the embedder's
	preopen  bool
	name     string          // of a preopen
	root     string          // the name of the preopen that it is or lies beneath
	output   policy.Resource // Stdout and Stderr, for these streams
	entries  *hostos.Dirents // of a directory that was listed
	terminal bool
	device   uint64 // that it lies on; 0 unless the host can tell its metadata without blocking
}

// seekable reports whether f has an offset.
func (f *file) seekable() bool { return f.typ == hostos.Regular }

// mayBlock reports whether a write to f may wait for somebody.
func (f *file) mayBlock() bool {
	return f.typ != hostos.Regular && (f.typ != hostos.CharDevice || f.terminal) || f.stream != nil || f.sock != nil
}

// filetype returns the type that the guest sees. Terminals are character devices, and nothing else is: C programs take
// a character device for a terminal. Pipes and the like have no number in preview 1.
func (f *file) filetype() hostos.FileType {
	switch f.typ {
	case hostos.CharDevice:
		if f.terminal {
			return hostos.CharDevice
		}
		return hostos.Unknown
	case hostos.Fifo:
		return hostos.Unknown
	}
	return f.typ
}

// refuse returns the errno for the lack of rights: what POSIX says if the type or the mode is why.
func (f *file) refuse(lacks Rights) Errno {
	switch {
	case lacks&sockRights != 0 && f.sock == nil:
		return ENOTSOCK
	case lacks&pathRights != 0 && f.typ != hostos.Dir:
		return ENOTDIR
	case lacks&RightFdReaddir != 0 && f.typ != hostos.Dir:
		return EBADF // POSIX: not an open directory; Wasmtime and wazero agree, and programs rely on it
	case lacks&fileRights&^dirRights != 0 && f.typ == hostos.Dir:
		return EISDIR
	case lacks&pathRights&denied(f.access) != 0:
		return EPERM
	case lacks&(RightFdRead|RightFdWrite|RightFdAllocate|RightFdFilestatSetSize) != 0:
		return EBADF
	case lacks&fileRights&^streamRights != 0 && !f.seekable() && f.typ != hostos.Dir:
		return ESPIPE
	case lacks&denied(f.access) != 0:
		return EPERM
	}
	return ENOTCAPABLE
}

// fdTable holds the descriptors of a guest.
type fdTable struct {
	files []*file
	max   int
	free  int   // no descriptor below is free
	spare *file // of a descriptor that was closed: the memory for the next; or nil
}

// fresh returns memory for a file.
func (t *fdTable) fresh() *file {
	f := t.spare
	if t.spare = nil; f == nil {
		f = new(file)
	}
	return f
}

// get returns an open descriptor, or nil.
func (t *fdTable) get(fd int32) *file {
	if uint32(fd) >= uint32(len(t.files)) {
		return nil
	}
	return t.files[fd]
}

// next returns the lowest number that is free, or -1 if there is none.
func (t *fdTable) next() int32 {
	for t.free < len(t.files) && t.files[t.free] != nil && planted.Selected != planted.FDFree {
		t.free++
	}
	if t.free >= t.max && planted.Selected != planted.FDLimit {
		return -1
	}
	return int32(t.free)
}

// put puts f under its number, which is free.
func (t *fdTable) put(f *file) {
	for int(f.fd) >= len(t.files) {
		t.files = append(t.files, nil)
	}
	t.files[f.fd] = f
}

// close frees the number of f, which nobody uses after the call.
func (t *fdTable) close(f *file) {
	t.remove(f.fd)
	t.spare = f
}

// remove frees a number.
func (t *fdTable) remove(fd int32) {
	t.files[fd] = nil
	if t.free = min(t.free, int(fd)); planted.Selected == planted.NumberLost {
		t.free = int(fd)
	}
}
