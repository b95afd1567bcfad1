package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// errorsTask does what must fail, and prints the error number of each attempt, "0" for success.
func errorsTask(args []string) error {
	root := args[0]
	at := func(name string) string { return filepath.Join(root, name) }
	attempts := []struct {
		name string
		do   func() error
	}{
		{"open missing", func() error { _, err := os.Open(at("nothing")); return err }},
		{"open below missing", func() error { _, err := os.Open(at("nothing/x")); return err }},
		{"open below file", func() error { _, err := os.Open(at("file/x")); return err }},
		{"stat below file", func() error { _, err := os.Stat(at("file/x")); return err }},
		{"create existing", func() error { return create(at("file"), os.O_EXCL) }},
		{"create over folder", func() error { return create(at("full"), 0) }},
		{"create in missing", func() error { return create(at("nothing/x"), 0) }},
		{"make existing", func() error { return os.Mkdir(at("full"), 0o755) }},
		{"make over file", func() error { return os.Mkdir(at("file"), 0o755) }},
		{"make in missing", func() error { return os.Mkdir(at("nothing/x"), 0o755) }},
		{"rmdir full", func() error { return syscall.Rmdir(at("full")) }},
		{"rmdir file", func() error { return syscall.Rmdir(at("file")) }},
		{"rmdir missing", func() error { return syscall.Rmdir(at("nothing")) }},
		{"unlink folder", func() error { return syscall.Unlink(at("full")) }},
		{"unlink missing", func() error { return syscall.Unlink(at("nothing")) }},
		{"list file", func() error { _, err := os.ReadDir(at("file")); return err }},
		{"read folder", func() error { _, err := os.ReadFile(at("full")); return err }},
		{"read write-only", func() error { return with(at("file"), os.O_WRONLY, read) }},
		{"write read-only", func() error { return with(at("file"), os.O_RDONLY, write) }},
		{"seek before start", func() error { return with(at("file"), os.O_RDONLY, seek) }},
		{"long name", func() error { _, err := os.Open(at(strings.Repeat("n", 300))); return err }},
		{"link out by dots", func() error { _, err := os.Open(at("out-dots")); return err }},
		{"link out absolute", func() error { _, err := os.Open(at("out-absolute")); return err }},
		{"link out below", func() error { _, err := os.Open(at("out-dots/etc/passwd")); return err }},
		{"link loop", func() error { _, err := os.Open(at("loop")); return err }},
		{"dangling link", func() error { _, err := os.Open(at("dangling")); return err }},
		{"link inside", func() error { _, err := os.Open(at("inside")); return err }},
	}
	for _, a := range attempts {
		var errno syscall.Errno
		if err := a.do(); err != nil && !errors.As(err, &errno) {
			return fmt.Errorf("%s: %w has no number", a.name, err)
		}
		fmt.Printf("%s: %d\n", a.name, int(errno))
	}
	return nil
}

func create(name string, flags int) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|flags, 0o644)
	if err == nil {
		f.Close()
	}
	return err
}

func with(name string, flags int, do func(*os.File) error) error {
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return do(f)
}

func read(f *os.File) error  { _, err := f.Read(make([]byte, 1)); return err }
func write(f *os.File) error { _, err := f.Write([]byte("x")); return err }
func seek(f *os.File) error  { _, err := f.Seek(-1, 0); return err }
