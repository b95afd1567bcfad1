package wasi

import (
	"encoding/binary"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// dotEntries is the number of entries that this package adds in front of the host's: "." and "..".
const dotEntries = 2

// fdReaddir stores entries from the position cookie on until the buffer is full; the last one is cut off where the buffer
// ends, which tells the guest that there are more. A position is the number of entries before it, so that any number that
// a guest makes up is one.
func fdReaddir(c *Call) Errno {
	f := c.files[0]
	if !c.use(f, RightFdReaddir, policy.Read) {
		return EPERM
	}
	cookie := c.args[3]
	if planted.Selected == planted.CookieNarrow {
		cookie = uint64(uint32(cookie))
	}
	again := cookie == 0 && planted.Selected != planted.ReaddirRewind
	if f.entries == nil {
		f.entries, again = hostos.NewDirents(f.host), true // another guest may have listed a [Directory]
	}
	if again {
		if err := f.entries.Rewind(); err != nil {
			return errnoOf(err)
		}
	}
	buf := c.at(1, uint64(c.u32(2)))
	used := 0
	if planted.Selected == planted.ReaddirCookie && cookie > 0 {
		cookie++
	}
	for used < len(buf) {
		e, ok, err := f.entry(cookie)
		if err != nil {
			return errnoOf(err)
		}
		if !ok {
			break
		}
		if planted.Selected == planted.DirentCut && used+sizeOfDirent+len(e.Name) > len(buf) {
			break
		}
		cookie++
		next := cookie
		if planted.Selected == planted.DirentNext && next > 3 {
			next--
		}
		used += putDirent(buf[used:], next, &e)
		if c.ctx.Err() != nil {
			return c.interrupted()
		}
	}
	c.put32(4, uint32(used))
	return ESUCCESS
}

// entry returns the entry at a position.
func (f *file) entry(pos uint64) (hostos.Entry, bool, error) {
	switch pos {
	case 0:
		st, err := hostos.Fstat(f.host)
		return hostos.Entry{Ino: st.Ino, Type: hostos.Dir, Name: []byte(".")}, true, err
	case 1:
		// The number of the directory above is not the guest's to know; 0 stands for unknown.
		if planted.Selected == planted.ParentInode {
			st, err := hostos.Fstat(f.host)
			return hostos.Entry{Ino: st.Ino, Type: hostos.Dir, Name: []byte("..")}, true, err
		}
		return hostos.Entry{Type: hostos.Dir, Name: []byte("..")}, true, nil
	}
	return f.entries.At(pos - dotEntries)
}

// putDirent stores as much of an entry as fits and returns the number of bytes.
func putDirent(b []byte, next uint64, e *hostos.Entry) int {
	var head [sizeOfDirent]byte
	typ := e.Type
	if typ == hostos.Fifo {
		typ = hostos.Unknown
	}
	if planted.Selected == planted.DirentType && typ == hostos.Symlink {
		typ = hostos.Regular
	}
	binary.LittleEndian.PutUint64(head[0:], next)
	binary.LittleEndian.PutUint64(head[8:], e.Ino)
	binary.LittleEndian.PutUint32(head[16:], uint32(len(e.Name)))
	head[20] = byte(typ)
	n := copy(b, head[:])
	return n + copy(b[n:], e.Name)
}
