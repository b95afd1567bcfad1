package wasi

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
)

func TestReadWriteSeek(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		fd := w.mustOpen(boxFD, "new", OCreat|OExcl, readWrite, 0)
		if fd != 5 {
			t.Errorf("the first descriptor is %d, want 5", fd)
		}
		copy(w.mem(bufAt, 8), "abcdefgh")
		p, n := w.iovecs(3, 0, 5)
		w.want(ESUCCESS, "fd_write", fd, p, n, outAt)
		if w.u32(outAt) != 8 || w.host("box/new") != "abcdefgh" {
			t.Errorf("wrote %d bytes: %q", w.u32(outAt), w.host("box/new"))
		}
		w.want(ESUCCESS, "fd_tell", fd, outAt)
		if w.u64(outAt) != 8 {
			t.Errorf("offset is %d", w.u64(outAt))
		}
		w.want(ESUCCESS, "fd_seek", fd, ^uint64(0)-2, 1, outAt) // -3 from here
		if got, _ := w.read(fd, 100); got != "fgh" {
			t.Errorf("read %q", got)
		}
		if got, errno := w.read(fd, 100); got != "" || errno != ESUCCESS {
			t.Errorf("read %q, %s at the end", got, errno)
		}
		w.want(ESUCCESS, "fd_seek", fd, ^uint64(0), 2, outAt) // -1 from the end
		if w.u64(outAt) != 7 {
			t.Errorf("offset is %d", w.u64(outAt))
		}
		w.want(EINVAL, "fd_seek", fd, ^uint64(0), 0, outAt)
		w.want(EINVAL, "fd_seek", fd, 0, 3, outAt)
		w.want(EINVAL, "fd_seek", fd, 0, 1<<32-1, outAt)
		w.want(EFAULT, "fd_seek", fd, 0, 0, 65529)
		if w.want(ESUCCESS, "fd_tell", fd, outAt); w.u64(outAt) != 7 {
			t.Error("a call that failed moved the offset")
		}

		p, n = w.iovecs(2, 2)
		w.want(ESUCCESS, "fd_pread", fd, p, n, 1, outAt)
		if got := string(w.mem(bufAt, 4)); w.u32(outAt) != 4 || got != "bcde" {
			t.Errorf("pread %d %q", w.u32(outAt), got)
		}
		w.want(ESUCCESS, "fd_pwrite", fd, p, n, 10, outAt)
		if got := w.host("box/new"); got != "abcdefgh\x00\x00bcde" {
			t.Errorf("after pwrite: %q", got)
		}
		w.want(EINVAL, "fd_pread", fd, p, n, 1<<63, outAt)
		w.want(EINVAL, "fd_pwrite", fd, p, n, 1<<63, outAt)
		if w.want(ESUCCESS, "fd_tell", fd, outAt); w.u64(outAt) != 7 {
			t.Error("pread or pwrite moved the offset")
		}
		p, n = w.iovecs(3) // one buffer goes through another system call
		w.want(ESUCCESS, "fd_pread", fd, p, n, 10, outAt)
		if got := string(w.mem(bufAt, 3)); w.u32(outAt) != 3 || got != "bcd" {
			t.Errorf("pread %d %q", w.u32(outAt), got)
		}
		w.want(ESUCCESS, "fd_pwrite", fd, p, n, 12, outAt)
		if got := w.host("box/new"); got != "abcdefgh\x00\x00bcbcd" {
			t.Errorf("after pwrite of one buffer: %q", got)
		}
		w.want(ESUCCESS, "fd_close", fd)
		w.want(EBADF, "fd_close", fd)
		w.want(EBADF, "fd_tell", fd, outAt)
	})
}

func TestResultPointerIsCheckedFirst(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	fd := w.mustOpen(boxFD, "file", 0, readWrite, 0)
	p, n := w.iovecs(4)
	w.want(EFAULT, "fd_write", fd, p, n, 65533)
	w.want(EFAULT, "fd_read", fd, p, n, 65533)
	w.want(EFAULT, "fd_pwrite", fd, p, n, 0, 1<<32-4)
	if w.want(ESUCCESS, "fd_tell", fd, outAt); w.u64(outAt) != 0 || w.host("box/file") != "0123456789" {
		t.Error("a call with a bad result pointer had an effect")
	}
	a, l := w.path("made")
	w.want(EFAULT, "path_open", boxFD, 0, a, l, uint64(OCreat), readWrite, 0, 0, 65533)
	if _, err := os.Stat(w.box + "/made"); err == nil {
		t.Error("path_open with a bad result pointer made a file")
	}
}

func TestIovecs(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	fd := w.mustOpen(boxFD, "file", 0, readWrite, 0)
	at := uint64(40000)
	set := func(i int, addr, n uint32) {
		binary.LittleEndian.PutUint32(w.mem(at+8*uint64(i), 8), addr)
		binary.LittleEndian.PutUint32(w.mem(at+8*uint64(i)+4, 4), n)
	}
	for i := range MaxIovecs {
		set(i, bufAt, 1)
	}
	w.want(ESUCCESS, "fd_read", fd, at, 0, outAt)
	w.want(ESUCCESS, "fd_read", fd, at, MaxIovecs, outAt)
	if w.u32(outAt) != 10 {
		t.Errorf("read %d bytes", w.u32(outAt))
	}
	w.want(EINVAL, "fd_read", fd, at, MaxIovecs+1, outAt)
	w.want(EINVAL, "fd_read", fd, at, 0x20000000, outAt) // 8 × the number wraps to 0 in 32 bits
	w.want(EINVAL, "fd_read", fd, at, 1<<32-1, outAt)
	w.want(EFAULT, "fd_read", fd, 65536-7, 1, outAt)
	for _, bad := range [][2]uint32{{65536, 1}, {65535, 2}, {math.MaxUint32, 2}, {1, math.MaxUint32}, {65537, 0}} {
		set(0, bad[0], bad[1])
		w.want(EFAULT, "fd_read", fd, at, 2, outAt)
		w.want(EFAULT, "fd_write", fd, at, 2, outAt)
	}
	// The array is read once: a buffer that lies over it does not change where the rest goes.
	w.want(ESUCCESS, "fd_seek", fd, 0, 0, outAt)
	set(0, uint32(at), 8)
	set(1, bufAt, 2)
	w.want(ESUCCESS, "fd_read", fd, at, 2, outAt)
	if got := string(w.mem(bufAt, 2)); got != "89" {
		t.Errorf("the second buffer holds %q", got)
	}
	set(0, 65536, 0) // the very end
	w.want(ESUCCESS, "fd_read", fd, at, 1, outAt)
}

func TestStdio(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	if got, errno := w.read(0, 3); got != "inp" || errno != ESUCCESS {
		t.Errorf("stdin: %q, %s", got, errno)
	}
	if got, _ := w.read(0, 30); got != "ut" {
		t.Errorf("stdin: %q", got)
	}
	if got, errno := w.read(0, 30); got != "" || errno != ESUCCESS {
		t.Errorf("stdin at its end: %q, %s", got, errno)
	}
	if w.write(1, "out") != ESUCCESS || w.write(2, "err") != ESUCCESS || w.out.String() != "out" || w.stderr.String() != "err" {
		t.Errorf("stdout %q, stderr %q", w.out.String(), w.stderr.String())
	}
	p, n := w.iovecs(1)
	w.want(EBADF, "fd_write", 0, p, n, outAt)
	w.want(EBADF, "fd_read", 1, p, n, outAt)
	w.want(ESPIPE, "fd_seek", 0, 0, 0, outAt)
	w.want(ESPIPE, "fd_tell", 1, outAt)
	w.want(ESPIPE, "fd_pread", 0, p, n, 0, outAt)
	w.want(EBADF, "fd_readdir", 0, bufAt, 100, 0, outAt)
	w.want(ENOTDIR, "path_create_directory", 0, pathAt, 1)
	w.want(ESUCCESS, "fd_fdstat_get", 1, outAt)
	if typ := hostos.FileType(w.mem(outAt, 1)[0]); typ != hostos.Unknown {
		t.Errorf("stdout has type %d", typ)
	}
	w.want(ESUCCESS, "fd_filestat_get", 1, outAt)
	w.want(EBADF, "fd_prestat_get", 1, outAt)
	w.want(ESUCCESS, "fd_close", 0)
	w.want(EBADF, "fd_read", 0, p, n, outAt)
	if fd := w.mustOpen(boxFD, "file", 0, readWrite, 0); fd != 0 {
		t.Errorf("the lowest free descriptor is 0, got %d", fd)
	}
}

func TestStdioOfFiles(t *testing.T) {
	in, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	in.WriteString("from a file")
	in.Seek(0, 0)
	r, wr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer wr.Close()
	w := newWorld(t, hostos.Auto, func(c *Config) { c.Stdin, c.Stdout = in, wr })
	if got, _ := w.read(0, 4); got != "from" {
		t.Errorf("stdin: %q", got)
	}
	w.want(ESUCCESS, "fd_seek", 0, 0, 0, outAt)
	w.want(ESUCCESS, "fd_fdstat_get", 0, outAt)
	if typ := hostos.FileType(w.mem(outAt, 1)[0]); typ != hostos.Regular {
		t.Errorf("stdin has type %d", typ)
	}
	if errno := w.write(1, "to a pipe"); errno != ESUCCESS {
		t.Fatal(errno)
	}
	buf := make([]byte, 20)
	if n, _ := r.Read(buf); string(buf[:n]) != "to a pipe" {
		t.Errorf("the pipe holds %q", buf[:n])
	}
	w.want(ENOTSUP, "fd_fdstat_set_flags", 1, uint64(FDAppend))
	w.want(ESUCCESS, "fd_close", 1)
	if _, err := wr.WriteString("still open"); err != nil {
		t.Errorf("closing the guest's descriptor closed the embedder's: %v", err)
	}
}

func TestAppendAndFlags(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	fd := w.mustOpen(boxFD, "file", 0, readWrite, FDAppend|FDSync)
	w.write(fd, "ab")
	w.want(ESUCCESS, "fd_seek", fd, 0, 0, outAt)
	w.write(fd, "cd")
	w.want(ESUCCESS, "fd_fdstat_set_flags", fd, uint64(FDSync))
	w.want(ESUCCESS, "fd_seek", fd, 0, 0, outAt)
	w.write(fd, "XX")
	if got := w.host("box/file"); got != "XX23456789abcd" {
		t.Errorf("file holds %q", got)
	}
	w.want(ESUCCESS, "fd_fdstat_get", fd, outAt)
	if flags := FDFlags(binary.LittleEndian.Uint16(w.mem(outAt+2, 2))); flags != FDSync {
		t.Errorf("flags = %b", flags)
	}
	w.want(EINVAL, "fd_fdstat_set_flags", fd, 0) // sync cannot be cleared
	w.want(EINVAL, "fd_fdstat_set_flags", fd, 32)
	w.want(EBADF, "fd_fdstat_set_flags", 99, 0)
}

func TestFilestat(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		fd := w.mustOpen(boxFD, "file", 0, readWrite, 0)
		copy(w.mem(outAt+64, 1), "?")
		w.want(ESUCCESS, "fd_filestat_get", fd, outAt)
		byFD := bytes.Clone(w.mem(outAt, 64))
		if w.mem(outAt+64, 1)[0] != '?' {
			t.Error("more than 64 bytes were written")
		}
		p, n := w.path("toFile")
		w.want(ESUCCESS, "path_filestat_get", boxFD, lookupFollow, p, n, outAt)
		if !bytes.Equal(byFD, w.mem(outAt, 64)) {
			t.Error("path_filestat_get and fd_filestat_get differ")
		}
		if typ, size := byFD[16], binary.LittleEndian.Uint64(byFD[32:]); typ != byte(hostos.Regular) || size != 10 {
			t.Errorf("type %d, size %d", typ, size)
		}
		w.want(ESUCCESS, "path_filestat_get", boxFD, 0, p, n, outAt)
		if typ := w.mem(outAt+16, 1)[0]; typ != byte(hostos.Symlink) {
			t.Errorf("type of the link is %d", typ)
		}
		w.want(EINVAL, "path_filestat_get", boxFD, 2, p, n, outAt)
		w.want(EFAULT, "fd_filestat_get", fd, 65536-63)
	})
}

func TestPrestat(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	for fd, name := range map[uint64]string{boxFD: "/", roFD: "ro"} {
		copy(w.mem(outAt, 12), strings.Repeat("?", 12))
		w.want(ESUCCESS, "fd_prestat_get", fd, outAt)
		if got := string(w.mem(outAt, 12)); got != "\x00\x00\x00\x00"+string(rune(len(name)))+"\x00\x00\x00????" {
			t.Errorf("prestat = %q", got)
		}
		w.want(ESUCCESS, "fd_prestat_dir_name", fd, bufAt, 20)
		if got := string(w.mem(bufAt, uint64(len(name)))); got != name {
			t.Errorf("name = %q", got)
		}
		w.want(ESUCCESS, "fd_prestat_dir_name", fd, bufAt, uint64(len(name)))
		w.want(ENAMETOOLONG, "fd_prestat_dir_name", fd, bufAt, uint64(len(name)-1))
	}
	w.want(EBADF, "fd_prestat_get", 5, outAt)
	w.want(EBADF, "fd_prestat_dir_name", 1, bufAt, 20)
	w.want(ESUCCESS, "fd_close", boxFD)
	w.want(EBADF, "fd_prestat_get", boxFD, outAt)
	if fd := w.mustOpen(roFD, "file", 0, uint64(RightFdRead), 0); fd != boxFD {
		t.Errorf("opened %d", fd)
	}
	w.want(EBADF, "fd_prestat_get", boxFD, outAt) // the number is not a preopen any more
}

func TestClosedPreopenIsNotReused(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	w.want(ESUCCESS, "fd_close", boxFD)
	if errno := w.pathCall("path_create_directory", boxFD, "x"); errno != EBADF {
		t.Errorf("got %s", errno)
	}
	fd := w.mustOpen(roFD, "dir", ODirectory, uint64(RightFdRead), 0)
	if errno := w.pathCall("path_create_directory", fd, "x"); fd != boxFD || errno != EPERM {
		t.Errorf("descriptor %d: %s; the old grant must not come back with its number", fd, errno)
	}
}

func TestTooManyDescriptors(t *testing.T) {
	w := newWorld(t, hostos.Auto, func(c *Config) { c.MaxFDs = 8 })
	for range 3 {
		w.mustOpen(boxFD, "file", 0, readWrite, 0)
	}
	if _, errno := w.open(boxFD, "made", OCreat, readWrite, 0); errno != EMFILE {
		t.Errorf("got %s", errno)
	}
	if _, err := os.Stat(w.box + "/made"); err == nil {
		t.Error("a file was made although there was no descriptor for it")
	}
	w.want(ESUCCESS, "fd_close", 6)
	if fd := w.mustOpen(boxFD, "file", 0, readWrite, 0); fd != 6 {
		t.Errorf("got %d, want the lowest free descriptor", fd)
	}
}
