package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"unicode/utf8"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The first eight bytes of a binary file: four that are the same for all, and a version that tells modules from components.
var (
	magic            = []byte("\x00asm")
	moduleVersion    = []byte{1, 0, 0, 0}
	componentVersion = []byte{0x0d, 0, 1, 0}
)

// readModule reads a module, looking at its head before the rest. It reads no more than the limits allow, so that an endless device
// cannot exhaust the host.
func readModule(path string, limits *wasm.ModuleLimits) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
			err = pe.Err // the caller adds the path
		}
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	switch {
	case errors.Is(err, syscall.EISDIR):
		return nil, errors.New("is a directory, not a WebAssembly module")
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		return nil, err
	}
	head = head[:n]
	if err := checkHead(head); err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(io.LimitReader(f, max(0, int64(min(limits.Of(wasm.LimitBytes), 1<<40))-int64(n)+1)))
	if err != nil {
		return nil, err
	}
	if err := limits.Check(wasm.LimitBytes, uint64(n+len(rest)), 0); err != nil {
		return nil, err
	}
	return append(head, rest...), nil
}

// checkHead says what a file is that begins with head, if it is not a module in the binary format. A head that
// is too short to tell passes: the decoder says where it ends.
func checkHead(head []byte) error {
	n := min(len(head), len(magic))
	switch {
	case len(head) == 0:
		return errors.New("is empty, not a WebAssembly module")
	case !bytes.Equal(head[:n], magic[:n]):
		text := bytes.TrimLeft(head, " \t\r\n")
		if bytes.HasPrefix(text, []byte("(module")) || bytes.HasPrefix(text, []byte("(component")) || bytes.HasPrefix(text, []byte(";;")) {
			return errors.New("is in the text format; convert it to the binary format first (wat2wasm, wasm-tools parse)")
		}
		if isText(head) {
			return errors.New("is a text file, not a WebAssembly module")
		}
		return fmt.Errorf("is not a WebAssembly module: it begins with % x, not with % x", head[:n], magic)
	case len(head) < len(magic)+len(moduleVersion):
		return nil
	}
	switch version := head[len(magic) : len(magic)+len(moduleVersion)]; {
	case bytes.Equal(version, componentVersion):
		return errors.New("is a component; this command runs core modules (wasm-tools component unbundle takes them out)")
	case !bytes.Equal(version, moduleVersion):
		return fmt.Errorf("has the unknown version % x; a module has % x", version, moduleVersion)
	}
	return nil
}

// isText reports whether head looks like the beginning of a text file.
func isText(head []byte) bool {
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == utf8.RuneError && len(head) >= utf8.UTFMax || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return false
		}
		head = head[size:]
	}
	return true
}
