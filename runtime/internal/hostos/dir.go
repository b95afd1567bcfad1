package hostos

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Entry is one entry of a directory. Name is valid until the next read of the directory.
type Entry struct {
	Ino  uint64
	Type FileType
	Name []byte
}

// direntBuffer is the size of the window that a [Dirents] keeps of its directory.
const direntBuffer = 32 << 10

// Dirents reads the entries of a directory in the order of the kernel, "." and ".." excluded, and can go back. It keeps
// one window of direntBuffer bytes, however large the directory is. A position is the number of entries before it:
// whatever position a guest makes up, At answers with an entry or with the end.
type Dirents struct {
	fd    FD
	buf   []byte
	data  []byte // the rest of buf that is not decoded yet
	first uint64 // position of the first entry in buf
	next  uint64 // position of the first entry in data
	full  int    // bytes in buf
}

// NewDirents returns the entries of the directory fd, which stays the caller's. Nothing else may move fd's offset.
func NewDirents(fd FD) *Dirents { return &Dirents{fd: fd} }

// Rewind begins anew: entries that were made or removed since are seen. It is what position 0 means.
func (d *Dirents) Rewind() error {
	if _, err := Seek(d.fd, 0, SeekSet); err != nil {
		return err
	}
	*d = Dirents{fd: d.fd, buf: d.buf}
	return nil
}

// At returns the entry at a position, or false at the end.
func (d *Dirents) At(pos uint64) (Entry, bool, error) {
	if pos < d.next {
		if pos < d.first {
			if err := d.Rewind(); err != nil {
				return Entry{}, false, err
			}
		} else {
			d.data, d.next = d.buf[:d.full], d.first
		}
	}
	for {
		e, ok, err := d.decode()
		if err != nil || !ok {
			return Entry{}, false, err
		}
		if d.next > pos {
			return e, true, nil
		}
	}
}

// decode returns the next entry and goes past it.
func (d *Dirents) decode() (Entry, bool, error) {
	for {
		if len(d.data) == 0 {
			if more, err := d.fill(); err != nil || !more {
				return Entry{}, false, err
			}
		}
		if len(d.data) < direntName {
			return Entry{}, false, unix.EIO
		}
		size := int(binary.NativeEndian.Uint16(d.data[direntReclen:]))
		if size < direntName || size > len(d.data) {
			return Entry{}, false, unix.EIO
		}
		rec := d.data[:size]
		d.data = d.data[size:]
		ino := binary.NativeEndian.Uint64(rec)
		name := rec[direntName:]
		if i := bytes.IndexByte(name, 0); i >= 0 {
			name = name[:i]
		}
		if ino == 0 || isDots(string(name)) {
			continue // 0 marks a removed entry
		}
		d.next++
		return Entry{Ino: ino, Type: direntTypes[rec[direntType]&15], Name: name}, true, nil
	}
}

// fill reads the next window.
func (d *Dirents) fill() (bool, error) {
	if d.buf == nil {
		d.buf = make([]byte, direntBuffer)
	}
	for {
		n, err := 0, fault()
		if err == nil {
			n, err = unix.ReadDirent(int(d.fd), d.buf)
		}
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return false, err
		}
		d.full, d.data, d.first = n, d.buf[:n], d.next
		return true, nil
	}
}

// direntTypes maps the DT_ numbers, which Linux and macOS share.
var direntTypes = [16]FileType{
	unix.DT_BLK: BlockDevice, unix.DT_CHR: CharDevice, unix.DT_DIR: Dir, unix.DT_FIFO: Fifo, unix.DT_LNK: Symlink,
	unix.DT_REG: Regular, unix.DT_SOCK: SocketStream,
}
